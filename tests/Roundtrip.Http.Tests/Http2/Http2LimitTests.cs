using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2;

/// <summary>What mod_http2's directives bound, at the bound and one beyond it.</summary>
public class Http2LimitTests
{
    private const string Path = "/slow";

    [Theory]
    [InlineData(0, "DATA 1 (16384)", "DATA 1 end (3616)")]
    [InlineData(9000, "DATA 1 (9000)", "DATA 1 (9000)", "DATA 1 end (2000)")]
    [InlineData(100_000, "DATA 1 (16384)", "DATA 1 end (3616)")]
    public void No_DATA_frame_is_longer_than_H2MaxDataFrameLen_nor_than_the_longest_there_are(int length, params string[] frames)
    {
        Http2Peer peer = Http2Peer.Open(AnswerWith(20_000), Limits(new Http2Limits { MaxDataFrameLength = length }));
        peer.Get(1);

        Assert.Equal(frames, peer.Answers().Skip(1));
    }

    [Fact]
    public void A_content_that_could_go_at_once_is_divided_too()
    {
        Http2Peer peer = Http2Peer.Open(null, Limits(new Http2Limits { MaxDataFrameLength = 1 }));
        peer.Get(1);

        Assert.Equal(["HEADERS 1 200 content-length=2", "DATA 1 o", "DATA 1 end k"], peer.Answers());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_response_whose_fields_are_one_byte_more_than_H2MaxHeaderBlockLen_has_its_stream_reset_and_the_table_stays_whole(bool isShared)
    {
        const int Most = 500;
        int more = 0;
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                // nghttp2's count: 12 for each field, 17 once; and :status: 200, server, date, content-length: 2, x-long.
                int rest = 17 + (5 * 12) + 10 + 6 + host.StatusLines.Server.Length + 4 + 29 + 15 + 6;
                string value = new('x', Most - rest + more++);
                if (!isShared)
                {
                    exchange.ResponseFields.Add("x-long"u8, Encoding.ASCII.GetBytes(value));
                }

                exchange.Respond(200, isShared ? FieldBlock.Create(("x-long", value)) : FieldBlock.Empty, 2);
                exchange.Write("ok"u8);
                exchange.Complete();
            },
            Limits(new Http2Limits { MaxHeaderBlockLength = Most }));
        peer.Get(1);
        Assert.Equal("DATA 1 end ok", peer.Answers()[^1]);
        peer.Get(3);
        Assert.Equal(["RST_STREAM 3 InternalError"], peer.Answers());
        Assert.EndsWith("ResponseHeadTooLarge", peer.Host.Events[^1], StringComparison.Ordinal);
        more = 0;
        peer.Get(5);
        Assert.Equal("DATA 5 end ok", peer.Answers()[^1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_103_that_is_one_byte_more_than_H2MaxHeaderBlockLen_is_left_out_and_the_response_comes(int more)
    {
        const int Most = 500;
        Http2Peer peer = Http2Peer.Open(
            (_, exchange) =>
            {
                // nghttp2's count: 12 for each field, 17 once; :status: 103, and link.
                exchange.Inform(103, FieldBlock.Create(("link", new string('x', Most - (17 + (2 * 12) + 10 + 4) + more))));
                exchange.Respond(200, FieldBlock.Empty, 2);
                exchange.Write("ok"u8);
                exchange.Complete();
            },
            Limits(new Http2Limits { MaxHeaderBlockLength = Most }));
        foreach (int stream in (int[])[1, 3])
        {
            peer.Get(stream);
            string[] all = [.. peer.Answers()];
            Assert.Equal(1 - more, all.Count(line => line.StartsWith($"HEADERS {stream} 103", StringComparison.Ordinal)));
            Assert.Equal([$"HEADERS {stream} 200 content-length=2", $"DATA {stream} end ok"], all[^2..]);
        }
    }

    [Fact]
    public void A_handler_that_begins_such_a_response_is_told_afterwards_and_what_it_writes_goes_nowhere()
    {
        int stillOpen = 0;
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                uint generation = exchange.Generation;
                Handlers.Hold(host, exchange);
                exchange.Respond(200, FieldBlock.Empty);
                exchange.Write("content"u8);
                stillOpen += exchange.Generation == generation && !exchange.CanWrite && host.Events.All(line => !line.StartsWith("aborted", StringComparison.Ordinal)) ? 1 : 0;
            },
            Limits(new Http2Limits { MaxHeaderBlockLength = 50 }));
        peer.Get(1);
        Assert.Equal(1, stillOpen);
        Assert.Empty(peer.Answers());
        peer.Host.Advance(0);

        Assert.Equal(["RST_STREAM 1 InternalError"], peer.Answers());
        Assert.Equal("aborted ResponseHeadTooLarge", peer.Host.Events.Single(line => line.StartsWith("aborted", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_tunnel_whose_head_is_too_large_does_not_open()
    {
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                Handlers.Hold(host, exchange);
                exchange.AcceptUpgrade("Example"u8, FieldBlock.Empty);
                exchange.EndWriting();
            },
            Limits(new Http2Limits { MaxHeaderBlockLength = 50 }));
        peer.Request(1, false, (":method", "CONNECT"), (":protocol", "Example"), (":scheme", "https"), (":authority", "example.org"), (":path", "/"));
        peer.Host.Advance(0);

        Assert.Equal(["RST_STREAM 1 Cancel"], peer.Answers());
    }

    [Fact]
    public void A_refusal_with_more_fields_than_H2MaxHeaderBlockLen_is_a_reset_too()
    {
        Http2Peer peer = Http2Peer.Open((_, exchange) => exchange.Abort(EndReason.HandlerFailed), Limits(new Http2Limits { MaxHeaderBlockLength = 50 }));
        peer.Get(1);
        peer.Get(3, "no path");
        peer.Post(5);

        Assert.Equal(["RST_STREAM 1 InternalError", "RST_STREAM 3 InternalError", "RST_STREAM 5 InternalError"], peer.Answers());
        peer.Host.End(EndReason.PeerClosed);
        Assert.Equal(0, peer.Host.Buffers.Outstanding);
    }

    [Fact]
    public void A_handler_is_told_once_of_a_request_whose_refusal_is_too_large()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange), Limits(new Http2Limits { MaxHeaderBlockLength = 50 }) with { RequestBody = 10 });
        peer.Post(1);
        peer.Data(1, "more than ten");

        Assert.Equal(["RST_STREAM 1 InternalError"], peer.Answers());
        Assert.Equal(["aborted RequestBodyTooLarge"], peer.Host.Events.Where(line => line.StartsWith("aborted", StringComparison.Ordinal)));
    }

    [Fact]
    public void Errors_of_streams_are_counted_for_as_long_as_the_connection_lasts_where_no_rate_forgives_them()
    {
        var floods = Http2Limits.Default.Floods.ToArray();
        floods[(int)FloodKind.ProvokedResets] = new FloodLimit(3, 0);
        Http2Peer peer = Http2Peer.Open((host, exchange) => Handlers.Hold(host, exchange), Limits(new Http2Limits { Floods = floods }) with { KeepAliveTimeout = int.MaxValue });
        for (int id = 1; id < 7; id += 2)
        {
            peer.Request(id, true, (":method", "GET"));
            peer.Host.Now += 3_600_000;
        }

        Assert.Equal(ConnectionClose.None, peer.Engine.Closing);
        peer.Request(7, true, (":method", "GET"));
        Assert.Equal(EndReason.ProvokedResetFlood, peer.Engine.ClosingReason);
        Assert.Equal("GOAWAY 7 EnhanceYourCalm", peer.Answers()[^1]);
    }

    [Fact]
    public void A_stream_waits_for_its_window_as_long_as_H2StreamTimeout_says_and_its_neighbour_as_long_as_Timeout()
    {
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                Limit(exchange, 500);
                Handlers.AnswerAtOnce(host, exchange);
            },
            null,
            new Setting(SettingsParameter.InitialWindowSize, 0));
        peer.Get(1, Path);
        peer.Get(3);
        peer.Answers();
        peer.Host.Advance(499);
        Assert.Empty(peer.Answers());
        peer.Host.Advance(1);
        Assert.Equal(["RST_STREAM 1 Cancel"], peer.Answers());
        Assert.EndsWith("ResponseStalled", peer.Host.Events[^1], StringComparison.Ordinal);
        Pass(peer, 59_499);
        Assert.Empty(peer.Answers());
        peer.Host.Advance(1);
        Assert.Equal(["RST_STREAM 3 Cancel"], peer.Answers());
    }

    [Fact]
    public void Of_its_hosts_limits_a_stream_takes_Timeout_and_its_connection_none()
    {
        Http2Peer peer = Http2Peer.Open(
            (host, exchange) =>
            {
                exchange.UseLimits(HttpLimits.Default with { Timeout = 500, KeepAliveTimeout = 1 });
                Handlers.AnswerAtOnce(host, exchange);
            },
            null,
            new Setting(SettingsParameter.InitialWindowSize, 0));
        peer.Get(1);
        peer.Answers();
        peer.Host.Advance(499);
        Assert.Empty(peer.Answers());
        peer.Host.Advance(1);
        Assert.Equal(["RST_STREAM 1 Cancel"], peer.Answers());
        Assert.Same(HttpLimits.Default, peer.Host.Limits);
    }

    // 40,000 bytes have come: RequestReadTimeout body allows 20 s and 80 more, of waiting.
    [Theory]
    [InlineData(-1, 60_000, "RequestBodyStalled")]
    [InlineData(500, 500, "RequestBodyStalled")]
    [InlineData(70_000, 70_000, "RequestBodyStalled")]
    [InlineData(0, 100_000, "RequestBodyTooSlow")]
    public void Content_may_stop_coming_for_as_long_as_H2StreamTimeout_says_or_Timeout(int said, int until, string reason)
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            Limit(exchange, said);
            Handlers.Echo(host, exchange);
        });
        peer.Post(1, Path);
        for (int i = 0; i < 4; i++)
        {
            peer.Data(1, new string('x', 10_000));
        }

        Pass(peer, until - 1);
        Assert.Empty(peer.Answers());
        peer.Host.Advance(1);
        Assert.StartsWith("HEADERS 1 408", peer.Answers()[0], StringComparison.Ordinal);
        Assert.Contains($"report {reason} 408 Peer", peer.Host.Events);
    }

    [Fact]
    public void Each_piece_of_content_begins_the_wait_anew()
    {
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            Limit(exchange, 500);
            Handlers.Echo(host, exchange);
        });
        peer.Post(1, Path);
        for (int i = 0; i < 20; i++)
        {
            peer.Host.Advance(499);
            peer.Data(1, new string('x', 1000));
        }

        Assert.Empty(peer.Answers());
    }

    [Fact]
    public void Without_H2WebSockets_an_extended_CONNECT_is_neither_announced_nor_taken()
    {
        HttpLimits limits = Limits(new Http2Limits { WebSockets = false });
        var peer = new Http2Peer(limits: limits);
        peer.Feed(Http2Preface.Client);
        Assert.Equal("SETTINGS 3", peer.Frames()[0]);

        Http2Peer open = Http2Peer.Open(TunnelHandler.Start, limits);
        open.Request(1, false, (":method", "CONNECT"), (":protocol", "Example"), (":scheme", "https"), (":authority", "example.org"), (":path", "/"));
        Assert.Equal(["RST_STREAM 1 ProtocolError"], open.Answers());
    }

    private static HttpLimits Limits(Http2Limits limits) => HttpLimits.Default with { Http2 = limits };

    // Less than 0 for none; said of one path alone.
    private static void Limit(Exchange exchange, int milliseconds)
    {
        if (milliseconds >= 0 && TestHost.Latin1(exchange.Request.Path) == Path)
        {
            exchange.LimitWaits(milliseconds);
        }
    }

    // Time in which the client answers PING, so that only its streams are silent.
    private static void Pass(Http2Peer peer, int milliseconds)
    {
        for (; milliseconds > 0; milliseconds -= 10_000)
        {
            peer.Host.Advance(Math.Min(milliseconds, 10_000));
            peer.Ping();
        }
    }

    private static Action<TestHost, Exchange> AnswerWith(int length) => (_, exchange) =>
    {
        exchange.Respond(200, FieldBlock.Empty, length);
        exchange.WriteShared(GC.AllocateArray<byte>(length, pinned: true), 0, length);
        exchange.Complete();
    };
}
