using System.Diagnostics;
using System.Text;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Server.Logs;
using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Transport.Files;

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
    [InlineData("%a %{c}a %h %{c}h %A", "192.0.2.1 192.0.2.1 192.0.2.1 192.0.2.1 127.0.0.1")]
    [InlineData("%m %U%q %H", "GET /p?x=1 HTTP/1.1")]
    [InlineData("%s %<s %>s %l %u", "404 404 404 - -")]
    [InlineData("%b|%B", "-|0")]
    [InlineData("%D %T %{ms}T %{us}T %{s}T", "2500000 2 2500 2500000 2")]
    [InlineData("%{X-Thing}i %{Absent}i", "1, 2 -")]
    [InlineData("%{b}C %{A}C %{c}C %{d}C", "2 x y - -")]
    [InlineData("%v %V %p %{canonical}p %{local}p %{remote}p", "named example.org 81 81 8080 50000")]
    [InlineData("%I %O %S %k %L %{c}L %X %R %f", "94 321 415 3 - - + - -")]
    [InlineData("%{Content-Length}o %{Content-Type}o %{Connection}o %{Transfer-Encoding}o %{x-own}o", "17 text/plain - - 5, 6")]
    [InlineData("%{A}e %{A}n %{X}^ti %{X}^to %^FB", "- - - - -")]
    [InlineData("%404,501{X-Thing}i %!404,501{X-Thing}i %400{X-Thing}i %!400{X-Thing}i %!200>s", "1, 2 - - 1, 2 404")]
    [InlineData("100%%\\t\\n\\r\\\\\\\"\\x", "100%\t\n\r\\\\\"\\x")]
    [InlineData("%{}t|%{begin}t", Time + "|" + Time)]
    [InlineData("%{end}t", "[06/Nov/1994:08:49:39 +0000]")]
    [InlineData("%{%Y-%m-%d}t %{begin:%T}t %{end:%T}t", "1994-11-06 08:49:37 08:49:39")]
    [InlineData("%{sec}t %{msec}t %{usec}t", "784111777 784111777250 784111777250000")]
    [InlineData("%{msec_frac}t %{end:msec_frac}t %{usec_frac}t", "250 750 250000")]
    public void Each_item_writes_its_fact(string format, string expected)
    {
        FakeExchange exchange = Ended("GET /p?x=1 HTTP/1.1\nHost: example.org:99\nX-Thing: 1\nx-thing: 2\nCookie: b=2; a = x y ; a=3; c=\n", 404, 0);
        exchange.SetSent(321, 17, 3);

        Assert.Equal(expected + "\n", Line(format, exchange));
    }

    [Theory]
    [InlineData("%{X-T}^ti", true)]
    [InlineData("%!404{X-T}^ti", true)]
    [InlineData("%{X-T}i %{X-T}^to", false)]
    public void Trailers_are_kept_only_for_formats_that_ask(string format, bool expected) => Assert.Equal(expected, LogFormat.Parse(format).NeedsTrailers);

    [Fact]
    public void Trailers_of_a_request_are_logged_by_themselves()
    {
        FakeExchange exchange = Ended("GET /p HTTP/1.1\nHost: a\nX-T: head\n", 200, 0);
        exchange.Trailers = new FieldBuffer();
        exchange.Trailers.Add("x-t"u8, "1\t\""u8);
        exchange.Trailers.Add("X-T"u8, "2"u8);

        Assert.Equal("1\\t\\\", 2 - head -\n", Line("%{X-T}^ti %{Y}^ti %{X-T}i %{X-T}^to", exchange));
    }

    [Fact]
    public void Process_and_thread_are_the_systems()
    {
        string line = Line("%P %{pid}P %{tid}P %{hextid}P", Ended("GET / HTTP/1.1\n", 200, 0));

        Assert.Equal($"{Environment.ProcessId} {Environment.ProcessId} {SystemThread.Id} {SystemThread.Id:x}\n", line);
        Assert.True(Directory.Exists($"/proc/self/task/{SystemThread.Id}"));
    }

    [Fact]
    public void Microseconds_are_exact_where_they_were_kept()
    {
        FakeExchange exchange = Ended("GET / HTTP/1.1\n", 200, 0);
        long microsecond = Stopwatch.Frequency / 1_000_000;
        exchange.SetTimestamps(7 * microsecond, (7 + 123) * microsecond);

        Assert.Equal("4567 4 4567 123\n", Line("%D %{ms}T %{us}T %^FB", exchange, "LogIOTrackTTFB on", stamp: (7 + 4567) * microsecond));
        Assert.Equal("-\n", Line("%^FB", exchange, "", stamp: (7 + 4567) * microsecond));
    }

    [Theory]
    [InlineData("%h %T %t %{%H}t %{s}T %I", false)]
    [InlineData("%D", true)]
    [InlineData("%{us}T", true)]
    [InlineData("%{ms}T", true)]
    [InlineData("%^FB", true)]
    [InlineData("%{end:usec_frac}t", true)]
    public void The_clock_is_read_only_for_formats_that_ask(string format, bool expected) => Assert.Equal(expected, LogFormat.Parse(format).NeedsTimestamps);

    [Fact]
    public void What_something_asked_about_a_request_can_be_logged()
    {
        SiteHost host = HostOf("");
        FakeExchange exchange = Ended("GET /x HTTP/1.1\n", 200, 0);
        var facts = new RequestFacts(exchange, host) { FileName = "/srv/\u00e9\n.html", Path = "/a b", Handler = "server-status", User = "" };
        facts.SetEnvironment("NAME", "a\"\n\u00e9");
        facts.SetNote("note", "n");
        exchange.Context = facts;

        Assert.Equal("/srv/\\xc3\\xa9\\n.html /a b server-status \"\" a\\\"\\n\\xe9 n a\\\"\\n\\xe9\n", Line("%f %U %R %u %{NAME}e %{Note}n %{name}e", exchange));
        facts.User = "joe\n";
        Assert.Equal("joe\\n\n", Line("%u", exchange));
    }

    [Fact]
    public void The_canonical_name_is_used_where_the_configuration_wants_it()
    {
        FakeExchange exchange = Ended("GET / HTTP/1.1\nHost: client.example\n", 200, 0);

        Assert.Equal("named named\n", Line("%v %V", exchange, "UseCanonicalName On"));
        Assert.Equal("named named\n", Line("%v %V", Ended("GET / HTTP/1.0\n", 200, 0)));
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\n", EndReason.Completed, "", "-")]
    [InlineData("GET / HTTP/1.0\n", EndReason.Completed, "keep-alive", "+")]
    [InlineData("GET / HTTP/1.1\n", EndReason.Completed, "close", "-")]
    [InlineData("GET / HTTP/1.1\n", EndReason.Completed, "", "+")]
    [InlineData("GET / HTTP/1.1\n", EndReason.PeerReset, "", "X")]
    public void The_connection_status_says_how_it_ended(string head, EndReason reason, string option, string expected)
    {
        var exchange = new FakeExchange(head) { ConnectionOption = option };
        exchange.End(reason, 200);

        Assert.Equal(expected + "\n", Line("%X", exchange));
    }

    [Theory]
    [InlineData(10, "-")]
    [InlineData(9, "X")]
    public void A_refusal_that_was_written_whole_was_not_broken_off(long sent, string expected)
    {
        var exchange = new FakeExchange("GET / HTTP/1.1\n") { ConnectionOption = "close" };
        exchange.End(EndReason.InvalidRequestLine, 400, sent);
        exchange.SetSent(200, 10, 0);

        Assert.Equal(expected + "\n", Line("%X", exchange));
    }

    [Fact]
    public void A_request_that_could_not_be_read_has_a_dash_for_its_line()
    {
        Assert.Equal($"192.0.2.1 - - {Time} \"-\" 400 - \"-\" \"-\"\n", Line("combined", Ended("", 400, 0)));
        Assert.Equal("GET /old\n", Line("%r", Ended("GET /old", 200, 0)));
        Assert.Equal("- - - - -\n", Line("%U %m %f %R %q-", Ended("", 400, 0)));
    }

    // httpd's the_request: what the client said, not what was made of it. HTTP/2 has no line to show.
    [Theory]
    [InlineData("GET /p?q HTTP/1.7", "GET /p?q HTTP/1.7")]
    [InlineData("GET http://h/p HTTP/1.0", "GET http://h/p HTTP/1.0")]
    [InlineData("GET /p HTTP/2", "GET /p HTTP/2.0")]
    public void The_request_line_is_logged_as_it_was_sent(string sent, string expected) => Assert.Equal($"{expected}\n", Line("%r", Ended(sent, 200, 0)));

    // Short text is written by a number of eight bytes, where there is room for one.
    [Fact]
    public void A_line_that_just_fits_is_written_and_one_byte_less_is_too_little()
    {
        FakeExchange exchange = Ended("GET / HTTP/1.1\n", 200, 0);
        var format = LogFormat.Parse("a %m|%l a text of more than eight bytes%s");
        byte[] expected = [.. "a GET|- a text of more than eight bytes200\n"u8];
        for (int size = 0; size < expected.Length + 20; size++)
        {
            byte[] room = new byte[size + 1];
            var line = new LineWriter(room.AsSpan(0, size), int.MaxValue);
            format.Write(ref line, new LogFacts(exchange, HostOf(""), new FakeLoop(), new LogClock(), 0));

            Assert.Equal(size < expected.Length, line.IsFull);
            Assert.Equal(0, room[size]);
            if (!line.IsFull)
            {
                Assert.Equal(expected, room[..line.Length]);
            }
        }
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

        line = new LineWriter(room, int.MaxValue);
        line.WriteLatin1(value);
        Assert.Equal(expected, Encoding.ASCII.GetString(room, 0, line.Length));
    }

    // The parser lets none of these bytes come so far; the log does not rely on it.
    [Theory]
    [InlineData("%r")]
    [InlineData("%m")]
    [InlineData("%U")]
    [InlineData("%q")]
    [InlineData("%V")]
    [InlineData("%{F}i")]
    [InlineData("%{c}C")]
    [InlineData("%u %f %R %{e}e %{n}n")]
    [InlineData("%{F}o")]
    public void No_item_that_a_client_can_fill_makes_two_lines(string format)
    {
        const string Evil = "a\r\v\u0001\u001b\u00e9\"\\b";
        FakeExchange exchange = Ended($"G{Evil} /{Evil}?{Evil} HTTP/1.1\nHost: {Evil}\nF: {Evil}\nCookie: c={Evil}\n", 200, 0);
        exchange.ResponseFields.Add("F"u8, "\"\\\t"u8);
        foreach (bool isAsked in (ReadOnlySpan<bool>)[false, true])
        {
            if (isAsked)
            {
                var facts = new RequestFacts(exchange, HostOf("")) { FileName = Evil + '\n', Path = Evil + '\n', Handler = Evil + '\n', User = Evil + '\n' };
                facts.SetEnvironment("e", Evil + '\n');
                facts.SetNote("n", Evil + '\n');
                exchange.Context = facts;
            }

            string line = Line($"\"{format}\"", exchange);
            Assert.Single(line, c => c is < ' ' or > '~');
            Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(line, "(?<!\\\\)(\\\\\\\\)*\""));
        }
    }

    [Theory]
    [InlineData("%y", "Unrecognized LogFormat directive '%y'")]
    [InlineData("%h %^XY", "Unrecognized LogFormat directive '%^XY'")]
    [InlineData("%{Foo", "brace")]
    [InlineData("abc%", "Ran off end")]
    [InlineData("abc%>", "Ran off end")]
    [InlineData("abc%99999999999s", "no status")]
    [InlineData("%{hours}T", "s, ms, us")]
    [InlineData("%{x}p", "canonical, local, remote")]
    [InlineData("%{x}P", "pid, tid, hextid")]
    public void An_unknown_item_is_named_in_the_error(string format, string expected)
    {
        FormatException error = Assert.Throws<FormatException>(() => LogFormat.Parse(format));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static FakeExchange Ended(string head, int status, long sent)
    {
        var exchange = new FakeExchange(head);
        exchange.Respond(status, Http.FieldBlock.Create(("Content-Type", "text/plain"), ("X-Own", "5")), sent);
        exchange.ResponseFields.Add("X-Own"u8, "6"u8);
        exchange.End(EndReason.Completed, status, sent);
        return exchange;
    }

    private static SiteHost HostOf(string conf)
    {
        BuiltConfiguration built = SiteConfiguration.LoadFolder(
            new InMemorySource().With("/site.conf", $"ServerName named:81\n{conf}\n"), "/", hasFile: true, static _ => []);
        Assert.Empty(built.Errors);
        return new SiteHost(built.Main, new SiteLogs(_ => AppendFile.Open("/dev/null"), null));
    }

    private static string Line(string format, FakeExchange exchange, string conf = "", long stamp = 0)
    {
        byte[] room = new byte[1000];
        var line = new LineWriter(room, int.MaxValue);

        // The request came 2.5 s ago, at 08:49:37.250.
        var loop = new FakeLoop { Epoch = 784111777250 };
        loop.Advance(2500);
        LogFormat.Parse(format).Write(ref line, new LogFacts(exchange, HostOf(conf), loop, new LogClock(), stamp));
        Assert.False(line.IsFull);
        return Encoding.ASCII.GetString(room, 0, line.Length);
    }
}
