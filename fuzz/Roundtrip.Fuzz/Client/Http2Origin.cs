using System.Text;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Tests;

namespace Roundtrip.Fuzz;

/// <summary>A server that answers as the input chooses: frames that may come, on streams that may have them, or, where it is lawless, any others too.</summary>
internal sealed class Http2Origin(TestHost host, Choices choices, bool isLawless)
{
    private readonly byte[] _frame = new byte[70_000];

    // The streams whose final response has begun and not ended.
    private readonly List<int> _answering = [];
    private int _promised;
    private int _piece = int.MaxValue;

    public WireCheck Sent { get; } = new(firstOfEngine: 1);

    public void Begin()
    {
        if (!isLawless || choices.Flag())
        {
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
        switch (choices.Of(20))
        {
            case <= 4:
                Headers();
                break;
            case <= 7:
                Data();
                break;
            case 8:
                int streamId = Stream();
                _answering.Remove(streamId);
                Feed(FrameWriter.WriteRstStream(_frame, streamId, choices.Of(ErrorCode.Cancel, ErrorCode.NoError, ErrorCode.RefusedStream, ErrorCode.Http11Required, (ErrorCode)0xABCD)));
                break;
            case 9:
                Feed(FrameWriter.WriteWindowUpdate(_frame, choices.Flag() ? 0 : Stream(), choices.Of(1, 50, 1000, 70_000, isLawless ? int.MaxValue : 5)));
                break;
            case 10:
                Feed(FrameWriter.WriteSettings(_frame, Setting(), Setting()));
                break;
            case 11:
                Feed(FrameWriter.WritePing(_frame, new PingFrame(choices.Flag(), choices.Of(0UL, BandwidthEstimate.Payload))));
                break;
            case 12:
                Promise();
                break;
            case 13 when isLawless:
                Header((FrameType)choices.Of(20), (FrameFlags)choices.Next(), choices.Flag() ? 0 : Stream(), choices.Bytes(choices.Of(20)));
                break;
            case 14 when isLawless:
                Raw(choices.Bytes(choices.Next()));
                break;
            case 15:
                host.Advance(choices.Of(1, 1000, 6000, 21_000, 61_000));
                break;
            case 16:
                host.IsReading = !host.IsReading;
                host.Send(choices.Of(1, 100, 40_000));
                break;
            case 17:
                _piece = choices.Of(1, 9, 100, int.MaxValue);
                break;
            case 18 when choices.Of(6) == 0:
                Ending();
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
                Feed(FrameWriter.WriteGoAway(_frame, choices.Of(0, 1, 3, int.MaxValue), choices.Of(ErrorCode.NoError, ErrorCode.Http11Required)));
                break;
            default:
                host.FeedEnd();
                break;
        }
    }

    // Mostly one that the client has opened.
    private int Stream()
    {
        int opened = ((Http2ClientConnection)host.Engine).Started;
        return choices.Of(isLawless ? 10 : 8) switch
        {
            8 => 2 * choices.Of(4),
            9 => (2 * opened) + 1,
            7 when _promised > 0 => _promised,
            _ => Math.Max(1, (2 * opened) - 1 - (2 * choices.Of(4))),
        };
    }

    private void Headers()
    {
        bool isTrailers = _answering.Count > 0 && choices.Of(4) == 0;
        int streamId = isTrailers ? _answering[choices.Of(_answering.Count)] : Stream();
        if (!isLawless && !isTrailers && _answering.Contains(streamId))
        {
            return;
        }

        string status = choices.Of("100", "103", "200", "200", "200", "204", "304", isLawless ? "101" : "404");
        bool isInterim = !isTrailers && status[0] == '1';
        bool ends = isTrailers || (!isInterim && (status is "204" or "304" || choices.Of(4) == 0));
        byte[] block = isTrailers ? Field("x-checksum", "1") : (isLawless ? choices.Of(8) : 7) switch
        {
            0 => choices.Bytes(choices.Of(40)),
            1 => Field("x-checksum", "1"),
            _ => Block(status),
        };
        if (!isInterim)
        {
            _answering.Remove(streamId);
        }

        if (!isInterim && !ends)
        {
            _answering.Add(streamId);
        }

        int cut = choices.Of(4) == 3 ? Math.Min(1 + choices.Next(), block.Length) : block.Length;
        FrameFlags flags = ends ? FrameFlags.EndStream : FrameFlags.None;
        Header(FrameType.Headers, flags | (cut == block.Length ? FrameFlags.EndHeaders : FrameFlags.None), streamId, block[..cut]);
        if (cut < block.Length && (!isLawless || choices.Of(8) != 0))
        {
            Header(FrameType.Continuation, FrameFlags.EndHeaders, streamId, block[cut..]);
        }
    }

    private byte[] Block(string status)
    {
        byte[] block = Field(":status", status);
        return choices.Of(6) switch
        {
            0 => [.. block, .. Field("content-length", choices.Of("0", "5", "700", "20000"))],
            1 => [.. block, .. Field("a", new string('b', choices.Of(10, 400)))],
            2 when isLawless => [.. block, .. Field(choices.Of("connection", "A", ":path", ""), "x")],
            _ => block,
        };
    }

    private void Promise()
    {
        int parent = Stream();
        _promised = isLawless ? Stream() : _promised + 2;
        byte[] block = [.. Field(":method", choices.Of("GET", "GET", "HEAD", "POST")), .. Field(":scheme", "https"), .. Field(":authority", "a"), .. Field(":path", "/p")];
        Feed(FrameWriter.WritePushPromise(_frame, parent, _promised, block, FrameHeader.DefaultMaximumLength));
    }

    private void Data()
    {
        if (_answering.Count == 0 && !isLawless)
        {
            return;
        }

        int streamId = _answering.Count == 0 || (isLawless && choices.Of(8) == 0) ? Stream() : _answering[choices.Of(_answering.Count)];
        int size = choices.Of(0, 1, 5, 700, 3000, 16_000);
        int pad = choices.Of(5) == 4 ? choices.Next() : -1;
        byte[] payload = new byte[size + (pad < 0 ? 0 : pad + 1)];
        FrameFlags flags = choices.Of(4) == 3 ? FrameFlags.EndStream : FrameFlags.None;
        if (flags != FrameFlags.None)
        {
            _answering.Remove(streamId);
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
        3 => new(SettingsParameter.MaxConcurrentStreams, choices.Of<uint>(0, 1, 100, uint.MaxValue)),
        4 => new(SettingsParameter.EnablePush, isLawless ? (uint)choices.Of(3) : 0),
        5 when isLawless => new((SettingsParameter)choices.Next(), (uint)choices.Next()),
        _ => new(SettingsParameter.MaxHeaderListSize, 10),
    };

    // A literal without indexing and without Huffman (RFC 7541 §6.2.2).
    private static byte[] Field(string name, string value)
    {
        byte[] length = value.Length < 127 ? [(byte)value.Length] : [127, (byte)(0x80 | ((value.Length - 127) & 0x7F)), (byte)((value.Length - 127) >> 7)];
        return [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. length, .. Encoding.ASCII.GetBytes(value)];
    }

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
