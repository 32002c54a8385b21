namespace Roundtrip.Http.Tests.Http1;

/// <summary>What a handler sees of requests that are served (RFC 9112 sections 2 to 5).</summary>
public class RequestTests
{
    public static TheoryData<string, string, string, string, string> Targets() => new()
    {
        // request line without version, path, query, authority
        { "GET / HTTP/1.1", "example.org", "/", "-", "example.org" },
        { "GET /a/b?c=d?e HTTP/1.1", "example.org:8080", "/a/b", "c=d?e", "example.org:8080" },
        { "GET /? HTTP/1.1", "a", "/", "", "a" },
        { "GET /a|b?x={\"<>\\^`}' HTTP/1.1", "a", "/a|b", "x={\"<>\\^`}'", "a" },
        { "GET //evil/..%2f%00 HTTP/1.1", "a", "//evil/..%2f%00", "-", "a" },
        { "GET http://b:81/p?q HTTP/1.1", "a", "/p", "q", "b:81" },
        { "GET HTTP://b HTTP/1.1", "a", "/", "-", "b" },
        { "GET http://b?q HTTP/1.1", "a", "/", "q", "b" },
        { "GET http://[::1]:80/ HTTP/1.1", "a", "/", "-", "[::1]:80" },
        { "OPTIONS * HTTP/1.1", "a", "*", "-", "a" },
        { "OPTIONS http://b HTTP/1.1", "a", "/", "-", "b" },
        { "GET / HTTP/1.9", "a", "/", "-", "a" },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_target_is_path_query_and_authority(string line, string host, string path, string query, string authority)
    {
        Feeds.Outcome outcome = Feeds.EveryWay($"{line}\r\nHost: {host}\r\n\r\n", (test, exchange) =>
        {
            RequestHead request = exchange.Request;
            test.Note($"{TestHost.Latin1(request.Path)} {(request.HasQuery ? TestHost.Latin1(request.Query) : "-")} "
                      + $"{TestHost.Latin1(request.Authority)} {request.Version}");
            test.Note(TestHost.Latin1(request.Line));
            Handlers.AnswerAtOnce(test, exchange);
        });

        Assert.Contains($"\n{path} {query} {authority} Http11\n{line}\n", outcome.Events, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.example")]
    [InlineData("a_b.example:")]
    [InlineData("127.0.0.1:65535")]
    [InlineData("[::]")]
    [InlineData("[2001:db8::1]:443")]
    [InlineData("[1:2:3:4:5:6:7:8]")]
    [InlineData("[1:2:3:4:5:6:7::]")]
    [InlineData("[::ffff:192.0.2.1]")]
    [InlineData("[1:2:3:4:5:6:192.0.2.1]")]
    [InlineData("[v1.a:b]")]
    [InlineData("a%2Db")]
    public void A_host_is_a_name_or_an_address_with_an_optional_port(string host)
    {
        Feeds.Outcome outcome = Feeds.EveryWay($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", outcome.Sent, StringComparison.Ordinal);
    }

    [Fact]
    public void An_https_target_is_served_on_a_secure_connection_and_http_is_not()
    {
        Feeds.Outcome good = Feeds.EveryWay("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n", isSecure: true);
        Feeds.Outcome bad = Feeds.EveryWay("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", isSecure: true);

        Assert.StartsWith("HTTP/1.1 200 ", good.Sent, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 421 ", bad.Sent, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_keep_order_and_case_and_lose_the_white_space_around_values()
    {
        Feeds.Outcome outcome = Feeds.EveryWay(
            "GET / HTTP/1.1\r\nHOST:\t a \t\r\nX-One:1\r\nx-one:  a b\t\r\nEmpty:\r\nLatin: \xe9\r\n\r\n",
            (test, exchange) =>
            {
                foreach (ref readonly FieldEntry field in exchange.Request.Fields)
                {
                    test.Note($"{TestHost.Latin1(exchange.Request.At(field.Name))}={TestHost.Latin1(exchange.Request.At(field.Value))};{field.Known}");
                }

                Handlers.AnswerAtOnce(test, exchange);
            });

        Assert.Contains("\nHOST=a;Host\nX-One=1;None\nx-one=a b;None\nEmpty=;None\nLatin=\xe9;None\n", outcome.Events, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    public void One_empty_line_before_a_request_line_is_ignored(string vector)
    {
        Feeds.Outcome outcome = Feeds.EveryWay(vector);

        Assert.EndsWith("GET / []\n", outcome.Sent, StringComparison.Ordinal);
        Assert.Equal(ConnectionClose.None, outcome.Closing);
    }

    [Fact]
    public void Methods_are_tokens_and_case_counts()
    {
        Feeds.Outcome outcome = Feeds.EveryWay(
            "get / HTTP/1.1\r\nHost: a\r\n\r\nM-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\nTRACE / HTTP/1.1\r\nHost: a\r\n\r\n",
            (test, exchange) =>
            {
                test.Note(exchange.Request.Method.ToString());
                Handlers.AnswerAtOnce(test, exchange);
            });

        Assert.Matches("(?s)start get /\nOther.*start M-SEARCH /\nOther.*start TRACE /\nTrace", outcome.Events);
    }

    [Fact]
    public void Limits_are_reached_but_not_passed()
    {
        string target = "/" + new string('a', 60 - "GET / HTTP/1.1".Length);
        string field = "Name: " + new string('a', 64);

        Feeds.Outcome outcome = Feeds.EveryWay(
            $"GET {target} HTTP/1.1\r\nHost: a\r\n{field}\r\nB: 1\r\nC: 1\r\n\r\n", limits: RefusalVectors.Limits);

        Assert.StartsWith("HTTP/1.1 200 ", outcome.Sent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_that_comes_byte_by_byte_costs_no_more_than_its_length()
    {
        // 100 field lines of 500 bytes: a parser that began anew with each byte would look at 1.3 billion bytes.
        string head = "GET / HTTP/1.1\r\nHost: a\r\n" + string.Concat(Enumerable.Repeat("Name: " + new string('a', 494) + "\r\n", 98)) + "\r\n";
        string[] single = [.. head.Select(c => c.ToString())];

        var watch = System.Diagnostics.Stopwatch.StartNew();
        Feeds.Outcome outcome = Feeds.Run(single);

        Assert.StartsWith("HTTP/1.1 200 ", outcome.Sent, StringComparison.Ordinal);
        Assert.True(watch.ElapsedMilliseconds < 2000, $"{watch.ElapsedMilliseconds} ms");
    }
}
