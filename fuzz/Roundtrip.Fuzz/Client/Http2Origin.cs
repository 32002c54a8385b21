using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Tests;

namespace Roundtrip.Fuzz;

/// <summary>A server that answers as the input chooses: frames that may come, on streams that may have them, or, where it is lawless, any others too.</summary>
internal sealed class Http2Origin(TestHost host, Choices choices, bool isLawless)
    : Http2Sender(host, choices, isLawless, firstOfEngine: 1)
{
    private int _promised;

    public void Begin()
    {
        if (!IsLawless || Choices.Flag())
        {
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
        switch (Choices.Of(20))
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
                Feed(FrameWriter.WriteRstStream(Frame, streamId, Choices.Of(ErrorCode.Cancel, ErrorCode.NoError, ErrorCode.RefusedStream, ErrorCode.Http11Required, (ErrorCode)0xABCD)));
                break;
            case 9:
                Feed(FrameWriter.WriteWindowUpdate(Frame, Choices.Flag() ? 0 : Stream(), Choices.Of(1, 50, 1000, 70_000, IsLawless ? int.MaxValue : 5)));
                break;
            case 10:
                Feed(FrameWriter.WriteSettings(Frame, Setting(), Setting()));
                break;
            case 11:
                Feed(FrameWriter.WritePing(Frame, new PingFrame(Choices.Flag(), Choices.Of(0UL, BandwidthEstimate.Payload))));
                break;
            case 12:
                Promise();
                break;
            case 13 when IsLawless:
                Header((FrameType)Choices.Of(20), (FrameFlags)Choices.Next(), Choices.Flag() ? 0 : Stream(), Choices.Bytes(Choices.Of(20)));
                break;
            case 14 when IsLawless:
                Raw(Choices.Bytes(Choices.Next()));
                break;
            case 15:
                Host.Advance(Choices.Of(1, 1000, 6000, 21_000, 61_000));
                break;
            case 16:
                Host.IsReading = !Host.IsReading;
                Host.Send(Choices.Of(1, 100, 40_000));
                break;
            case 17:
                Piece = Choices.Of(1, 9, 100, int.MaxValue);
                break;
            case 18 when Choices.Of(6) == 0:
                Ending();
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
                Feed(FrameWriter.WriteGoAway(Frame, Choices.Of(0, 1, 3, int.MaxValue), Choices.Of(ErrorCode.NoError, ErrorCode.Http11Required)));
                break;
            default:
                Host.FeedEnd();
                break;
        }
    }

    // Mostly one that the client has opened.
    protected override int Stream()
    {
        int opened = ((Http2ClientConnection)Host.Engine).Started;
        return Choices.Of(IsLawless ? 10 : 8) switch
        {
            8 => 2 * Choices.Of(4),
            9 => (2 * opened) + 1,
            7 when _promised > 0 => _promised,
            _ => Math.Max(1, (2 * opened) - 1 - (2 * Choices.Of(4))),
        };
    }

    private void Headers()
    {
        bool isTrailers = Open.Count > 0 && Choices.Of(4) == 0;
        int streamId = isTrailers ? Open[Choices.Of(Open.Count)] : Stream();
        if (!IsLawless && !isTrailers && Open.Contains(streamId))
        {
            return;
        }

        string status = Choices.Of("100", "103", "200", "200", "200", "204", "304", IsLawless ? "101" : "404");
        bool isInterim = !isTrailers && status[0] == '1';
        bool ends = isTrailers || (!isInterim && (status is "204" or "304" || Choices.Of(4) == 0));
        byte[] block = isTrailers ? Field("x-checksum", "1") : (IsLawless ? Choices.Of(8) : 7) switch
        {
            0 => Choices.Bytes(Choices.Of(40)),
            1 => Field("x-checksum", "1"),
            _ => Block(status),
        };
        if (!isInterim)
        {
            Open.Remove(streamId);
        }

        if (!isInterim && !ends)
        {
            Open.Add(streamId);
        }

        Section(ends ? FrameFlags.EndStream : FrameFlags.None, streamId, block, 1);
    }

    private byte[] Block(string status)
    {
        byte[] block = Field(":status", status);
        return Choices.Of(6) switch
        {
            0 => [.. block, .. Field("content-length", Choices.Of("0", "5", "700", "20000"))],
            1 => [.. block, .. Field("a", new string('b', Choices.Of(10, 400)))],
            2 when IsLawless => [.. block, .. Field(Choices.Of("connection", "A", ":path", ""), "x")],
            _ => block,
        };
    }

    private void Promise()
    {
        int parent = Stream();
        _promised = IsLawless ? Stream() : _promised + 2;
        byte[] block = [.. Field(":method", Choices.Of("GET", "GET", "HEAD", "POST")), .. Field(":scheme", "https"), .. Field(":authority", "a"), .. Field(":path", "/p")];
        Feed(FrameWriter.WritePushPromise(Frame, parent, _promised, block, FrameHeader.DefaultMaximumLength));
    }

    private Setting Setting() => Choices.Of(7) switch
    {
        0 => new(SettingsParameter.InitialWindowSize, Choices.Of<uint>(0, 10, 1000, 65_535, int.MaxValue)),
        1 => new(SettingsParameter.HeaderTableSize, Choices.Of<uint>(0, 100, 4096, 65_536)),
        2 => new(SettingsParameter.MaxFrameSize, Choices.Of<uint>(16_384, 16_777_215)),
        3 => new(SettingsParameter.MaxConcurrentStreams, Choices.Of<uint>(0, 1, 100, uint.MaxValue)),
        4 => new(SettingsParameter.EnablePush, IsLawless ? (uint)Choices.Of(3) : 0),
        5 when IsLawless => new((SettingsParameter)Choices.Next(), (uint)Choices.Next()),
        _ => new(SettingsParameter.MaxHeaderListSize, 10),
    };

}
