using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>What costs a peer little: each kind has its budget, and a million of it end in GOAWAY 11 with memory flat.</summary>
public class Http2FloodTests
{
    private const int Many = 1_000_000;

    public static TheoryData<FloodKind, EndReason> Kinds() => new()
    {
        { FloodKind.Settings, EndReason.SettingsFlood },
        { FloodKind.Ping, EndReason.PingFlood },
        { FloodKind.Priority, EndReason.PriorityFlood },
        { FloodKind.EmptyFrames, EndReason.EmptyFrameFlood },
        { FloodKind.SmallData, EndReason.SmallDataFlood },
        { FloodKind.WindowUpdates, EndReason.WindowUpdateFlood },
        { FloodKind.Resets, EndReason.RapidReset },
        { FloodKind.ProvokedResets, EndReason.ProvokedResetFlood },
        { FloodKind.UnknownFrames, EndReason.UnknownFrameFlood },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_flood_ends_in_ENHANCE_YOUR_CALM_when_its_budget_is_spent(FloodKind kind, EndReason reason)
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        peer.Post(1);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        int sent = 0;
        while (sent < Many && peer.Engine.Closing == ConnectionClose.None)
        {
            Send(peer, kind, sent++);
        }

        Assert.Equal(reason, peer.Engine.ClosingReason);
        Assert.Contains(peer.Host.Events, line => line == $"report {reason} {(int)ErrorCode.EnhanceYourCalm} Peer");
        Assert.InRange(sent, 1, Http2Limits.Default.Floods[(int)kind].Burst + 2);
        Assert.EndsWith("EnhanceYourCalm", peer.Answers().Last(line => line.StartsWith("GOAWAY", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 64 << 20);
        peer.Host.End(EndReason.PeerReset);
        Assert.Equal(0, peer.Host.Buffers.Outstanding);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_comes_slowly_is_no_flood(FloodKind kind, EndReason reason)
    {
        HttpLimits limits = HttpLimits.Default with { Body = default };
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange), limits);
        peer.Post(1);
        FloodLimit limit = Http2Limits.Default.Floods[(int)kind];
        for (int i = 0; i < 3 * limit.Burst; i++)
        {
            peer.Host.Now += limit.Cost;
            Send(peer, kind, i);
        }

        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
        Assert.NotEqual(reason, peer.Engine.ClosingReason);
    }

    [Fact]
    public void Header_sections_on_a_stream_that_we_reset_spend_the_budget_of_such_resets()
    {
        Http2Peer peer = Http2Peer.Open((_, exchange) =>
        {
            exchange.Respond(200, FieldBlock.Empty, 5);
            exchange.Abort(EndReason.HandlerFailed);
        });
        peer.Post(1);
        int sent = 0;
        while (sent < Many && peer.Engine.Closing == ConnectionClose.None)
        {
            peer.Request(1, false, ("x-late", $"{sent++}"));
        }

        Assert.Equal(EndReason.ProvokedResetFlood, peer.Engine.ClosingReason);
        Assert.InRange(sent, 1, Http2Limits.Default.Floods[(int)FloodKind.ProvokedResets].Burst + 2);
    }

    [Fact]
    public void A_cancelled_request_whose_work_goes_on_keeps_its_place()
    {
        var held = new List<IExchangeHold>();
        HttpLimits limits = HttpLimits.Default with { Http2 = Http2Limits.Default with { MaxSessionStreams = 2 } };
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                held.Add(exchange.Hold()!);
                Handlers.Hold(host, exchange);
            },
            limits);
        peer.Get(1);
        peer.Reset(1);
        peer.Get(3);
        peer.Get(5);
        peer.Reset(3);
        peer.Get(7);
        Assert.Equal(["RST_STREAM 5 RefusedStream", "RST_STREAM 7 RefusedStream"], peer.Answers());
        Assert.Equal(2, held.Count);

        held[0].Release();
        peer.Get(9);
        peer.Get(11);
        Assert.Equal(["RST_STREAM 11 RefusedStream"], peer.Answers());

        // The work may outlive the connection.
        peer.Host.End(EndReason.PeerReset);
        held[1].Release();
        held[2].Release();
    }

    [Fact]
    public void A_request_that_was_answered_gives_its_place_back_whatever_its_work_does()
    {
        HttpLimits limits = HttpLimits.Default with { Http2 = Http2Limits.Default with { MaxSessionStreams = 1 } };
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                exchange.Hold();
                Handlers.AnswerAtOnce(host, exchange);
            },
            limits);
        peer.Get(1);
        peer.Get(3);

        Assert.Equal("DATA 3 end ok", peer.Answers()[^1]);
    }

    [Fact]
    public void A_limit_can_be_moved_and_taken_away()
    {
        FloodLimit[] floods = [.. Http2Limits.Default.Floods];
        floods[(int)FloodKind.Ping] = new FloodLimit(0, 1);
        Http2Peer peer = Http2Peer.Open(null, HttpLimits.Default with { Http2 = Http2Limits.Default with { Floods = floods } });
        for (int i = 0; i < 1000; i++)
        {
            peer.Ping();
        }

        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16_000)]
    public void A_header_block_without_an_end_is_bounded_in_frames_and_bytes(int size)
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Raw(FrameType.Headers, FrameFlags.None, 1);
        int sent = 0;
        while (sent < Many && peer.Engine.Closing == ConnectionClose.None)
        {
            peer.Raw(FrameType.Continuation, FrameFlags.None, 1, new byte[size]);
            sent++;
        }

        Assert.InRange(sent, 1, 32);
        Assert.Equal(EndReason.HeaderBlockTooLong, peer.Engine.ClosingReason);
        Assert.Equal(["GOAWAY 0 EnhanceYourCalm"], peer.Answers());
    }

    [Fact]
    public void A_header_block_that_does_not_go_on_is_timed()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Raw(FrameType.Headers, FrameFlags.None, 1, 0x82);
        peer.Host.Advance(peer.Host.Limits.Head.Initial + 1000);

        Assert.Equal(EndReason.RequestHeadTimeout, peer.Engine.ClosingReason);
    }

    [Fact]
    public void A_peer_that_takes_no_answers_is_not_read()
    {
        Http2Limits limits = Http2Limits.Default with { Floods = [.. Http2Limits.Default.Floods.Select(_ => new FloodLimit(0, 1))] };
        Http2Peer peer = Http2Peer.Open(null, HttpLimits.Default with { Http2 = limits });
        peer.Host.IsReading = false;
        for (int i = 0; i < 50_000; i++)
        {
            peer.Ping();
        }

        Assert.False(peer.Engine.WantsInput);
        Assert.InRange(peer.Host.OutputLength, 0, Http2Limits.UnsentControl + 64);

        peer.Host.IsReading = true;
        peer.Host.Pump();
        Assert.Equal(50_000, peer.Frames().Count);
    }

    [Fact]
    public void Indexed_references_to_a_long_entry_stop_costing_memory_at_the_limit()
    {
        // One field of 4,000 bytes goes into the table; then each byte asks for it again (CVE-2016-6581, 2026-49975).
        Http2Peer peer = Http2Peer.Open();
        var block = new List<byte>(Http2Peer.Encode(Http2Peer.Pseudo("GET", "/")));
        block.AddRange([0x40, 1, (byte)'a', 0x7F, 0xA1, 0x1E]);
        block.AddRange(Enumerable.Repeat((byte)'x', 4000));
        block.AddRange(Enumerable.Repeat((byte)(0x80 | 62), 10_000));
        peer.Raw(FrameType.Headers, FrameFlags.EndStream | FrameFlags.EndHeaders, 1, [.. block]);

        Assert.StartsWith("HEADERS 1 431 ", peer.Answers()[0], StringComparison.Ordinal);
        Assert.Equal(0, peer.Host.Buffers.Outstanding);
    }

    [Fact]
    public void A_window_that_opens_by_one_byte_does_not_keep_a_response_alive()
    {
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                exchange.Respond(200, FieldBlock.Empty, 100_000);
                exchange.WriteShared(GC.AllocateArray<byte>(100_000, pinned: true), 0, 100_000);
                exchange.Complete();
            },
            null,
            new Setting(SettingsParameter.InitialWindowSize, 0));
        peer.Get(1);
        for (int i = 0; i < 100 && !peer.Host.Events.Any(line => line.StartsWith("end", StringComparison.Ordinal)); i++)
        {
            peer.Host.Advance(2000);
            peer.Ping();
            peer.WindowUpdate(1, 1);
        }

        Assert.Contains("RST_STREAM 1 Cancel", peer.Answers());
        Assert.Contains(peer.Host.Events, line => line.StartsWith("end GET 200", StringComparison.Ordinal) && line.EndsWith("ResponseTooSlow", StringComparison.Ordinal));
    }

    [Fact]
    public void A_connection_window_that_never_opens_ends_the_connection()
    {
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                exchange.Respond(200, FieldBlock.Empty, 1_000_000);
                exchange.WriteShared(GC.AllocateArray<byte>(1_000_000, pinned: true), 0, 1_000_000);
                exchange.Complete();
            },
            null,
            new Setting(SettingsParameter.InitialWindowSize, 2_000_000));
        peer.Get(1);
        for (int i = 0; i < 100 && peer.Engine.Closing == ConnectionClose.None; i++)
        {
            peer.Host.Advance(2000);
            peer.Ping();
        }

        Assert.Equal(EndReason.ResponseStalled, peer.Engine.ClosingReason);
    }

    private static void Send(Http2Peer peer, FloodKind kind, int number)
    {
        switch (kind)
        {
            case FloodKind.Settings:
                peer.Settings();
                break;
            case FloodKind.Ping:
                peer.Ping();
                break;
            case FloodKind.Priority when number % 2 == 0:
                peer.Raw(FrameType.Priority, FrameFlags.None, 3 + (2 * number), 0, 0, 0, 0, 15);
                break;
            case FloodKind.Priority:
                peer.Raw(FrameType.PriorityUpdate, FrameFlags.None, 0, 0, 0, 0, 1, (byte)'u', (byte)'=', (byte)'1');
                break;
            case FloodKind.EmptyFrames:
                peer.Data(1, "");
                break;
            case FloodKind.SmallData:
                peer.Data(1, "x");
                break;
            case FloodKind.WindowUpdates:
                peer.WindowUpdate(0, 1);
                break;
            case FloodKind.Resets:
                peer.Get(3 + (2 * number));
                peer.Reset(3 + (2 * number));
                break;
            case FloodKind.ProvokedResets:
                peer.Request(3 + (2 * number), true, (":method", "GET"));
                break;
            default:
                peer.Raw((FrameType)0xEE, FrameFlags.None, 0);
                break;
        }
    }
}
