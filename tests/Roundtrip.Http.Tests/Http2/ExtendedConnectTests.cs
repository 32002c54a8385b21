using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>RFC 8441: a stream that becomes a tunnel.</summary>
public class ExtendedConnectTests
{
    private static readonly (string Name, string Value)[] Ask =
        [(":method", "CONNECT"), (":protocol", "Example"), (":scheme", "https"), (":authority", "example.org"), (":path", "/chat?a=b")];

    [Fact]
    public void The_first_SETTINGS_announce_it()
    {
        var peer = new Http2Peer();
        ReadOnlySpan<byte> sent = peer.Host.SentBytes;
        if (sent.IsEmpty)
        {
            peer.Feed(Http2Preface.Client);
            sent = peer.Host.SentBytes;
        }

        Assert.True(FrameHeader.TryRead(sent, out FrameHeader header));
        SettingsFrame.Read(header, sent.Slice(FrameHeader.Size, header.Length), out SettingsFrame frame);
        uint said = 0;
        foreach (Setting setting in frame)
        {
            said = setting.Parameter == SettingsParameter.EnableConnectProtocol ? setting.Value : said;
        }

        Assert.Equal(1u, said);
    }

    [Fact]
    public void It_is_a_request_with_a_path_and_a_protocol()
    {
        string seen = "";
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            RequestHead request = exchange.Request;
            seen = $"{request.Method} {TestHost.Latin1(request.Protocol)} {TestHost.Latin1(request.Path)} {TestHost.Latin1(request.Query)} {TestHost.Latin1(request.Authority)} "
                   + $"{exchange.CanUpgrade} {exchange.AsksFor("example"u8)} {exchange.AsksFor("other"u8)} {exchange.HasBody}";
            Handlers.Hold(host, exchange);
        });
        peer.Request(1, false, Ask);

        Assert.Equal("Connect Example /chat a=b example.org True True False False", seen);
        Assert.Empty(peer.Answers());
    }

    [Fact]
    public void After_200_the_stream_is_a_tunnel_both_ways_beside_other_streams()
    {
        Http2Peer peer = Http2Peer.Open(TunnelHandler.Start);
        peer.Request(1, false, Ask);
        Assert.Equal(["HEADERS 1 200 x-accepted=yes"], peer.Answers());
        peer.Data(1, "hello");
        peer.Get(3);
        peer.Data(1, "world");

        Assert.Equal(["DATA 1 HELLO", "HEADERS 3 200 content-length=2", "DATA 3 end ok", "DATA 1 WORLD"], peer.Answers());
    }

    [Fact]
    public void What_comes_before_the_handler_has_accepted_waits()
    {
        Exchange held = null!;
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            held = exchange;
            Handlers.Hold(host, exchange);
        });
        byte[] piece = new byte[10];
        peer.Request(1, false, Ask);
        peer.Data(1, "early");
        Assert.Equal(BodyReadStatus.End, held.ReadBody(piece).Status);
        held.AcceptUpgrade("example"u8, FieldBlock.Empty);

        Assert.Equal("early", TestHost.Latin1(piece.AsSpan(0, held.ReadBody(piece).Count)));
    }

    [Fact]
    public void END_STREAM_is_a_half_close()
    {
        Http2Peer peer = Http2Peer.Open(TunnelHandler.Start);
        peer.Request(1, false, Ask);
        peer.Data(1, "x", ends: true);

        Assert.Equal(["HEADERS 1 200 x-accepted=yes", "DATA 1 end Xbye"], peer.Answers());
        Assert.Equal("end CONNECT 200 4 Completed", peer.Host.Events[^1]);
        peer.Host.End(EndReason.PeerClosed);
        Assert.Equal(0, peer.Host.Buffers.Outstanding);
    }

    [Fact]
    public void RST_STREAM_aborts_the_tunnel_and_nothing_else()
    {
        Http2Peer peer = Http2Peer.Open(TunnelHandler.Start);
        peer.Request(1, false, Ask);
        peer.Reset(1);
        peer.Get(3);

        Assert.Contains("aborted StreamReset", peer.Host.Events);
        Assert.Equal("DATA 3 end ok", peer.Answers()[^1]);
    }

    [Fact]
    public void A_tunnel_that_we_abort_is_CANCEL()
    {
        Http2Peer peer = Http2Peer.Open((_, exchange) =>
        {
            exchange.AcceptUpgrade("example"u8, FieldBlock.Empty);
            exchange.Abort(EndReason.HandlerFailed);
        });
        peer.Request(1, false, Ask);

        Assert.Equal(["HEADERS 1 200", "RST_STREAM 1 Cancel"], peer.Answers());
    }

    [Fact]
    public void The_end_of_the_connection_aborts_the_tunnel()
    {
        Http2Peer peer = Http2Peer.Open(TunnelHandler.Start);
        peer.Request(1, false, Ask);
        peer.Host.FeedEnd();

        Assert.Contains("aborted TruncatedBody", peer.Host.Events);
    }

    [Fact]
    public void A_tunnel_has_the_windows_of_any_stream()
    {
        Exchange held = null!;
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            held = exchange;
            Handlers.Hold(host, exchange);
            exchange.AcceptUpgrade("example"u8, FieldBlock.Empty);
        });
        peer.Request(1, false, Ask);
        peer.Answers();
        while (held.Write(new byte[16_384]) > 0)
        {
        }

        peer.Host.Send();
        peer.Answers();
        Assert.Equal(SendWindow.Initial, peer.TakeDataBytes());
        held.Write(new byte[1000]);
        peer.WindowUpdate(1, 100);
        peer.WindowUpdate(0, 50);
        peer.Host.Send();
        peer.Answers();
        Assert.Equal(50, peer.TakeDataBytes());
        for (int i = 0; i < 5; i++)
        {
            peer.Data(1, new string('x', 16_000));
        }

        // 65,535 bytes may be unread; what is beyond is no tunnel's any more.
        Assert.Contains("RST_STREAM 1 FlowControlError", peer.Answers());
    }

    [Fact]
    public void A_silent_tunnel_is_not_timed_and_has_no_limit_of_bytes()
    {
        Http2Peer peer = Http2Peer.Open(TunnelHandler.Start, HttpLimits.Default with { RequestBody = 10 });
        peer.Request(1, false, Ask);
        for (int i = 0; i < 100; i++)
        {
            peer.Host.Advance(10_000);
            peer.Ping();
        }

        peer.Data(1, "hello, here I am");

        Assert.Equal(["HEADERS 1 200 x-accepted=yes", "DATA 1 HELLO, HERE I AM"], peer.Answers());
    }

    [Fact]
    public void A_stop_is_told_to_whoever_holds_an_exchange_and_a_tunnel_that_opens_later_sees_it()
    {
        var held = new List<Exchange>();
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            held.Add(exchange);
            Handlers.Hold(host, exchange);
        });
        peer.Request(1, false, Ask);
        peer.Get(3);
        held[0].AcceptUpgrade("example"u8, FieldBlock.Empty);
        peer.Engine.Stop(0);
        Assert.Equal(2, peer.Host.Events.Count(static what => what == "stopping"));

        // The client has not seen our GOAWAY yet.
        peer.Request(5, false, Ask);
        held[2].AcceptUpgrade("example"u8, FieldBlock.Empty);
        Assert.True(held[2].IsStopping);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_handler_may_end_its_own_side_and_go_on_reading(bool clientEndsFirst)
    {
        Exchange held = null!;
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            held = exchange;
            Handlers.Hold(host, exchange);
            exchange.AcceptUpgrade("example"u8, FieldBlock.Empty);
        });
        byte[] piece = new byte[10];
        peer.Request(1, false, Ask);
        held.Write("last"u8);
        if (clientEndsFirst)
        {
            peer.Data(1, "more", ends: true);
        }

        held.EndWriting();
        Assert.Equal(4, held.Write("gone"u8));
        peer.Host.Send();
        Assert.Equal("HEADERS 1 200, DATA 1 end last", string.Join(", ", peer.Answers()).Replace("DATA 1 last, DATA 1 end", "DATA 1 end last", StringComparison.Ordinal));
        if (!clientEndsFirst)
        {
            peer.Data(1, "more", ends: true);
        }

        Assert.DoesNotContain(peer.Host.Events, line => line.StartsWith("aborted", StringComparison.Ordinal));
        Assert.Equal("more", TestHost.Latin1(piece.AsSpan(0, held.ReadBody(piece).Count)));
        Assert.Equal(BodyReadStatus.End, held.ReadBody(piece).Status);
        held.Complete();
        Assert.Equal("end CONNECT 200 4 Completed", peer.Host.Events[^1]);
        peer.Request(3, false, Ask);
        Assert.DoesNotContain(peer.Answers(), line => line.StartsWith("RST", StringComparison.Ordinal));
    }

    [Fact]
    public void A_header_section_on_a_tunnel_is_PROTOCOL_ERROR()
    {
        Http2Peer peer = Http2Peer.Open(TunnelHandler.Start);
        peer.Request(1, false, Ask);
        peer.Request(1, true, ("x-checksum", "1"));

        Assert.Equal("RST_STREAM 1 ProtocolError", peer.Answers()[^1]);
    }

    [Fact]
    public void One_that_is_not_taken_is_answered_and_what_came_for_the_tunnel_is_dropped()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            if (!exchange.CanUpgrade)
            {
                Handlers.AnswerAtOnce(host, exchange);
                return;
            }

            // Any 2xx would open the tunnel.
            Assert.Throws<InvalidOperationException>(() => exchange.Respond(200, FieldBlock.Empty, 0));
            exchange.Respond(501, FieldBlock.Empty, 0);
            exchange.Complete();
        });
        peer.Request(1, false, Ask);
        peer.Data(1, "GET / HTTP/1.1\r\n\r\n", ends: true);
        peer.Get(3);

        Assert.Equal(["HEADERS 1 end 501 content-length=0", "HEADERS 3 200 content-length=2", "DATA 3 end ok"], peer.Answers());
    }
}
