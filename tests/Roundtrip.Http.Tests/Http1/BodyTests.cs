using System.Text;
using Roundtrip.Core;

namespace Roundtrip.Http.Tests.Http1;

/// <summary>RFC 9112 sections 6 and 7: content, framed, read, drained, waited for.</summary>
public class BodyTests
{
    private const string Post = "POST /p HTTP/1.1\r\nHost: a\r\n";
    private const string Next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("Content-Length: 0005\r\n\r\nhello", "hello")]
    [InlineData("Content-Length: 0\r\n\r\n", "")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("Transfer-Encoding: CHUNKED\r\n\r\n1\r\na\r\n0a\r\nbcdefghijk\r\n000\r\n\r\n", "abcdefghijk")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d\";e\r\nhello\r\n0 ;x\r\n\r\n", "hello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: 1\r\nContent-Length: 7\r\n\r\n", "hello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\n\r\n\r\n0\r\n\r\n", "\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "")]
    public void Content_is_what_its_framing_says_and_the_next_request_follows(string rest, string content)
    {
        Feeds.Outcome outcome = Feeds.EveryWay(Post + rest + Next);

        Assert.Contains($"POST /p [{content}]\n", outcome.Sent, StringComparison.Ordinal);
        Assert.EndsWith("GET /next []\n", outcome.Sent, StringComparison.Ordinal);
        Assert.Equal(ConnectionClose.None, outcome.Closing);
    }

    [Theory]
    [InlineData("GET", "Content-Length: 36\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: aa\r\n\r\n")]
    [InlineData("GET", "Transfer-Encoding: chunked\r\n\r\n24\r\nGET /smuggled HTTP/1.1\r\nHost: aa\r\n\r\n\r\n0\r\n\r\n")]
    [InlineData("HEAD", "Content-Length: 36\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: aa\r\n\r\n")]
    [InlineData("DELETE", "Content-Length: 36\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: aa\r\n\r\n")]
    public void A_body_that_no_handler_reads_is_drained_and_never_parsed_as_a_request(string method, string rest)
    {
        Feeds.Outcome outcome = Feeds.EveryWay($"{method} /1 HTTP/1.1\r\nHost: a\r\n{rest}{Next}", Handlers.AnswerAtOnce);

        Assert.Equal(
            $"start {method} /1\nend {method} 200 {(method == "HEAD" ? 0 : 2)} Completed\nstart GET /next\nend GET 200 2 Completed", outcome.Events);
        Assert.Equal(ConnectionClose.None, outcome.Closing);
    }

    [Fact]
    public void A_malformed_body_that_no_handler_reads_closes_the_connection()
    {
        // Behind the answer: one that waits yet says that the connection closes.
        Feeds.Outcome outcome = Feeds.Run([Post + "Transfer-Encoding: chunked\r\n\r\n", "5\nhello" + Next], Handlers.AnswerAtOnce);

        Assert.Equal("start POST /p\nreport BareLineFeed 0 Peer\nend POST 200 2 Completed", outcome.Events);
        Assert.Equal(ConnectionClose.Linger, outcome.Closing);
        Assert.Equal(nameof(EndReason.BareLineFeed), outcome.ClosingReason);
    }

    [Fact]
    public void A_body_too_long_to_drain_is_answered_with_close_and_not_read()
    {
        TestHost host = Connections.Open();

        host.Feed(Post + "Content-Length: 1000000\r\n\r\n" + Next);

        Assert.Contains("Connection: close\r\n", host.Sent, StringComparison.Ordinal);
        Assert.Equal(ConnectionClose.Linger, host.Engine.Closing);
        Assert.Single(host.Events, e => e.StartsWith("start", StringComparison.Ordinal));
    }

    // A handler that reads a piece and answers: as far as it has answered when the head goes out, that says what becomes of the connection.
    [Theory]
    [InlineData("GET", "HTTP/1.1", 1000, false, true, "close")] // All at once.
    [InlineData("GET", "HTTP/1.1", 0, false, true, "close")]
    [InlineData("GET", "HTTP/1.1", 20_000, false, true, "close")]
    [InlineData("GET", "HTTP/1.1", Exchange.UnknownLength, false, true, "close")]
    [InlineData("HEAD", "HTTP/1.1", 1000, false, true, "close")]
    [InlineData("GET", "HTTP/1.1", 200_000, true, true, "")] // The head goes before the response is complete.
    [InlineData("GET", "HTTP/1.0", 1000, false, true, "keep-alive")]
    [InlineData("GET", "HTTP/1.1", 1000, false, false, "")] // Little is left.
    public void A_handler_that_reads_a_piece_and_answers_ends_the_connection_and_says_so_while_it_can(string method, string version, long length, bool waits, bool isLong, string said)
    {
        byte[] content = [.. Enumerable.Range(0, (int)Math.Max(length, 5)).Select(i => (byte)('a' + (i % 26)))];
        TestHost? host = null;
        host = Connections.Open(exchange =>
        {
            exchange.Handler = new HoldingHandler(host!);
            exchange.ReadBody(new byte[10]);
            exchange.Respond(200, FieldBlock.Empty, length);
            exchange.Write(content.AsSpan(0, length == 0 ? 0 : waits ? 100 : content.Length));
            if (waits)
            {
                host!.Send();
                exchange.Write(content.AsSpan(100, 100_000));
                host.Send();
                exchange.Write(content.AsSpan(100_100));
            }

            exchange.Complete();
        });
        host.Feed($"{method} /p {version}\r\nHost: a\r\nConnection: keep-alive\r\nContent-Length: {(isLong ? 100_000 : 50_000)}\r\n\r\n{new string('x', 1000)}");

        string head = host.Sent[..(host.Sent.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)];
        Assert.Equal(said == "close", host.SentConnectionOption == "close");
        Assert.Equal(said.Length > 0, head.Contains($"\r\nConnection: {said}\r\n\r\n", StringComparison.Ordinal));
        Assert.Equal(isLong ? ConnectionClose.Linger : ConnectionClose.None, host.Engine.Closing);
        if (method == "GET" && length > 0)
        {
            Assert.Equal(Encoding.Latin1.GetString(content), host.Sent[head.Length..]);
        }
    }

    // Of chunked content as much is known as its chunks have said, and what is found when it is discarded; all of it in one turn here.
    [Theory]
    [InlineData("20000\r\n", 1000, true)] // A chunk that is too long by itself.
    [InlineData("400\r\n", 1000, false)]
    [InlineData("5\r\nhello\nX", 0, true)] // Malformed.
    [InlineData("5\r\nhello\r\n0\r\n\r\n", 0, false)]
    public void An_answer_to_chunked_content_that_stays_unread_says_close_where_the_connection_closes(string begin, int more, bool closes)
    {
        foreach (bool reads in (bool[])[false, true])
        {
            TestHost? host = null;
            host = Connections.Open(exchange =>
            {
                exchange.Handler = new HoldingHandler(host!);
                if (reads)
                {
                    exchange.ReadBody(new byte[1]);
                }

                exchange.Respond(200, FieldBlock.Empty, 2);
                exchange.Write("ok"u8);
                exchange.Complete();
            });
            host.Feed(Post + "Transfer-Encoding: chunked\r\n\r\n" + begin + new string('x', more));

            Assert.Equal(closes ? ConnectionClose.Linger : ConnectionClose.None, host.Engine.Closing);
            Assert.Equal(closes, host.Sent.Contains("\r\nConnection: close\r\n\r\n", StringComparison.Ordinal));
            Assert.EndsWith("\r\n\r\nok", host.Sent, StringComparison.Ordinal);
            Assert.Equal(closes ? "close" : "", host.SentConnectionOption);
        }
    }

    // It is too much to be discarded too; the limit is what the operator is told of.
    [Theory]
    [InlineData("20000", 10_000, EndReason.RequestBodyTooLarge)]
    [InlineData("20000", 0, EndReason.Completed)]
    [InlineData("7fffffffffffffff", 0, EndReason.Completed)] // With what came before it a long overflows.
    public void A_chunk_beyond_LimitRequestBody_is_why_the_connection_closes_though_nobody_reads_it(string chunk, long limit, EndReason reason)
    {
        foreach (int piece in (int[])[1, 1000])
        {
            TestHost host = null!;
            host = Connections.Open(exchange => Handlers.AnswerAtOnce(host, exchange));
            host.Limits = host.Limits with { RequestBody = limit };
            foreach (char[] bytes in (Post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n" + chunk + "\r\nhello").Chunk(piece))
            {
                host.Feed(new string(bytes));
            }

            Assert.Equal((ConnectionClose.Linger, reason), (host.Engine.Closing, host.Engine.ClosingReason));
            Assert.Equal(limit > 0, host.Events.Contains($"report {EndReason.RequestBodyTooLarge} 0 Peer"));
        }
    }

    // Its chunks, each short, are more together than is discarded.
    [Fact]
    public void An_answer_that_leaves_before_it_is_complete_says_close_where_the_chunks_that_are_here_are_too_many()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Post + "Transfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 63; i++)
        {
            host.Feed("400\r\n" + new string('x', 1024) + "\r\n");
        }

        host.Feed("500\r\n" + new string('x', 100));
        Assert.Equal("close", Begun(host, held[0]));

        (host, held) = Connections.OpenHeld();
        host.Feed(Post + "Transfer-Encoding: chunked\r\n\r\n400\r\n");
        Assert.Equal("", Begun(host, held[0]));

        static string Begun(TestHost host, Exchange exchange)
        {
            exchange.Respond(200, FieldBlock.Empty, 2);
            host.Send();
            return TestHost.Latin1(exchange.SentConnectionOption);
        }
    }

    [Fact]
    public void A_handler_that_reads_on_while_it_answers_keeps_the_connection()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Post + "Content-Length: 100000\r\n\r\n" + new string('x', 1000));
        byte[] room = new byte[2000];
        held[0].ReadBody(room);
        held[0].Respond(200, FieldBlock.Empty, 2);
        held[0].Write("ok"u8);
        for (int i = 0; i < 99; i++)
        {
            host.Feed(new string('x', 1000));
            Assert.Equal(1000, held[0].ReadBody(room).Count);
        }

        held[0].Complete();
        host.Pump();
        Assert.DoesNotContain("Connection:", host.Sent, StringComparison.Ordinal);
        Assert.True(host.IsIdle);
    }

    // What decides is what is left in all, not what of it happens to be here.
    [Fact]
    public void A_body_too_long_to_drain_of_which_half_is_here_is_answered_with_close()
    {
        TestHost host = Connections.Open();
        host.Feed(Post + "Content-Length: 70000\r\n\r\n" + new string('x', 10_000));

        Assert.Contains("Connection: close\r\n", host.Sent, StringComparison.Ordinal);
        Assert.Equal(ConnectionClose.Linger, host.Engine.Closing);
    }

    [Fact]
    public void An_endless_chunked_body_is_drained_up_to_64_KiB_and_then_closed()
    {
        TestHost host = Connections.Open();
        host.Feed(Post + "Transfer-Encoding: chunked\r\n\r\n");
        string chunk = "400\r\n" + new string('x', 1024) + "\r\n";
        for (int i = 0; i < 70; i++)
        {
            host.Feed(chunk);
        }

        Assert.Equal(ConnectionClose.Linger, host.Engine.Closing);
        Assert.Equal(["start POST /p", "end POST 200 2 Completed"], host.Events);
    }

    [Fact]
    public void No_more_is_wanted_than_64_KiB_while_the_handler_does_not_read()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        string content = new('x', 300_000);

        host.Feed(Post + $"Content-Length: {content.Length}\r\n\r\n{content}{Next}");

        Assert.False(host.Engine.WantsInput);
        Assert.InRange(host.Input.Length, 64 * 1024, 64 * 1024 + BufferPool.SegmentSize);

        byte[] piece = new byte[10_000];
        long read = 0;
        while (held[0].ReadBody(piece) is { Status: BodyReadStatus.Data } next)
        {
            read += next.Count;
            host.Pump();
            Assert.InRange(host.Input.Length, 0, 64 * 1024 + BufferPool.SegmentSize);
        }

        Assert.Equal(content.Length, read);
        Assert.Equal(BodyReadStatus.End, held[0].ReadBody(piece).Status);
        Assert.Equal("GET", TestHost.Latin1(host.Input.Unread[..3]));
    }

    [Fact]
    public void A_body_that_is_all_here_wants_no_more_input()
    {
        (TestHost host, _) = Connections.OpenHeld();

        host.Feed(Post + "Content-Length: 5\r\n\r\nhello");

        Assert.False(host.Engine.WantsInput);
    }

    [Fact]
    public void A_handler_is_told_of_more_only_after_it_asked_in_vain()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        byte[] piece = new byte[100];

        host.Feed(Post + "Content-Length: 4\r\n\r\nab");
        Assert.DoesNotContain("readable", host.Events);
        Assert.Equal(new BodyRead(BodyReadStatus.Data, 2), held[0].ReadBody(piece));
        Assert.Equal(BodyReadStatus.NotYet, held[0].ReadBody(piece).Status);
        host.Feed("c");
        Assert.Single(host.Events, e => e == "readable");
        host.Feed("d");
        Assert.Single(host.Events, e => e == "readable");
        Assert.Equal(new BodyRead(BodyReadStatus.Data, 2), held[0].ReadBody(piece));
        Assert.Equal(BodyReadStatus.End, held[0].ReadBody(piece).Status);
        Assert.Equal("cd", Encoding.Latin1.GetString(piece, 0, 2));
    }

    [Fact]
    public void Continue_is_sent_at_the_first_read_that_finds_nothing()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Post + "Content-Length: 2\r\nExpect: 100-Continue\r\n\r\n");
        Assert.Equal("", host.Sent);

        held[0].ReadBody(new byte[10]);
        held[0].ReadBody(new byte[10]);
        host.Send();
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", host.Sent);

        host.Feed("ab");
        Assert.Equal(2, held[0].ReadBody(new byte[10]).Count);
        Handlers.AnswerAtOnce(host, held[0]);
        host.Send();
        Assert.DoesNotContain("Connection: close", host.Sent, StringComparison.Ordinal);
        Assert.True(host.IsIdle);
    }

    [Fact]
    public void No_continue_is_sent_when_the_body_came_unasked()
    {
        Feeds.Outcome outcome = Feeds.Run([Post + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\nab" + Next]);

        Assert.DoesNotContain("100 Continue", outcome.Sent, StringComparison.Ordinal);
        Assert.Contains("POST /p [ab]", outcome.Sent, StringComparison.Ordinal);
        Assert.EndsWith("GET /next []\n", outcome.Sent, StringComparison.Ordinal);
    }

    [Fact]
    public void An_early_answer_to_an_expectant_client_closes_since_the_body_may_come_or_not()
    {
        Feeds.Outcome outcome = Feeds.Run(
            [Post + $"Content-Length: {Next.Length}\r\nExpect: 100-continue\r\n\r\n", Next], Handlers.AnswerAtOnce);

        Assert.Contains("Connection: close\r\n", outcome.Sent, StringComparison.Ordinal);
        Assert.DoesNotContain("100 Continue", outcome.Sent, StringComparison.Ordinal);
        Assert.Equal(ConnectionClose.Linger, outcome.Closing);
        Assert.DoesNotContain("/next", outcome.Events, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 36\r\nExpect: 100-continue")]
    [InlineData("Content-Length: 36\r\nExpect: 100-Continue\r\nConnection: keep-alive")]
    [InlineData("Transfer-Encoding: chunked\r\nExpect: 100-continue")]
    public void An_early_401_is_followed_by_no_request_whether_the_body_comes_or_not(string fields)
    {
        // The body of 36 bytes that a client sends all the same, and the next request that one sends which gave the body up.
        foreach (string behind in (string[])["GET /smuggled HTTP/1.1\r\nHost: aa\r\n\r\n" + Next, Next, "24\r\nGET /smuggled HTTP/1.1\r\nHost: aa\r\n\r\n\r\n0\r\n\r\n" + Next])
        {
            Feeds.Outcome outcome = Feeds.Run([Post + fields + "\r\n\r\n", behind], (_, exchange) =>
            {
                exchange.Respond(401, FieldBlock.Empty, 0);
                exchange.Complete();
            });

            Assert.StartsWith("HTTP/1.1 401 ", outcome.Sent, StringComparison.Ordinal);
            Assert.Contains("Connection: close\r\n", outcome.Sent, StringComparison.Ordinal);
            Assert.Equal("start POST /p\nend POST 401 0 Completed", outcome.Events);
            Assert.Equal(ConnectionClose.Linger, outcome.Closing);
        }
    }

    [Fact]
    public void An_early_answer_to_an_expectant_client_that_did_not_wait_keeps_the_connection_when_the_body_is_drained()
    {
        const string Body = "GET /smuggled HTTP/1.1\r\nHost: aa\r\n\r\n";
        Feeds.Outcome outcome = Feeds.Run([Post + $"Content-Length: {Body.Length}\r\nExpect: 100-continue\r\n\r\n{Body[..10]}", Body[10..] + Next], Handlers.AnswerAtOnce);

        Assert.Equal("start POST /p\nend POST 200 2 Completed\nstart GET /next\nend GET 200 2 Completed", outcome.Events);
        Assert.Equal(ConnectionClose.None, outcome.Closing);
    }

    [Fact]
    public void HTTP_1_0_expectations_are_ignored()
    {
        Feeds.Outcome outcome = Feeds.EveryWay("POST /p HTTP/1.0\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nab");

        Assert.StartsWith("HTTP/1.1 200 OK", outcome.Sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhe")]
    [InlineData("Content-Length: 5\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhe")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n")]
    public void An_end_inside_the_body_is_TruncatedBody(string rest)
    {
        Feeds.Outcome outcome = Feeds.EveryWay(Post + rest, ends: true);

        Assert.Equal(
            "start POST /p\nreport TruncatedBody 400 Peer\naborted TruncatedBody\nend POST 400 45 TruncatedBody", outcome.Events);
        Assert.Equal(nameof(EndReason.TruncatedBody), outcome.ClosingReason);
    }

    [Theory]
    [InlineData("G")]
    [InlineData("GET / HTTP/1.1\r\nHost: a")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r")]
    public void An_end_inside_the_head_is_TruncatedHead(string vector)
    {
        Feeds.Outcome outcome = Feeds.EveryWay(vector, ends: true);

        Assert.StartsWith("report TruncatedHead 400 Peer\nend ", outcome.Events, StringComparison.Ordinal);
        Assert.Equal(nameof(EndReason.TruncatedHead), outcome.ClosingReason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public void An_end_between_requests_is_PeerClosed(string vector)
    {
        Feeds.Outcome outcome = Feeds.EveryWay(vector, ends: true);

        Assert.Equal(new Feeds.Outcome("", "", ConnectionClose.Close, nameof(EndReason.PeerClosed)), outcome);
    }

    [Fact]
    public void A_half_closed_client_gets_the_answers_to_what_it_asked()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Next + Next);
        host.FeedEnd();
        Assert.Equal(ConnectionClose.None, host.Engine.Closing);

        Handlers.AnswerAtOnce(host, held[0]);
        Handlers.AnswerAtOnce(host, held[1]);
        host.Send();

        Assert.Equal(2, host.Sent.Split("HTTP/1.1 200").Length - 1);
        Assert.Equal(ConnectionClose.Close, host.Engine.Closing);
        Assert.Equal(EndReason.PeerClosed, host.Engine.ClosingReason);
    }

    [Theory]
    [InlineData(false, ConnectionClose.Close)]
    [InlineData(true, ConnectionClose.Reset)]
    public void Who_answers_for_a_client_that_stays_is_told_of_its_end(bool hasBegun, ConnectionClose expected)
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Next);
        held[0].EndsWithClient = true;
        Assert.True(host.Engine.WatchesEnd);
        if (hasBegun)
        {
            held[0].Respond(200, FieldBlock.Empty);
            held[0].Write("some"u8);
        }

        host.FeedEnd();

        Assert.Contains("aborted PeerClosed", host.Events);
        Assert.Equal((expected, EndReason.PeerClosed), (host.Engine.Closing, host.Engine.ClosingReason));
        Assert.False(host.Engine.WatchesEnd);
    }

    [Fact]
    public void An_end_that_was_seen_before_is_told_when_the_content_is_read()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
        held[0].EndsWithClient = true;
        Assert.False(host.Engine.WatchesEnd);
        host.Feed("cd");
        host.FeedEnd();
        Assert.DoesNotContain("aborted PeerClosed", host.Events);

        Assert.Equal(BodyReadStatus.Failed, held[0].ReadBody(new byte[10]).Status);
        Assert.Contains("aborted PeerClosed", host.Events);
    }
}
