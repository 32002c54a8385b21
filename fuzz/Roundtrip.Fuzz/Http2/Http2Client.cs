using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Tests;

namespace Roundtrip.Fuzz;

/// <summary>A client that sends what the input chooses: frames that may come, of streams that may have them, or, where it is lawless, any others too.</summary>
internal sealed class Http2Client(TestHost host, FuzzHandler handler, Choices choices, bool isLawless)
    : Http2Sender(host, choices, isLawless, firstOfEngine: 2)
{
    private const ulong StopPing = 0x525454_53544F50;

    private int _nextStream = 1;

    public void Begin()
    {
        if (!IsLawless || Choices.Flag())
        {
            Host.Feed(Http2Preface.Client);
            Feed(FrameWriter.WriteSettings(Frame, Setting()));
            Feed(FrameWriter.WriteSettingsAck(Frame));
        }
        else
        {
            Raw(Choices.Bytes(64));
        }
    }

    public void Step()
    {
        switch (Choices.Of(24))
        {
            case <= 4:
                Headers();
                break;
            case <= 7:
                Data();
                break;
            case 8:
                int streamId = Stream();
                Open.Remove(streamId);
                Feed(FrameWriter.WriteRstStream(Frame, streamId, Choices.Of(ErrorCode.Cancel, ErrorCode.NoError, (ErrorCode)0xABCD)));
                break;
            case 9 or 10:
                Feed(FrameWriter.WriteWindowUpdate(Frame, Choices.Flag() ? 0 : Stream(), Choices.Of(1, 50, 1000, 70_000, IsLawless ? int.MaxValue : 5)));
                break;
            case 11:
                Feed(FrameWriter.WriteSettings(Frame, Setting(), Setting()));
                break;
            case 12:
                Feed(FrameWriter.WritePing(Frame, new PingFrame(Choices.Flag(), Choices.Of(0UL, BandwidthEstimate.Payload, StopPing))));
                break;
            case 13:
                Feed(FrameWriter.WritePriority(Frame, Stream(), new PriorityFields(Parent(), Choices.Flag(), Choices.Next() + 1)));
                break;
            case 14:
                Feed(FrameWriter.WritePriorityUpdate(Frame, Stream(), Choices.Bytes(Choices.Of(8))));
                break;
            case 15 when IsLawless:
                Header((FrameType)Choices.Of(20), (FrameFlags)Choices.Next(), Choices.Flag() ? 0 : Stream(), Choices.Bytes(Choices.Of(20)));
                break;
            case 16 when IsLawless:
                Raw(Choices.Bytes(Choices.Next()));
                break;
            case 17:
                Host.Advance(Choices.Of(1, 1000, 6000, 21_000, 61_000));
                break;
            case 18:
                Host.IsReading = !Host.IsReading;
                Host.Send(Choices.Of(1, 100, 40_000));
                break;
            case 19:
                Piece = Choices.Of(1, 9, 100, int.MaxValue);
                break;
            case 20 when Choices.Of(8) == 0:
                Ending();
                break;
            default:
                handler.ActOnAny();
                Host.Pump();
                break;
        }
    }

    private void Ending()
    {
        switch (Choices.Of(3))
        {
            case 0:
                Host.Engine.Stop(Host.Now);
                Host.Pump();
                break;
            case 1:
                Feed(FrameWriter.WriteGoAway(Frame, Choices.Of(0, int.MaxValue), ErrorCode.NoError));
                break;
            default:
                Host.FeedEnd();
                break;
        }
    }

    protected override int Stream() => (IsLawless ? Choices.Of(10) : 9) switch
    {
        0 => _nextStream,
        1 => _nextStream + (2 * Choices.Of(50)),
        2 => 2,

        // The streams that were opened last are those that may be open.
        _ => Math.Max(1, _nextStream - 2 - (2 * Choices.Of(6))),
    };

    // RFC 7540 §5.3.1: a stream cannot depend on itself.
    private int Parent() => IsLawless ? Stream() : Choices.Of(0, _nextStream + 20);

    private void Headers()
    {
        bool isTrailers = Choices.Of(5) == 0 && Open.Count > 0;
        int streamId = isTrailers ? Open[Choices.Of(Open.Count)] : IsLawless && Choices.Of(8) == 0 ? Stream() : _nextStream;
        bool ends = isTrailers || Choices.Of(3) == 0;
        byte[] block = isTrailers ? Field("x-checksum", "1") : (IsLawless ? Choices.Of(10) : 9) switch
        {
            0 => Choices.Bytes(Choices.Of(40)),
            1 => Field("x-checksum", "1"),
            2 => [.. Block("GET"), 0x40, 1, (byte)'a', 0x7F, 0xA1, 0x01, .. Enumerable.Repeat((byte)'x', 288), .. Enumerable.Repeat((byte)0xBE, Choices.Next())],
            _ => Block(Choices.Of("GET", "POST", "POST", "HEAD", "CONNECT")),
        };
        Follow(streamId, ends);
        FrameFlags flags = ends ? FrameFlags.EndStream : FrameFlags.None;
        if (Choices.Of(6) == 5)
        {
            int size = FrameWriter.WritePriority(Frame, 1, new PriorityFields(Parent(), Choices.Flag(), 16));
            block = [.. Frame[FrameHeader.Size..size], .. block];
            flags |= FrameFlags.Priority;
        }

        Section(flags, streamId, block, PriorityFields.Size);
    }

    private void Follow(int streamId, bool ends)
    {
        _nextStream = Math.Max(_nextStream, streamId % 2 == 0 ? 1 : streamId + 2);
        Open.Remove(streamId);
        if (!ends)
        {
            Open.Add(streamId);
        }
    }

    private byte[] Block(string method)
    {
        var block = new List<byte>();
        block.AddRange([.. Field(":method", method), .. Field(":scheme", "https"), .. Field(":authority", "a"), .. Field(":path", "/")]);
        switch (Choices.Of(8))
        {
            case 0:
                block.AddRange(Field("content-length", Choices.Of("0", "5", "700", "20000")));
                break;
            case 1:
                block.AddRange(Field("expect", "100-continue"));
                break;
            case 2:
                block.AddRange(Field("priority", Choices.Of("u=0", "u=5, i", "u=9", "i")));
                break;
            case 3:
                block.AddRange([.. Field("cookie", "a=1"), .. Field("cookie", "b=2")]);
                break;
            case 4:
                block.AddRange(Field("a", new string('b', Choices.Of(10, 400))));
                break;
        }

        return [.. block];
    }

    private Setting Setting() => Choices.Of(7) switch
    {
        0 => new(SettingsParameter.InitialWindowSize, Choices.Of<uint>(0, 10, 1000, 65_535, int.MaxValue)),
        1 => new(SettingsParameter.HeaderTableSize, Choices.Of<uint>(0, 100, 4096, 65_536)),
        2 => new(SettingsParameter.MaxFrameSize, Choices.Of<uint>(16_384, 16_777_215)),
        3 => new(SettingsParameter.NoRfc7540Priorities, IsLawless ? 1u : 0),
        4 => new(SettingsParameter.EnablePush, (uint)Choices.Of(2)),
        5 when IsLawless => new((SettingsParameter)Choices.Next(), (uint)Choices.Next()),
        _ => new(SettingsParameter.MaxHeaderListSize, 10),
    };

}
