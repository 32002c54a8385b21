using System.Text;
using System.Text.RegularExpressions;
using Roundtrip.Http;
using Roundtrip.Server.Logs;

namespace Roundtrip.Server.Tests.Logs;

public class ErrorLogFormatTests
{
    private const string Request = "GET /x HTTP/1.1\r\nHost: a.example:81\r\nReferer: http://r/\u00e9\r\nEvil: a\tb\r\n\r\n";

    [Theory]
    [InlineData("[%m:%l] %M", "[http:error] said")]
    [InlineData("%M [no\\ %{Absent}i] end", "said end")]
    [InlineData("[%{Absent}i\\ x] [%-{Absent}i] %M", "[-] said")]
    [InlineData("[%{Absent}i%M\\ x] y", "said y")]
    [InlineData("a% b%{Absent}i c% %M", "a csaid")]
    [InlineData("%M,\\ referer:\\ %{Referer}i", "said, referer: http://r/\u00e9")]
    [InlineData("%v %V %A %P", "main.example a.example 127.0.0.1:80 {pid}")]
    [InlineData("%7M %7F x", "x")]
    [InlineData("%3l %4l %M", "error said")]
    [InlineData("%{var}e %{note}n %{none}e %{none}n %M", "value noted said")]
    [InlineData("%E %k %M %%", "0 said %")]
    [InlineData("%{Evil}i", "a\\x09b")]
    public void A_field_of_which_an_item_has_nothing_to_say_is_left_out(string format, string expected)
    {
        string line = LineOf(new ErrorLogOptions { Format = ErrorLogFormat.Parse(format) });
        Assert.Equal(expected.Replace("{pid}", $"{Environment.ProcessId}", StringComparison.Ordinal) + "\n", line);
    }

    [Fact]
    public void A_required_item_that_is_missing_leaves_out_the_line()
    {
        Assert.Equal("", LineOf(new ErrorLogOptions { Format = ErrorLogFormat.Parse("%M %+{Absent}i") }));
    }

    [Fact]
    public void The_default_is_httpds()
    {
        Assert.Matches(
            new Regex("^\\[[A-Z][a-z]{2} [A-Z][a-z]{2} \\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6} \\d{4}\\] \\[http:error\\] \\[pid \\d+:tid \\d+\\] \\[client 127.0.0.1:\\d+\\] said, referer: http://r/\u00e9\n$"),
            LineOf(new ErrorLogOptions()));
    }

    [Theory]
    [InlineData("%t", "^[A-Z][a-z]{2} [A-Z][a-z]{2} \\d\\d \\d\\d:\\d\\d:\\d\\d \\d{4}\n$")]
    [InlineData("%{c}t", "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\n$")]
    [InlineData("%{cu}t", "^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}\n$")]
    [InlineData("%F", "^ErrorLogFormatTests\\.cs\\(\\d+\\)\n$")]
    [InlineData("%L %{c}L", "^[A-Za-z0-9+/]{11} [A-Za-z0-9+/]{11}\n$")]
    public void Times_places_and_ids_have_their_form(string format, string expected) =>
        Assert.Matches(new Regex(expected), LineOf(new ErrorLogOptions { Format = ErrorLogFormat.Parse(format) }));

    [Fact]
    public void Connection_and_request_have_their_lines_once_before_their_first()
    {
        var options = new ErrorLogOptions
        {
            Format = ErrorLogFormat.Parse("[R:%L] %M"),
            OfConnection = [ErrorLogFormat.Parse("[C:%{c}L] from %a")],
            OfRequest = [ErrorLogFormat.Parse("[C:%{c}L] [R:%L] %{Host}i"), ErrorLogFormat.Parse("%+{Absent}i")],
        };
        string[] lines = LineOf(options, times: 2).Split('\n');

        string c = Regex.Match(lines[0], "^\\[C:(\\S+)\\] from 127.0.0.1:\\d+$").Groups[1].Value;
        string r = Regex.Match(lines[1], $"^\\[C:{Regex.Escape(c)}\\] \\[R:(\\S+)\\] a.example:81$").Groups[1].Value;
        Assert.NotEqual("", r);
        Assert.NotEqual(c, r);
        Assert.Equal([$"[R:{r}] said", $"[R:{r}] said", ""], lines[2..]);
    }

    [Theory]
    [InlineData("%y", "Unrecognized error log format directive %y")]
    [InlineData("%{x", "brace")]
    [InlineData("%-", "Ran off end")]
    public void An_unknown_item_is_named(string format, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => ErrorLogFormat.Parse(format)).Message, StringComparison.Ordinal);

    // The line that a handler's write comes to.
    private static string LineOf(ErrorLogOptions options, int times = 1)
    {
        using var destination = new MemoryStream();
        var writer = new ErrorLogWriter(new StreamTarget(destination));
        using var log = new ErrorLog(writer, options with { ServerName = "main.example", Levels = LogLevels.Of(LogLevel.Error) });
        using (var server = new InMemoryServer(exchange =>
        {
            exchange.Context = new Context();
            for (int i = 0; i < times; i++)
            {
                log.Write(LogLevel.Error, "http", exchange.Connection, exchange, "said");
            }

            exchange.Respond(204, FieldBlock.Empty, 0);
            exchange.Complete();
        }))
        {
            server.Connect().Send(Request);
            server.Loop.RunUntilIdle();
        }

        writer.Dispose();
        return Encoding.UTF8.GetString(destination.ToArray());
    }

    private sealed class Context : IErrorLogContext
    {
        public LogLevels Levels => LogLevels.Of(LogLevel.Error);

        public string? Variable(string name) => name == "var" ? "value" : null;

        public string? Note(string name) => name == "note" ? "noted" : null;
    }
}
