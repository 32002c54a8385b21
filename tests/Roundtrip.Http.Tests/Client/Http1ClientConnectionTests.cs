using Roundtrip.Core;
using Roundtrip.Http.Http1;

namespace Roundtrip.Http.Tests.Client;

/// <summary>The client's side of HTTP/1.1: each response whole, byte by byte and split at every index.</summary>
public class Http1ClientConnectionTests
{
    public static TheoryData<string, string> Good() => new()
    {
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "response 200 Http11 Content-Length=5\ncontent hello\nended Completed" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "response 200 Http11 Content-Length=0\nended Completed" },
        { "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "response 200 Http11 Content-Length=0\nended Completed" },
        { "HTTP/1.1 204 No Content\r\n\r\n", "response 204 Http11\nended Completed" },
        { "HTTP/1.1 304 Not Modified\r\nContent-Length: 900\r\n\r\n", "response 304 Http11 Content-Length=900\nended Completed" },
        {
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX: y\r\n\r\n",
            "response 200 Http11 Transfer-Encoding=chunked\ncontent hello world\ntrailers X=y\nended Completed"
        },
        {
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
            "informational 103 Link=</a>\ninformational 100\nresponse 200 Http11 Content-Length=1\ncontent x\nended Completed"
        },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_response_is_read_and_the_connection_goes_on(string vector, string expected)
    {
        foreach (string[] pieces in EveryWay(vector))
        {
            (TestHost host, RecordingHandler handler) = Run(pieces);

            Assert.Equal(expected, handler.Text);
            Assert.True(((IClientEngine)host.Engine).CanStart);
            Assert.Equal(ConnectionClose.None, host.Engine.Closing);
        }
    }

    public static TheoryData<string, string> Last() => new()
    {
        { "HTTP/1.1 200 OK\r\n\r\nhello", "response 200 Http11\ncontent hello\nended Completed" },
        { "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", "response 200 Http11 Connection=close Content-Length=2\ncontent hi\nended Completed" },
        { "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", "response 200 Http10 Content-Length=2\ncontent hi\nended Completed" },
    };

    [Theory]
    [MemberData(nameof(Last))]
    public void A_response_that_says_so_is_the_connections_last(string vector, string expected)
    {
        foreach (string[] pieces in EveryWay(vector))
        {
            (TestHost host, RecordingHandler handler) = Run(pieces, ends: true);

            Assert.Equal(expected, handler.Text);
            Assert.False(((IClientEngine)host.Engine).CanStart);
            Assert.Equal(ConnectionClose.Close, host.Engine.Closing);
        }
    }

    public static TheoryData<EndReason, string> Hostile() => new()
    {
        { EndReason.InvalidStatusLine, "HTTP/1.1 20 OK\r\n\r\n" },
        { EndReason.InvalidStatusLine, "HTTP/1.1 099 Low\r\n\r\n" },
        { EndReason.InvalidStatusLine, "HTTP/1.1 2000 OK\r\n\r\n" },
        { EndReason.InvalidStatusLine, "HTTP/1.1  200 OK\r\n\r\n" },
        { EndReason.InvalidStatusLine, "ICY 200 OK\r\n\r\n" },
        { EndReason.UnsupportedVersion, "HTTP/2.0 200 OK\r\n\r\n" },
        { EndReason.BareLineFeed, "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n" },
        { EndReason.BareLineFeed, "HTTP/1.1 200 OK\r\nA: b\nContent-Length: 0\r\n\r\n" },
        { EndReason.BareCarriageReturn, "HTTP/1.1 200 OK\r\nA: b\rContent-Length: 0\r\n\r\n" },
        { EndReason.InvalidFieldValue, "HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n" },
        { EndReason.WhitespaceBeforeColon, "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n" },
        { EndReason.ObsoleteLineFolding, "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n" },
        { EndReason.ContentLengthWithTransferEncoding, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" },
        { EndReason.DifferingContentLength, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n" },
        { EndReason.DifferingContentLength, "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n" },
        { EndReason.InvalidContentLength, "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n" },
        { EndReason.TransferEncodingInHttp10, "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" },
        { EndReason.UnsupportedTransferCoding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n" },
        { EndReason.InvalidTransferEncoding, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" },
        { EndReason.InvalidChunkSize, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n" },
        { EndReason.UnexpectedSwitch, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" },
        { EndReason.TooManyFields, "HTTP/1.1 200 OK\r\na: b\r\nc: d\r\ne: f\r\ng: h\r\n\r\n" },
        { EndReason.FieldLineTooLong, $"HTTP/1.1 200 OK\r\na: {new string('b', 200)}\r\n\r\n" },
        { EndReason.RequestHeadTooLarge, $"HTTP/1.1 200 OK\r\na: {new string('b', 90)}\r\nc: {new string('d', 90)}\r\ne: {new string('f', 90)}\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_response_that_others_could_read_otherwise_ends_the_connection(EndReason reason, string vector)
    {
        HttpLimits limits = HttpLimits.Default with { RequestFields = 3, RequestFieldSize = 100, RequestHead = 250 };
        foreach (string[] pieces in EveryWay(vector))
        {
            (TestHost host, RecordingHandler handler) = Run(pieces, limits: limits);

            Assert.EndsWith($"ended {reason}", handler.Text, StringComparison.Ordinal);
            Assert.Equal(ConnectionClose.Reset, host.Engine.Closing);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "TruncatedBody")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "TruncatedBody")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", "TruncatedHead")]
    [InlineData("", "PeerClosed")]
    public void A_response_that_the_end_cuts_is_not_taken_for_whole(string vector, string reason)
    {
        (_, RecordingHandler handler) = Run([vector], ends: true);

        Assert.EndsWith($"ended {reason}", handler.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_follows_a_response_unasked_is_not_the_next_ones()
    {
        (TestHost host, RecordingHandler handler) = Run(["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"]);

        Assert.EndsWith("ended Completed", handler.Text, StringComparison.Ordinal);
        Assert.False(((IClientEngine)host.Engine).CanStart);
        Assert.Equal(EndReason.UnexpectedContent, host.Engine.ClosingReason);
    }

    [Fact]
    public void To_HEAD_nothing_follows_whatever_Content_Length_says()
    {
        (TestHost host, RecordingHandler handler) = Run(["HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"], method: "HEAD");

        Assert.EndsWith("ended Completed", handler.Text, StringComparison.Ordinal);
        Assert.True(((IClientEngine)host.Engine).CanStart);
    }

    [Fact]
    public void A_switch_that_was_asked_for_hands_the_bytes_on_both_ways()
    {
        var handler = new RecordingHandler { Responded = exchange => exchange.Write("ours"u8) };
        TestHost host = Connect();
        ((IClientEngine)host.Engine).Start(
            new ClientRequest("GET", "http", "a", "/", FieldBlock.Create(("Connection", "upgrade"), ("Upgrade", "echo"))), handler);
        host.Feed("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\ntheirs");
        host.FeedEnd();

        Assert.Equal("response 101 Http11 Upgrade=echo\ncontent theirs\nended Completed", handler.Text);
        Assert.EndsWith("\r\n\r\nours", host.Sent, StringComparison.Ordinal);
    }

    [Fact]
    public void Content_goes_out_by_length_or_in_chunks()
    {
        TestHost host = Connect();
        var engine = (IClientEngine)host.Engine;
        ClientExchange counted = engine.Start(new ClientRequest("POST", "http", "a", "/x?y", FieldBlock.Empty, 3), new RecordingHandler());
        counted.Write("abc"u8);
        counted.Complete();
        host.Feed("HTTP/1.1 204 No Content\r\n\r\n");
        ClientExchange chunked = engine.Start(new ClientRequest("POST", "http", "a", "/", FieldBlock.Create(("A", "b")), Exchange.UnknownLength), new RecordingHandler());
        chunked.Write("abc"u8);
        chunked.Complete();
        host.Send();

        Assert.Equal(
            "POST /x?y HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcPOST / HTTP/1.1\r\nHost: a\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            host.Sent);
    }

    [Fact]
    public void A_kept_connection_that_closes_before_it_answers_gives_a_safe_request_back()
    {
        foreach ((string method, string ended) in (ReadOnlySpan<(string, string)>)[("GET", "ended PeerClosed retryable"), ("POST", "ended PeerClosed")])
        {
            TestHost host = Connect();
            var engine = (IClientEngine)host.Engine;
            engine.Start(new ClientRequest("GET", "http", "a", "/", FieldBlock.Empty), new RecordingHandler());
            host.Feed("HTTP/1.1 204 No Content\r\n\r\n");
            var handler = new RecordingHandler();
            engine.Start(new ClientRequest(method, "http", "a", "/", FieldBlock.Empty), handler);
            host.FeedEnd();

            Assert.Equal(ended, handler.Text);
        }
    }

    [Theory]
    [InlineData("GET", "/a b")]
    [InlineData("GET", "/a\r\nEvil: yes")]
    [InlineData("GET /", "/")]
    [InlineData("GET", "")]
    public void A_request_that_would_be_two_cannot_be_made(string method, string target) =>
        Assert.Throws<ArgumentException>(() => new ClientRequest(method, "http", "a", target, FieldBlock.Empty));

    private static TestHost Connect(HttpLimits? limits = null)
    {
        var host = new TestHost(_ => { }) { Limits = limits ?? HttpLimits.Default };
        return host.Use(new Http1ClientConnection(host));
    }

    private static (TestHost Host, RecordingHandler Handler) Run(string[] pieces, string method = "GET", bool ends = false, HttpLimits? limits = null)
    {
        TestHost host = Connect(limits);
        var handler = new RecordingHandler();
        ((IClientEngine)host.Engine).Start(new ClientRequest(method, "http", "example.org", "/", FieldBlock.Empty), handler);
        foreach (string piece in pieces)
        {
            host.Feed(piece);
        }

        if (ends)
        {
            host.FeedEnd();
        }

        return (host, handler);
    }

    private static IEnumerable<string[]> EveryWay(string vector)
    {
        yield return [vector];
        yield return [.. vector.Select(c => c.ToString())];
        for (int i = 1; i < vector.Length; i++)
        {
            yield return [vector[..i], vector[i..]];
        }
    }
}
