namespace Roundtrip.Http.Tests.Http1;

/// <summary>TERM.EXT, EXT.TERM and spill: in no place of a chunked body does anything but CRLF end a line, whatever another recipient takes for an end.</summary>
public class ChunkLineEndTests
{
    private const string Head = "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string Smuggled = "GET /smuggled HTTP/1.1\r\nHost: b\r\n\r\n";

    // # is where a line ends.
    private static readonly string[] Ends =
        ["5#hello\r\n0\r\n\r\n", "5;a=b#hello\r\n0\r\n\r\n", "5;a=\"b\"#hello\r\n0\r\n\r\n", "5;#hello\r\n0\r\n\r\n", "5\r\nhello#0\r\n\r\n", "5\r\nhello\r\n0#\r\n", "5\r\nhello\r\n0;a#\r\n",
         "5\r\nhello\r\n0\r\nX: y#\r\n", "5\r\nhello\r\n0\r\nX: y\r\nZ:#\r\n", "5\r\nhello\r\n0\r\n#", "5\r\nhello\r\n0\r\nX: y\r\n#"];

    // # is where none does.
    private static readonly string[] Insides =
        ["#5\r\nhello\r\n0\r\n\r\n", "0#5\r\nhello\r\n0\r\n\r\n", "5;#a\r\nhello\r\n0\r\n\r\n", "5;a#b\r\nhello\r\n0\r\n\r\n", "5;a=#b\r\nhello\r\n0\r\n\r\n", "5;a=\"#\"\r\nhello\r\n0\r\n\r\n",
         "5;a=\"\\#\"\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\nX#: y\r\n\r\n", "5\r\nhello\r\n0\r\nX:#y\r\n\r\n"];

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\n\r")]
    [InlineData("\n\n")]
    [InlineData("\r\r\n")]
    [InlineData("\r\n\n")]
    [InlineData("\r\n\r")]
    [InlineData("\r \n")]
    [InlineData("\r\0\n")]
    [InlineData("\0")]
    [InlineData("\0\r\n")]
    [InlineData("\v\r")]
    public void Anything_but_CRLF_is_400_in_every_place_and_nothing_behind_it_is_answered(string end)
    {
        foreach (string place in (string[])[.. Ends, .. Insides])
        {
            Refused(place, end);
        }
    }

    [Fact]
    public void CRLF_is_400_where_no_line_ends()
    {
        foreach (string place in Insides)
        {
            Refused(place, "\r\n");
        }
    }

    private static void Refused(string place, string end)
    {
        string content = place.Replace("#", end, StringComparison.Ordinal);
        string request = Head + content;
        Feeds.Outcome read = Feeds.EveryWay(request + Smuggled);
        Assert.Contains("HTTP/1.1 400 ", read.Sent, StringComparison.Ordinal);

        // Behind the answer: one that waits yet says that the connection closes.
        Feeds.Outcome unread = Feeds.EveryWay(content + Smuggled, Handlers.AnswerAtOnce, before: Head);
        foreach (Feeds.Outcome outcome in (Feeds.Outcome[])[read, unread])
        {
            Assert.True(outcome.Closing == ConnectionClose.Linger && !(outcome.Sent + outcome.Events).Contains("/smuggled", StringComparison.Ordinal), $"{request} gave {outcome}");
        }
    }

    [Fact]
    public void CRLF_ends_a_line_in_each_of_these_places()
    {
        Assert.All(Ends, place =>
        {
            Feeds.Outcome outcome = Feeds.EveryWay(Head + place.Replace("#", "\r\n", StringComparison.Ordinal) + Smuggled);
            Assert.Contains("POST /p [hello]", outcome.Sent, StringComparison.Ordinal);
            Assert.Contains("GET /smuggled []", outcome.Sent, StringComparison.Ordinal);
        });
    }
}
