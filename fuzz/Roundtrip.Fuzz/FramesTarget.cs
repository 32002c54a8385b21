using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Fuzz;

/// <summary>
/// HTTP/2 frames one behind the other. Whatever the bytes, judging and reading throws nothing, an error has a reason and a code of RFC 9113, and what was read and is written
/// again is read as the same.
/// </summary>
public static class FramesTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        while (FrameHeader.TryRead(input, out FrameHeader header) && header.Length <= input.Length - FrameHeader.Size)
        {
            ReadOnlySpan<byte> payload = input.Slice(FrameHeader.Size, header.Length);
            input = input[(FrameHeader.Size + header.Length)..];
            ProtocolError error = FrameRules.Judge(header, FrameHeader.DefaultMaximumLength);
            Check(error);
            if (!error.IsError)
            {
                Check(Read(header, payload));
            }
        }
    }

    private static ProtocolError Read(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Span<byte> again = new byte[FrameHeader.Size + payload.Length];
        ProtocolError error = default;
        int written = 0;
        switch (header.Type)
        {
            case FrameType.Data:
                error = DataFrame.Read(header, payload, out DataFrame data);
                written = FrameWriter.WriteData(again, header.StreamId, data.Content, header.Has(FrameFlags.EndStream));
                break;
            case FrameType.Headers:
                error = HeadersFrame.Read(header, payload, out HeadersFrame headers);
                written = FrameWriter.WriteHeaders(
                    again, header.StreamId, headers.Fragment, header.Has(FrameFlags.EndStream), FrameHeader.DefaultMaximumLength);
                break;
            case FrameType.PushPromise:
                error = PushPromiseFrame.Read(header, payload, out PushPromiseFrame promise);
                written = error.IsError ? 0 : FrameWriter.WritePushPromise(
                    again, header.StreamId, promise.PromisedStreamId, promise.Fragment, FrameHeader.DefaultMaximumLength);
                break;
            case FrameType.Priority:
                error = PriorityFrame.Read(header, payload, out PriorityFrame priority);
                written = FrameWriter.WritePriority(again, header.StreamId, priority.Fields);
                CheckSame(payload, again[FrameHeader.Size..written]);
                break;
            case FrameType.RstStream:
                error = RstStreamFrame.Read(header, payload, out RstStreamFrame reset);
                written = FrameWriter.WriteRstStream(again, header.StreamId, reset.Code);
                CheckSame(payload, again[FrameHeader.Size..written]);
                break;
            case FrameType.Settings:
                error = ReadSettings(header, payload);
                break;
            case FrameType.Ping:
                error = PingFrame.Read(header, payload, out PingFrame ping);
                written = FrameWriter.WritePing(again, ping);
                CheckSame(payload, again[FrameHeader.Size..written]);
                break;
            case FrameType.GoAway:
                error = GoAwayFrame.Read(header, payload, out GoAwayFrame goAway);
                written = FrameWriter.WriteGoAway(again, goAway.LastStreamId, goAway.Code, goAway.DebugData);
                CheckSame(payload[4..], again[(FrameHeader.Size + 4)..written]);
                break;
            case FrameType.WindowUpdate:
                error = WindowUpdateFrame.Read(header, payload, out WindowUpdateFrame update);
                written = error.IsError ? 0 : FrameWriter.WriteWindowUpdate(again, header.StreamId, update.Increment);
                break;
            case FrameType.PriorityUpdate:
                error = PriorityUpdateFrame.Read(header, payload, out PriorityUpdateFrame priorityUpdate);
                written = error.IsError
                    ? 0
                    : FrameWriter.WritePriorityUpdate(again, priorityUpdate.PrioritizedStreamId, priorityUpdate.FieldValue);
                break;
        }

        if (!error.IsError && written > 0)
        {
            FrameHeader.TryRead(again, out FrameHeader rewritten);
            Require(rewritten.Type == header.Type && rewritten.StreamId == header.StreamId && rewritten.Length == written - FrameHeader.Size);
            Require(!FrameRules.Judge(rewritten, FrameHeader.DefaultMaximumLength).IsError);
        }

        return error;
    }

    private static ProtocolError ReadSettings(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        ProtocolError error = SettingsFrame.Read(header, payload, out SettingsFrame frame);
        var settings = new List<Setting>();
        foreach (Setting setting in frame)
        {
            Check(SettingsRules.Judge(setting));
            settings.Add(setting);
        }

        Require(settings.Count == frame.Count);
        byte[] again = new byte[FrameHeader.Size + payload.Length];
        FrameWriter.WriteSettings(again, [.. settings]);
        CheckSame(payload, again.AsSpan(FrameHeader.Size));
        return error;
    }

    private static void Check(ProtocolError error) =>
        Require(!error.IsError || (Enum.IsDefined((ErrorCode)error.Code) && error.Code != 0 && EndReasons.Describe(error.Reason).Length > 0));

    // The reserved bit of a stream identifier, which reading drops, is never in what is compared here.
    private static void CheckSame(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> again) => Require(payload.SequenceEqual(again));

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("A frame was not read as it was written.");
        }
    }
}
