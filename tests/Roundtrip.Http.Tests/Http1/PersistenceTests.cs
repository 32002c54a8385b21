using Roundtrip.Core;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;

namespace Roundtrip.Http.Tests.Http1;

/// <summary>RFC 9112 section 9: when a connection goes on, and pipelining.</summary>
public class PersistenceTests
{
    private const string Get = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public void HTTP_1_1_persists_and_says_nothing_of_it()
    {
        Feeds.Outcome outcome = Feeds.EveryWay(Get);

        Assert.Equal(ConnectionClose.None, outcome.Closing);
        Assert.DoesNotContain("Connection:", outcome.Sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Connection: close")]
    [InlineData("Connection: x, CLOSE ,y")]
    [InlineData("Connection: x\r\nConnection: close")]
    [InlineData("Connection: keep-alive, close")]
    public void The_close_option_closes(string field)
    {
        Feeds.Outcome outcome = Feeds.EveryWay($"GET / HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n");

        Assert.Contains("\r\nConnection: close\r\n", outcome.Sent, StringComparison.Ordinal);
        Assert.Equal(ConnectionClose.Close, outcome.Closing);
        Assert.Equal("Completed", outcome.ClosingReason);
    }

    [Fact]
    public void Nothing_behind_a_request_with_close_is_answered()
    {
        Feeds.Outcome outcome = Feeds.Run(["GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"]);

        Assert.DoesNotContain("/2", outcome.Sent + outcome.Events, StringComparison.Ordinal);
        Assert.Equal(ConnectionClose.Linger, outcome.Closing);
    }

    [Theory]
    [InlineData("", "Connection: close", ConnectionClose.Close)]
    [InlineData("Connection: keep-alive\r\n", "Connection: keep-alive", ConnectionClose.None)]
    [InlineData("Connection: Keep-Alive, close\r\n", "Connection: close", ConnectionClose.Close)]
    public void HTTP_1_0_persists_only_when_asked(string field, string answer, ConnectionClose closing)
    {
        Feeds.Outcome outcome = Feeds.EveryWay($"GET / HTTP/1.0\r\n{field}\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", outcome.Sent, StringComparison.Ordinal);
        Assert.Contains($"\r\n{answer}\r\n", outcome.Sent, StringComparison.Ordinal);
        Assert.Equal(closing, outcome.Closing);
    }

    // Which host a request is for is known when its head is: what that says of persistence counts from this request on.
    [Theory]
    [InlineData(true, 0, false)]
    [InlineData(false, 0, true)]
    [InlineData(true, 1, true)]
    [InlineData(true, 2, false)]
    public void Whether_the_connection_persists_is_for_the_host_of_the_request_to_say(bool keeps, int requests, bool closes)
    {
        TestHost? host = null;
        host = new TestHost(exchange =>
        {
            exchange.UseLimits(HttpLimits.Default with { KeepAlive = keeps, MaxKeepAliveRequests = requests, KeepAliveTimeout = 77 });
            Handlers.AnswerAtOnce(host!, exchange);
        })
        {
            Limits = HttpLimits.Default with { KeepAlive = !keeps },
        };
        host.Use(new Http1Connection(host, new Http1Resources(new Http2Resources())));
        host.Feed(Get);

        Assert.Equal(closes, host.Sent.Contains("\r\nConnection: close\r\n", StringComparison.Ordinal));
        Assert.Equal(closes ? ConnectionClose.Linger : ConnectionClose.None, host.Engine.Closing);
        Assert.Equal(closes ? Deadline.None : host.Now + 77, host.Engine.NextDeadline);
    }

    [Fact]
    public void The_last_of_MaxKeepAliveRequests_says_close_and_lingers()
    {
        Feeds.Outcome outcome = Feeds.EveryWay(Get + Get + Get, limits: new HttpLimits { MaxKeepAliveRequests = 2 });

        Assert.Equal(2, outcome.Sent.Split("HTTP/1.1 200").Length - 1);
        Assert.Single(outcome.Sent.Split("Connection: close")[1..]);
        Assert.Equal(ConnectionClose.Linger, outcome.Closing);
        Assert.Equal(nameof(EndReason.TooManyRequestsOnConnection), outcome.ClosingReason);
    }

    [Fact]
    public void Without_KeepAlive_each_answer_says_close()
    {
        Feeds.Outcome outcome = Feeds.EveryWay(Get, limits: new HttpLimits { KeepAlive = false });

        Assert.Contains("Connection: close\r\n", outcome.Sent, StringComparison.Ordinal);
    }

    [Fact]
    public void Pipelined_requests_are_answered_in_order()
    {
        Feeds.Outcome outcome = Feeds.EveryWay(
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Matches("(?s)GET /1 \\[\\].*POST /2 \\[abc\\].*GET /3 \\[\\]", outcome.Sent);
    }

    [Fact]
    public void The_next_request_begins_when_the_one_before_is_complete()
    {
        var held = new List<Exchange>();
        TestHost host = null!;
        host = Connections.Open(exchange =>
        {
            exchange.Handler = new HoldingHandler(host);
            held.Add(exchange);
        });

        host.Feed("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(["start GET /1"], host.Events);
        Assert.False(host.Engine.WantsInput);
        Assert.Equal("/1", TestHost.Latin1(held[0].Request.Path));

        Handlers.AnswerAtOnce(host, held[0]);
        Assert.True(host.Wakes > 0);
        Assert.Equal(["start GET /1", "end GET 200 2 Completed", "start GET /2"], host.Events);

        Handlers.AnswerAtOnce(host, held[1]);
        Assert.True(host.IsIdle);
        Assert.True(host.Engine.WantsInput);
        host.Send();
        Assert.Equal(2, host.Sent.Split("HTTP/1.1 200").Length - 1);
    }

    [Fact]
    public void While_the_client_takes_no_responses_no_further_requests_are_begun()
    {
        byte[] content = GC.AllocateArray<byte>(50_000, pinned: true);
        TestHost host = Connections.Open(exchange =>
        {
            exchange.Respond(200, FieldBlock.Empty, content.Length);
            exchange.WriteShared(content, 0, content.Length);
            exchange.Complete();
        });
        host.IsReading = false;

        host.Feed(string.Concat(Enumerable.Repeat(Get, 10)));

        Assert.Equal(3, host.Events.Count(e => e.StartsWith("start", StringComparison.Ordinal)));
        Assert.False(host.Engine.WantsInput);

        host.IsReading = true;
        host.Send();
        Assert.Equal(10, host.Events.Count(e => e.StartsWith("end GET 200 50000 Completed", StringComparison.Ordinal)));
        Assert.True(host.IsIdle);
    }

    [Fact]
    public void A_server_that_stops_closes_idle_connections_at_once()
    {
        TestHost host = Connections.Open();
        host.Feed(Get);

        host.Engine.Stop(host.Now);

        Assert.Equal(ConnectionClose.Close, host.Engine.Closing);
        Assert.Equal(EndReason.ServerStopping, host.Engine.ClosingReason);
    }

    [Fact]
    public void A_server_that_stops_answers_what_has_begun_and_says_close()
    {
        Exchange? held = null;
        TestHost host = null!;
        host = Connections.Open(exchange =>
        {
            exchange.Handler = new HoldingHandler(host);
            held = exchange;
        });
        host.Feed(Get + Get);

        host.Engine.Stop(host.Now);
        Handlers.AnswerAtOnce(host, held!);
        host.Send();

        Assert.Contains("Connection: close\r\n", host.Sent, StringComparison.Ordinal);
        Assert.Equal(ConnectionClose.Linger, host.Engine.Closing);
        Assert.Equal(["start GET /1", "stopping", "end GET 200 2 Completed"], host.Events);
    }

    [Fact]
    public void A_server_that_stops_while_an_answers_head_waits_to_be_sent_says_close_in_it()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Get);
        held[0].Respond(200, FieldBlock.Empty, 2);
        host.Engine.Stop(host.Now);
        held[0].Write("ok"u8);
        held[0].Complete();
        host.Send();

        Assert.EndsWith("\r\nConnection: close\r\n\r\nok", host.Sent, StringComparison.Ordinal);
    }

    [Fact]
    public void An_idle_connection_holds_no_buffer()
    {
        TestHost host = Connections.Open();

        host.Feed(Get);

        Assert.Equal(0, host.Input.Capacity);
        Assert.Equal(0, host.Buffers.Outstanding);
        Assert.True(host.IsIdle);
    }

    [Fact]
    public void HTTP_0_9_gets_the_bare_content_and_a_close()
    {
        Feeds.Outcome outcome = Feeds.EveryWay("GET /old\r\n", limits: new HttpLimits { AllowHttp09 = true });

        Assert.Equal("GET /old []\n", outcome.Sent);
        Assert.Equal(ConnectionClose.Close, outcome.Closing);
        Assert.EndsWith("end GET 200 12 Completed", outcome.Events, StringComparison.Ordinal);
    }
}
