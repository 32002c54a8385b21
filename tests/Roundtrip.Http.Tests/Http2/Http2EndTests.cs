using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>What goes on coming after a stream or the connection is at its end, and what must not keep either open.</summary>
public class Http2EndTests
{
    [Fact]
    public void Content_of_requests_that_were_all_refused_in_one_round_trip_is_ignored_and_given_back()
    {
        Http2Peer peer = Http2Peer.Open(null, HttpLimits.Default with { RequestBody = 10 });
        for (int id = 1; id < 200; id += 2)
        {
            peer.Post(id, "/", ("content-length", "11"));
        }

        for (int id = 1; id < 200; id += 2)
        {
            peer.Data(id, new string('x', 10_000), ends: true);
        }

        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
        IReadOnlyList<string> frames = peer.Frames();
        Assert.Equal(100, frames.Count(line => line.StartsWith("HEADERS", StringComparison.Ordinal) && line.Contains(" 413 ", StringComparison.Ordinal)));
        Assert.DoesNotContain(frames, line => line.StartsWith("RST_STREAM", StringComparison.Ordinal));
        Assert.InRange(GivenBack(frames), 1_000_000 - (128 * 1024), 1_000_000);
    }

    [Fact]
    public void Content_that_comes_while_a_refusal_waits_is_given_back_at_once()
    {
        Http2Peer peer = Http2Peer.Open(
            null, HttpLimits.Default with { RequestBody = 10, Http2 = Http2Limits.Default with { MaxWindowSize = SendWindow.Initial } }, new Setting(SettingsParameter.InitialWindowSize, 0));
        for (int id = 1; id < 20; id += 2)
        {
            peer.Post(id, "/", ("content-length", "100000"));
            peer.Data(id, new string('x', 10_000));
        }

        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
        Assert.InRange(GivenBack(peer.Frames()), 60_000, 100_000);
    }

    [Fact]
    public void An_error_on_an_idle_stream_ends_the_connection_since_no_reset_may_be_sent_there()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Raw(FrameType.Priority, FrameFlags.None, 7, 0, 0, 0, 0);

        Assert.Equal(["GOAWAY 0 FrameSizeError"], peer.Answers());
    }

    [Fact]
    public void An_error_on_a_closed_stream_is_answered_with_nothing()
    {
        Http2Peer peer = Http2Peer.Open();
        peer.Get(1);
        peer.Answers();
        peer.Raw(FrameType.Priority, FrameFlags.None, 1, 0, 0, 0, 0);

        Assert.Empty(peer.Frames());
        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
    }

    [Fact]
    public void Dripping_a_preface_does_not_extend_its_time()
    {
        var peer = new Http2Peer();
        foreach (byte b in Http2Preface.Client[..20])
        {
            peer.Host.Advance(peer.Host.Limits.Head.Initial / 10);
            if (peer.Engine.Closing == ConnectionClose.None)
            {
                peer.Feed([b]);
            }
        }

        Assert.Equal(EndReason.RequestHeadTimeout, peer.Engine.ClosingReason);
    }

    [Fact]
    public void A_client_that_does_not_acknowledge_the_first_step_of_a_stop_is_let_go_when_its_streams_are_done()
    {
        Http2Peer peer = StoppedWithAnswer();
        peer.Host.Advance(peer.Host.Limits.KeepAliveTimeout);

        Assert.Equal(["GOAWAY 1 NoError"], peer.Answers());
        Assert.Equal(EndReason.ServerStopping, peer.Engine.ClosingReason);
    }

    [Fact]
    public void A_client_that_does_not_acknowledge_it_and_asks_on_gets_the_second_step_all_the_same()
    {
        Http2Peer peer = StoppedWithAnswer();
        for (int id = 3; id < 43; id += 2)
        {
            peer.Get(id);
            peer.Host.Advance(4000);
        }

        Assert.Contains(peer.Answers(), line => line.StartsWith("GOAWAY ", StringComparison.Ordinal));
    }

    [Fact]
    public void An_error_after_a_stop_names_no_higher_stream_than_the_stop_did()
    {
        Http2Peer peer = Stopped();
        peer.Get(5);
        peer.Raw(FrameType.Ping, FrameFlags.None, 1, new byte[8]);

        Assert.Equal(["GOAWAY 1 ProtocolError"], peer.Answers());
    }

    [Fact]
    public void What_comes_on_streams_above_our_last_is_ignored_with_its_content()
    {
        Http2Peer peer = Stopped();
        peer.Post(5);
        peer.Data(5, "hello");
        peer.WindowUpdate(5, 10);
        peer.Reset(5);

        Assert.Empty(peer.Answers());
        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
    }

    [Fact]
    public void Requests_above_our_last_are_not_read_for_ever()
    {
        Http2Peer peer = Stopped();
        for (int id = 3; id < 1000; id += 2)
        {
            peer.Get(id);
        }

        Assert.Equal(EndReason.UnknownFrameFlood, peer.Engine.ClosingReason);
    }

    [Fact]
    public void A_client_that_leaves_gets_what_it_asked_for_and_then_the_connection_ends()
    {
        Exchange? held = null;
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            Handlers.Hold(host, exchange);
            held = exchange;
        });
        peer.Post(1);
        peer.GoAway();
        peer.Data(1, "hello", ends: true);
        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
        Handlers.AnswerAtOnce(peer.Host, held!);
        peer.Host.Pump();

        Assert.Equal(["HEADERS 1 200 content-length=2", "DATA 1 end ok", "GOAWAY 1 NoError"], peer.Answers());
        Assert.Equal(EndReason.PeerClosed, peer.Engine.ClosingReason);
    }

    [Fact]
    public void Frames_that_were_left_while_too_much_waited_are_read_when_it_has_gone_out()
    {
        Http2Limits limits = Http2Limits.Default with { Floods = [.. Http2Limits.Default.Floods.Select(_ => new FloodLimit(0, 1))] };
        Http2Peer peer = Http2Peer.Open(null, HttpLimits.Default with { Http2 = limits });
        peer.Host.IsReading = false;
        for (int i = 0; peer.Host.OutputLength < 250 * 1024; i++)
        {
            peer.Ping();
        }

        // One piece, of which the engine stops reading in the middle: nothing comes behind it.
        byte[] pings = new byte[900 * FrameWriter.PingSize];
        for (int i = 0; i < 900; i++)
        {
            FrameWriter.WritePing(pings.AsSpan(i * FrameWriter.PingSize), new PingFrame(false, (ulong)i));
        }

        peer.Feed(pings);
        Assert.False(peer.Engine.WantsInput);
        peer.Host.IsReading = true;
        peer.Host.Pump();

        Assert.Equal("PING ack 899", peer.Frames()[^1]);
    }

    [Fact]
    public void A_frame_of_thousands_of_settings_costs_more_than_one()
    {
        Http2Peer peer = Http2Peer.Open();
        Setting[] settings = [.. Enumerable.Repeat(new Setting(SettingsParameter.InitialWindowSize, 1), 2700)];
        peer.Settings(settings);

        Assert.Equal(EndReason.SettingsFlood, peer.Engine.ClosingReason);
    }

    [Fact]
    public void Cookies_of_a_head_near_the_largest_that_have_no_room_to_be_joined_are_431()
    {
        // One cookie of 3,900 bytes goes into the table; then each byte asks for it again.
        Http2Peer peer = Http2Peer.Open(null, HttpLimits.Default with { RequestHead = 983_040, RequestFields = 0 });
        var block = new List<byte>(Http2Peer.Encode(Http2Peer.Pseudo("GET", "/")));
        block.AddRange([0x60, 0x7F, 0xBD, 0x1D, .. Enumerable.Repeat((byte)'c', 3900), .. Enumerable.Repeat((byte)(0x80 | 62), 240)]);
        peer.Raw(FrameType.Headers, FrameFlags.EndStream | FrameFlags.EndHeaders, 1, [.. block]);

        Assert.StartsWith("HEADERS 1 431 ", peer.Answers()[0], StringComparison.Ordinal);
        Assert.Equal(0, peer.Host.Buffers.Outstanding);
    }

    private static Http2Peer StoppedWithAnswer()
    {
        var held = new List<Exchange>();
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            Handlers.Hold(host, exchange);
            held.Add(exchange);
        });
        peer.Get(1);
        peer.Engine.Stop(peer.Host.Now);
        Handlers.AnswerAtOnce(peer.Host, held[0]);
        peer.Host.Pump();
        Assert.Equal(["GOAWAY 2147483647 NoError", "HEADERS 1 200 content-length=2", "DATA 1 end ok"], peer.Answers());
        return peer;
    }

    private static Http2Peer Stopped()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange));
        peer.Get(1);
        peer.Engine.Stop(peer.Host.Now);
        peer.Host.Pump();
        ulong opaque = ulong.Parse(peer.Frames().First(line => line.StartsWith("PING ", StringComparison.Ordinal))["PING ".Length..], System.Globalization.CultureInfo.InvariantCulture);
        peer.Ping(opaque, isAck: true);
        peer.Frames();
        return peer;
    }

    private static int GivenBack(IEnumerable<string> frames) =>
        frames.Where(line => line.StartsWith("WINDOW_UPDATE 0 ", StringComparison.Ordinal)).Sum(line => int.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
}
