using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Files;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Files;

public class ConditionTests
{
    // T: the file's tag; D: its date; E and L: a second earlier and later. By RFC 9110 section 13.2.2.
    [Theory]
    [InlineData(200, "If-Match: *")]
    [InlineData(200, "If-Match: T")]
    [InlineData(200, "If-Match: \"x\", T")]
    [InlineData(200, "If-Match: \"x\"", "If-Match: T")]
    [InlineData(412, "If-Match: \"x\"")]
    [InlineData(412, "If-Match: W/T")]
    [InlineData(412, "If-Match: x, T")]
    [InlineData(200, "If-Match: T", "If-Unmodified-Since: E")]
    [InlineData(200, "If-Unmodified-Since: D")]
    [InlineData(200, "If-Unmodified-Since: L")]
    [InlineData(412, "If-Unmodified-Since: E")]
    [InlineData(200, "If-Unmodified-Since: yesterday")]
    [InlineData(304, "If-None-Match: *")]
    [InlineData(304, "If-None-Match: T")]
    [InlineData(304, "If-None-Match: W/T")]
    [InlineData(304, "If-None-Match: \"a,b\" ,, T")]
    [InlineData(200, "If-None-Match: \"x\"")]
    [InlineData(200, "If-None-Match: \"x\"", "If-Modified-Since: D")]
    [InlineData(304, "If-None-Match: T", "If-Modified-Since: E")]
    [InlineData(304, "If-Modified-Since: D")]
    [InlineData(304, "If-Modified-Since: L")]
    [InlineData(200, "If-Modified-Since: E")]
    [InlineData(200, "If-Modified-Since: D", "If-Modified-Since: D")]
    [InlineData(200, "If-Modified-Since: yesterday")]
    [InlineData(412, "If-Match: \"x\"", "If-None-Match: T")]
    [InlineData(304, "If-Match: T", "If-None-Match: T")]
    [InlineData(200, "If-Range: T")]
    [InlineData(200, "If-Range: \"x\"")]
    [InlineData(206, "Range: bytes=0-0", "If-Range: T")]
    [InlineData(200, "Range: bytes=0-0", "If-Range: W/T")]
    [InlineData(200, "Range: bytes=0-0", "If-Range: \"x\"")]
    [InlineData(206, "Range: bytes=0-0", "If-Range: D")]
    [InlineData(200, "Range: bytes=0-0", "If-Range: E")]
    [InlineData(200, "Range: bytes=0-0", "If-Range: L")]
    [InlineData(304, "Range: bytes=0-0", "If-None-Match: T")]
    public void Conditions_are_evaluated_in_the_order_of_RFC_9110(int status, params string[] fields)
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a.txt", "hello");
        var date = new DateTime(2024, 3, 5, 6, 7, 8, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(site.Folder["a.txt"], date.AddMilliseconds(500));
        string tag = site.Get("/a.txt").Field("ETag")!;

        FakeExchange answer = site.Get("/a.txt", [.. fields.Select(field => Fill(field, tag, date))]);

        Assert.Equal(status, answer.Status);
        if (status == 304)
        {
            Assert.Equal(tag, answer.Field("ETag"));
            Assert.Null(answer.Field("Content-Type"));
        }
    }

    [Fact]
    public void Conditions_are_evaluated_with_HEAD_too()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a.txt", "hello");
        string tag = site.Get("/a.txt").Field("ETag")!;

        FakeExchange answer = site.Answer(new FakeExchange($"HEAD /a.txt HTTP/1.1\nIf-None-Match: {tag}\n"));
        Assert.Equal((304, tag, 0), (answer.Status, answer.Field("ETag"), (int)answer.ContentSent));
        Assert.Equal(412, site.Answer(new FakeExchange("HEAD /a.txt HTTP/1.1\nIf-Match: \"x\"\n")).Status);
    }

    [Theory]
    [InlineData("If-Match: \"x\"")]
    [InlineData("If-None-Match: *")]
    [InlineData("If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT")]
    public void Conditions_are_ignored_where_there_is_no_file(string condition)
    {
        using var site = new SiteUnderTest { Conf = "Options +Indexes" };
        site.Folder.With("dir/a.txt", "hello");

        Assert.Equal(404, site.Get("/missing", condition).Status);
        Assert.Equal(301, site.Get("/dir", condition).Status);
        Assert.Equal(200, site.Get("/dir/", condition).Status);
        Assert.Equal(200, site.Answer(new FakeExchange($"OPTIONS /dir/a.txt HTTP/1.1\n{condition}\n")).Status);
    }

    [Theory]
    [InlineData(500, 200)]
    [InlineData(1500, 206)]
    public void A_date_in_If_Range_counts_only_for_a_file_that_was_at_rest(long millisecondsLater, int status)
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a.txt", "hello");
        var date = new DateTime(2024, 3, 5, 6, 7, 8, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(site.Folder["a.txt"], date);
        site.Loop.Epoch = new DateTimeOffset(date).ToUnixTimeMilliseconds() + millisecondsLater;

        Assert.Equal(status, site.Get("/a.txt", "Range: bytes=0-0", $"If-Range: {date:R}").Status);
    }

    [Fact]
    public void A_file_from_the_future_was_modified_no_later_than_now()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a.txt", "hello");
        File.SetLastWriteTimeUtc(site.Folder["a.txt"], DateTime.UtcNow.AddDays(3));

        string modified = site.Get("/a.txt").Field("Last-Modified")!;

        long now = site.Loop.UnixMilliseconds / 1000;
        Assert.True(HttpDate.TryParse(Encoding.ASCII.GetBytes(modified), now, out long seconds));
        Assert.InRange(seconds, now - 10, now);
    }

    [Fact]
    public void A_tag_is_strong_and_changes_with_the_content()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a.txt", "one");
        string first = site.Get("/a.txt").Field("ETag")!;
        site.Folder.With("a.txt", "two");
        site.Loop.Advance(1000);
        string second = site.Get("/a.txt").Field("ETag")!;

        Assert.Matches("^\"[0-9a-f]+-[0-9a-f]+\"$", first);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void HEAD_has_the_fields_of_GET_and_no_content()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a.txt", "hello");

        FakeExchange answer = site.Send("HEAD", "/a.txt");

        Assert.Equal((200, 5, 0), (answer.Status, (int)answer.AnnouncedLength, (int)answer.ContentSent));
        Assert.Same(site.Get("/a.txt").Shared, answer.Shared);
        Assert.Equal((404, 0), (site.Send("HEAD", "/b").Status, (int)site.Send("HEAD", "/b").ContentSent));
    }

    [Theory]
    [InlineData("a.html", "text/html; charset=utf-8")]
    [InlineData("a.HTML", "text/html; charset=utf-8")]
    [InlineData("a.mjs", "text/javascript; charset=utf-8")]
    [InlineData("a.js", "text/javascript; charset=utf-8")]
    [InlineData("a.css", "text/css; charset=utf-8")]
    [InlineData("a.json", "application/json")]
    [InlineData("a.js.map", "application/json")]
    [InlineData("a.wasm", "application/wasm")]
    [InlineData("a.webmanifest", "application/manifest+json")]
    [InlineData("a.avif", "image/avif")]
    [InlineData("a.svg", "image/svg+xml")]
    [InlineData("a.woff2", "font/woff2")]
    [InlineData("a.xml", "application/xml")]
    [InlineData("a.ico", "image/x-icon")]
    [InlineData("a.tar.gz", "application/gzip")]
    [InlineData("a.nothingknown", "application/octet-stream")]
    [InlineData("README", "application/octet-stream")]
    public void The_type_follows_from_the_name(string name, string type)
    {
        using var site = new SiteUnderTest();
        site.Folder.With(name, "x");

        Assert.Equal(type, site.Get("/" + name).Field("Content-Type"));
    }

    [Fact]
    public void The_charset_can_be_turned_off()
    {
        using var site = new SiteUnderTest { Set = settings => settings.Set(FileSettings.TextCharset, "") };
        site.Folder.With("a.html", "x");

        Assert.Equal("text/html", site.Get("/a.html").Field("Content-Type"));
    }

    private static string Fill(string field, string tag, DateTime date)
    {
        int colon = field.IndexOf(':', StringComparison.Ordinal);
        string value = field[colon..].Replace("T", tag, StringComparison.Ordinal);
        if (value is ": D" or ": E" or ": L")
        {
            int offset = value[2] switch { 'E' => -1, 'L' => 1, _ => 0 };
            value = ": " + date.AddSeconds(offset).ToString("R");
        }

        return field[..colon] + value;
    }
}
