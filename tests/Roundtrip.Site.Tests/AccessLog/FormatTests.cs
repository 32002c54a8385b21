using System.Text;
using Roundtrip.Core;
using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.AccessLog;

public class FormatTests
{
    private const string Time = "[06/Nov/1994:08:49:37 +0000]";

    [Fact]
    public void The_combined_format_is_httpds()
    {
        FakeExchange exchange = Ended("GET /a?b HTTP/1.1\nHost: h\nReferer: http://r/\nUser-Agent: curl\n", 200, 1234);

        Assert.Equal($"192.0.2.1 - - {Time} \"GET /a?b HTTP/1.1\" 200 1234 \"http://r/\" \"curl\"\n", Line("combined", exchange));
        Assert.Equal($"192.0.2.1 - - {Time} \"GET /a?b HTTP/1.1\" 200 1234\n", Line("common", exchange));
    }

    [Theory]
    [InlineData("%a", "192.0.2.1")]
    [InlineData("%m %U%q %H", "GET /p ?x=1 HTTP/1.1")]
    [InlineData("%s %<s %>s", "404 404 404")]
    [InlineData("%b|%B", "-|0")]
    [InlineData("%D %T %{ms}T %{us}T %{s}T", "2500000 2 2500 2500000 2")]
    [InlineData("%{X-Thing}i %{Absent}i", "1, 2 -")]
    [InlineData("%v %V %p", "example.org example.org 8080")]
    [InlineData("%X", "+")]
    [InlineData("100%%\\t\\n\\\"", "100%\t\n\"")]
    public void Each_item_writes_its_fact(string format, string expected)
    {
        FakeExchange exchange = Ended("GET /p?x=1 HTTP/1.1\nHost: example.org:99\nX-Thing: 1\nx-thing: 2\n", 404, 0);

        Assert.Equal(expected.Replace("/p ?", "/p?", StringComparison.Ordinal) + "\n", Line(format, exchange));
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\n", EndReason.Completed, "-")]
    [InlineData("GET / HTTP/1.0\nConnection: keep-alive\n", EndReason.Completed, "+")]
    [InlineData("GET / HTTP/1.1\nConnection: close\n", EndReason.Completed, "-")]
    [InlineData("GET / HTTP/1.1\n", EndReason.PeerReset, "X")]
    public void The_connection_status_says_how_it_ended(string head, EndReason reason, string expected)
    {
        var exchange = new FakeExchange(head);
        exchange.End(reason, 200);

        Assert.Equal(expected + "\n", Line("%X", exchange));
    }

    [Fact]
    public void A_request_that_could_not_be_read_has_a_dash_for_its_line()
    {
        Assert.Equal($"192.0.2.1 - - {Time} \"-\" 400 - \"-\" \"-\"\n", Line("combined", Ended("", 400, 0)));
        Assert.Equal("GET /old\n", Line("%r", Ended("GET /old", 200, 0)));
    }

    [Theory]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a\tb", "a\\tb")]
    [InlineData("x\n127.0.0.1 - - forged", "x\\n127.0.0.1 - - forged")]
    [InlineData("\r\b\v", "\\r\\b\\v")]
    [InlineData("\u0001\u001b[31m\u007f", "\\x01\\x1b[31m\\x7f")]
    [InlineData("\u00e9\u00ff", "\\xe9\\xff")]
    public void What_a_client_sends_cannot_forge_a_line(string value, string expected)
    {
        byte[] room = new byte[200];
        var line = new LineWriter(room, int.MaxValue);
        line.WriteEscaped(Encoding.Latin1.GetBytes(value));

        Assert.Equal(expected, Encoding.ASCII.GetString(room, 0, line.Length));
    }

    [Theory]
    [InlineData("%y", "'%y'")]
    [InlineData("%h %{Foo}o", "'%{Foo}o'")]
    [InlineData("%{Foo", "brace")]
    [InlineData("abc%", "within an item")]
    [InlineData("%{hours}T", "ms, us, s")]
    public void An_unknown_item_is_named_in_the_error(string format, string expected)
    {
        FormatException error = Assert.Throws<FormatException>(() => LogFormat.Parse(format));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static FakeExchange Ended(string head, int status, long sent)
    {
        var exchange = new FakeExchange(head);
        exchange.End(EndReason.Completed, status, sent);
        return exchange;
    }

    private static string Line(string format, FakeExchange exchange)
    {
        byte[] room = new byte[1000];
        var line = new LineWriter(room, int.MaxValue);
        LogFormat.Parse(format).Write(ref line, new LogFacts(exchange, 2500, Encoding.ASCII.GetBytes(Time)));
        Assert.False(line.IsFull);
        return Encoding.ASCII.GetString(room, 0, line.Length);
    }
}
