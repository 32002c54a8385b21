using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Files;

public class RangeTests
{
    [Theory]
    [InlineData("bytes=0-0", "0", "0-0", "0-0")]
    [InlineData("bytes=2-", "23456789", "2-9", "2-99999")]
    [InlineData("bytes=-3", "789", "7-9", "99997-99999")]
    [InlineData("bytes=-3000000", "0123456789", "0-9", "0-99999")]
    [InlineData("bytes=8-2000000", "89", "8-9", "8-99999")]
    [InlineData("BYTES=3-4", "34", "3-4", "3-4")]
    [InlineData("bytes=3-4,5-6", "3456", "3-6", "3-6")]
    [InlineData("bytes=3-4, 200000-300000", "34", "3-4", "3-4")]
    public void One_range_is_206_with_its_place(string range, string content, string place, string placeInLarge)
    {
        using (SiteUnderTest site = Digits(large: false))
        {
            FakeExchange answer = site.Get("/f", "Range: " + range);
            Assert.Equal((206, content, $"bytes {place}/10"), (answer.Status, answer.Text, answer.Field("Content-Range")));
            Assert.Equal(content.Length, answer.AnnouncedLength);
        }

        // One that is sent from the disk.
        using (SiteUnderTest site = Digits(large: true))
        {
            FakeExchange answer = site.Get("/f", "Range: " + range);
            int[] ends = [.. placeInLarge.Split('-').Select(int.Parse)];
            Assert.Equal((206, $"bytes {placeInLarge}/100000"), (answer.Status, answer.Field("Content-Range")));
            Assert.Equal(string.Concat(Enumerable.Range(ends[0], ends[1] - ends[0] + 1).Select(i => i % 10)), answer.Text);
        }
    }

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=99999999999999999999-")]
    public void A_range_with_nothing_in_it_is_416_with_the_length(string range)
    {
        using SiteUnderTest site = Digits(false);

        FakeExchange answer = site.Get("/f", "Range: " + range);

        Assert.Equal((416, "bytes */10"), (answer.Status, answer.Field("Content-Range")));
    }

    [Theory]
    [InlineData("bytes=5-4")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=-")]
    [InlineData("bytes=")]
    [InlineData("bytes 0-1")]
    [InlineData("lines=0-1")]
    [InlineData("bytes=0-1,x")]
    [InlineData("bytes=1-2-3")]
    public void What_is_no_range_is_ignored(string range)
    {
        using SiteUnderTest site = Digits(false);

        FakeExchange answer = site.Get("/f", "Range: " + range);

        Assert.Equal((200, "0123456789"), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Several_ranges_are_parts(bool large)
    {
        using SiteUnderTest site = Digits(large);
        string total = large ? "100000" : "10";

        FakeExchange answer = site.Get("/f", "Range: bytes=0-1,5-6,-1");

        string type = answer.Field("Content-Type")!;
        Assert.StartsWith("multipart/byteranges; boundary=", type, StringComparison.Ordinal);
        string boundary = type["multipart/byteranges; boundary=".Length..];
        string last = large ? $"99999-99999/{total}" : $"9-9/{total}";
        Assert.Equal(
            $"--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 0-1/{total}\r\n\r\n01"
            + $"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 5-6/{total}\r\n\r\n56"
            + $"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes {last}\r\n\r\n9"
            + $"\r\n--{boundary}--\r\n",
            answer.Text);
        Assert.Equal(206, answer.Status);
        Assert.NotNull(answer.Field("ETag"));
        Assert.Null(answer.Field("Content-Range"));
    }

    [Fact]
    public void More_ranges_overlaps_or_reversals_than_httpd_takes_get_the_whole()
    {
        using SiteUnderTest site = Digits(true);

        Assert.Equal(206, Status(200, i => $"{i * 10}-{i * 10}"));
        Assert.Equal(200, Status(201, i => $"{i * 10}-{i * 10}"));
        Assert.Equal(206, Status(21, i => $"{100 - i * 3}-{100 - i * 3}"));
        Assert.Equal(200, Status(22, i => $"{100 - i * 3}-{100 - i * 3}"));
        Assert.Equal(200, Status(22, i => $"{i}-{i + 5}"));

        int Status(int count, Func<int, string> range) =>
            site.Get("/f", "Range: bytes=" + string.Join(",", Enumerable.Range(0, count).Select(range))).Status;
    }

    [Fact]
    public void A_file_says_that_it_has_ranges()
    {
        using SiteUnderTest site = Digits(false);

        Assert.Equal("bytes", site.Get("/f").Field("Accept-Ranges"));
    }

    [Fact]
    public void HEAD_and_a_second_Range_field_ignore_it()
    {
        using SiteUnderTest site = Digits(false);

        Assert.Equal(200, site.Answer(new FakeExchange("HEAD /f HTTP/1.1\nRange: bytes=0-0\n")).Status);
        Assert.Equal(200, site.Get("/f", "Range: bytes=0-0", "Range: bytes=1-1").Status);
    }

    [Fact]
    public void An_empty_file_has_no_range_but_the_suffix_that_is_all_of_it()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("f", "");

        Assert.Equal(416, site.Get("/f", "Range: bytes=0-").Status);
        Assert.Equal(200, site.Get("/f", "Range: bytes=-5").Status);
    }

    private static SiteUnderTest Digits(bool large)
    {
        var site = new SiteUnderTest();
        site.Folder.With("f", string.Concat(Enumerable.Repeat("0123456789", large ? 10_000 : 1)));
        return site;
    }
}
