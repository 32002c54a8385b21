using System.Text;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Tests;

namespace Roundtrip.Fuzz;

/// <summary>A client that sends what the input chooses: frames that may come, of streams that may have them, or, where it is lawless, any others too.</summary>
internal sealed class Http2Client(TestHost host, FuzzHandler handler, Choices choices, bool isLawless)
{
    private const ulong StopPing = 0x525454_53544F50;

    private readonly byte[] _frame = new byte[70_000];

    // The streams that the client has opened and not ended.
    private readonly List<int> _sending = [];
    private int _nextStream = 1;
    private int _piece = int.MaxValue;

    public WireCheck Sent { get; } = new(firstOfEngine: 2);

    public void Begin()
    {
        if (!isLawless || choices.Flag())
        {
            host.Feed(Http2Preface.Client);
            Feed(FrameWriter.WriteSettings(_frame, Setting()));
            Feed(FrameWriter.WriteSettingsAck(_frame));
        }
        else
        {
            Raw(choices.Bytes(64));
        }
    }

    public void Step()
    {
        switch (choices.Of(24))
        {
            case <= 4:
                Headers();
                break;
            case <= 7:
                Data();
                break;
            case 8:
                int streamId = Stream();
                _sending.Remove(streamId);
                Feed(FrameWriter.WriteRstStream(_frame, streamId, choices.Of(ErrorCode.Cancel, ErrorCode.NoError, (ErrorCode)0xABCD)));
                break;
            case 9 or 10:
                Feed(FrameWriter.WriteWindowUpdate(_frame, choices.Flag() ? 0 : Stream(), choices.Of(1, 50, 1000, 70_000, isLawless ? int.MaxValue : 5)));
                break;
            case 11:
                Feed(FrameWriter.WriteSettings(_frame, Setting(), Setting()));
                break;
            case 12:
                Feed(FrameWriter.WritePing(_frame, new PingFrame(choices.Flag(), choices.Of(0UL, BandwidthEstimate.Payload, StopPing))));
                break;
            case 13:
                Feed(FrameWriter.WritePriority(_frame, Stream(), new PriorityFields(Parent(), choices.Flag(), choices.Next() + 1)));
                break;
            case 14:
                Feed(FrameWriter.WritePriorityUpdate(_frame, Stream(), choices.Bytes(choices.Of(8))));
                break;
            case 15 when isLawless:
                Header((FrameType)choices.Of(20), (FrameFlags)choices.Next(), choices.Flag() ? 0 : Stream(), choices.Bytes(choices.Of(20)));
                break;
            case 16 when isLawless:
                Raw(choices.Bytes(choices.Next()));
                break;
            case 17:
                host.Advance(choices.Of(1, 1000, 6000, 21_000, 61_000));
                break;
            case 18:
                host.IsReading = !host.IsReading;
                host.Send(choices.Of(1, 100, 40_000));
                break;
            case 19:
                _piece = choices.Of(1, 9, 100, int.MaxValue);
                break;
            case 20 when choices.Of(8) == 0:
                Ending();
                break;
            default:
                handler.ActOnAny();
                host.Pump();
                break;
        }
    }

    private void Ending()
    {
        switch (choices.Of(3))
        {
            case 0:
                host.Engine.Stop(host.Now);
                host.Pump();
                break;
            case 1:
                Feed(FrameWriter.WriteGoAway(_frame, choices.Of(0, int.MaxValue), ErrorCode.NoError));
                break;
            default:
                host.FeedEnd();
                break;
        }
    }

    private int Stream() => (isLawless ? choices.Of(10) : 9) switch
    {
        0 => _nextStream,
        1 => _nextStream + (2 * choices.Of(50)),
        2 => 2,

        // The streams that were opened last are those that may be open.
        _ => Math.Max(1, _nextStream - 2 - (2 * choices.Of(6))),
    };

    // RFC 7540 §5.3.1: a stream cannot depend on itself.
    private int Parent() => isLawless ? Stream() : choices.Of(0, _nextStream + 20);

    private void Headers()
    {
        bool isTrailers = choices.Of(5) == 0 && _sending.Count > 0;
        int streamId = isTrailers ? _sending[choices.Of(_sending.Count)] : isLawless && choices.Of(8) == 0 ? Stream() : _nextStream;
        bool ends = isTrailers || choices.Of(3) == 0;
        byte[] block = isTrailers ? Field("x-checksum", "1") : (isLawless ? choices.Of(10) : 9) switch
        {
            0 => choices.Bytes(choices.Of(40)),
            1 => Field("x-checksum", "1"),
            2 => [.. Block("GET"), 0x40, 1, (byte)'a', 0x7F, 0xA1, 0x01, .. Enumerable.Repeat((byte)'x', 288), .. Enumerable.Repeat((byte)0xBE, choices.Next())],
            _ => Block(choices.Of("GET", "POST", "POST", "HEAD", "CONNECT")),
        };
        Follow(streamId, ends);
        FrameFlags flags = ends ? FrameFlags.EndStream : FrameFlags.None;
        if (choices.Of(6) == 5)
        {
            int size = FrameWriter.WritePriority(_frame, 1, new PriorityFields(Parent(), choices.Flag(), 16));
            block = [.. _frame[FrameHeader.Size..size], .. block];
            flags |= FrameFlags.Priority;
        }

        int cut = choices.Of(4) == 3 ? Math.Min(PriorityFields.Size + choices.Next(), block.Length) : block.Length;
        Header(FrameType.Headers, flags | (cut == block.Length ? FrameFlags.EndHeaders : FrameFlags.None), streamId, block[..cut]);
        if (cut < block.Length && (!isLawless || choices.Of(8) != 0))
        {
            Header(FrameType.Continuation, FrameFlags.EndHeaders, streamId, block[cut..]);
        }
    }

    private void Follow(int streamId, bool ends)
    {
        _nextStream = Math.Max(_nextStream, streamId % 2 == 0 ? 1 : streamId + 2);
        _sending.Remove(streamId);
        if (!ends)
        {
            _sending.Add(streamId);
        }
    }

    private byte[] Block(string method)
    {
        var block = new List<byte>();
        block.AddRange([.. Field(":method", method), .. Field(":scheme", "https"), .. Field(":authority", "a"), .. Field(":path", "/")]);
        switch (choices.Of(8))
        {
            case 0:
                block.AddRange(Field("content-length", choices.Of("0", "5", "700", "20000")));
                break;
            case 1:
                block.AddRange(Field("expect", "100-continue"));
                break;
            case 2:
                block.AddRange(Field("priority", choices.Of("u=0", "u=5, i", "u=9", "i")));
                break;
            case 3:
                block.AddRange([.. Field("cookie", "a=1"), .. Field("cookie", "b=2")]);
                break;
            case 4:
                block.AddRange(Field("a", new string('b', choices.Of(10, 400))));
                break;
        }

        return [.. block];
    }

    // A literal without indexing and without Huffman (RFC 7541 §6.2.2).
    private static byte[] Field(string name, string value)
    {
        byte[] length = value.Length < 127 ? [(byte)value.Length] : [127, (byte)(0x80 | ((value.Length - 127) & 0x7F)), (byte)((value.Length - 127) >> 7)];
        return [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. length, .. Encoding.ASCII.GetBytes(value)];
    }

    private void Data()
    {
        if (_sending.Count == 0 && !isLawless)
        {
            return;
        }

        int streamId = _sending.Count == 0 || (isLawless && choices.Of(8) == 0) ? Stream() : _sending[choices.Of(_sending.Count)];
        int size = choices.Of(0, 1, 5, 700, 3000, 16_000);
        int pad = choices.Of(5) == 4 ? choices.Next() : -1;
        byte[] payload = new byte[size + (pad < 0 ? 0 : pad + 1)];
        FrameFlags flags = choices.Of(4) == 3 ? FrameFlags.EndStream : FrameFlags.None;
        if (flags != FrameFlags.None)
        {
            _sending.Remove(streamId);
        }

        if (pad >= 0)
        {
            payload[0] = (byte)pad;
            flags |= FrameFlags.Padded;
        }

        Header(FrameType.Data, flags, streamId, payload);
    }

    private Setting Setting() => choices.Of(7) switch
    {
        0 => new(SettingsParameter.InitialWindowSize, choices.Of<uint>(0, 10, 1000, 65_535, int.MaxValue)),
        1 => new(SettingsParameter.HeaderTableSize, choices.Of<uint>(0, 100, 4096, 65_536)),
        2 => new(SettingsParameter.MaxFrameSize, choices.Of<uint>(16_384, 16_777_215)),
        3 => new(SettingsParameter.NoRfc7540Priorities, isLawless ? 1u : 0),
        4 => new(SettingsParameter.EnablePush, (uint)choices.Of(2)),
        5 when isLawless => new((SettingsParameter)choices.Next(), (uint)choices.Next()),
        _ => new(SettingsParameter.MaxHeaderListSize, 10),
    };

    private void Header(FrameType type, FrameFlags flags, int streamId, byte[] payload)
    {
        int at = FrameWriter.WriteHeader(_frame, payload.Length, type, flags, streamId);
        payload.CopyTo(_frame, at);
        Feed(at + payload.Length);
    }

    private void Raw(byte[] bytes)
    {
        bytes.CopyTo(_frame, 0);
        Feed(bytes.Length);
    }

    private void Feed(int count)
    {
        Sent.Note(_frame.AsSpan(0, count));
        for (int at = 0; at < count;)
        {
            int piece = Math.Min(_piece, count - at);
            host.Feed(_frame.AsSpan(at, piece));
            at += piece;
        }
    }
}
