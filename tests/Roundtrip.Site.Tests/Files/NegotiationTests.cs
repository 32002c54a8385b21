using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Files;

public class NegotiationTests
{
    [Theory]
    [InlineData(null, "plain")]
    [InlineData("", "plain")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("x-gzip", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("zstd, gzip", "zstd")]
    [InlineData("br;q=0.5, gzip;q=0.8", "gzip")]
    [InlineData("br;q=0.5, gzip;q=0.5", "br")]
    [InlineData("br;q=0", "plain")]
    [InlineData("*", "br")]
    [InlineData("*;q=0.5, br;q=0", "zstd")]
    [InlineData("gzip;q=0.5, identity", "plain")]
    [InlineData("identity;q=0.5, gzip;q=0.5", "gzip")]
    [InlineData("identity;q=0", "plain")]
    [InlineData("*;q=0", "plain")]
    [InlineData("identity;q=0, gzip;q=0.001", "gzip")]
    [InlineData("br;q=2, gzip", "gzip")]
    [InlineData("br;q=0.1234, gzip", "gzip")]
    [InlineData("br ; Q=1.000 ,", "br")]
    [InlineData("deflate", "plain")]
    public void The_sibling_with_the_greatest_weight_is_sent(string? accept, string expected)
    {
        using SiteUnderTest site = Encoded();

        FakeExchange answer = site.Get("/a.js", accept is null ? [] : ["Accept-Encoding: " + accept]);

        Assert.Equal(expected, answer.Text);
        Assert.Equal(expected == "plain" ? null : expected, answer.Field("Content-Encoding"));
        Assert.Equal(("Accept-Encoding", "text/javascript; charset=utf-8"), (answer.Field("Vary"), answer.Field("Content-Type")));
    }

    [Fact]
    public void Each_encoding_has_a_tag_of_its_own_and_304_says_what_varies()
    {
        using SiteUnderTest site = Encoded();
        string[] tags = [.. "identity br zstd gzip".Split(' ').Select(coding => site.Get("/a.js", "Accept-Encoding: " + coding).Field("ETag")!)];

        Assert.Equal(4, tags.Distinct().Count());
        FakeExchange answer = site.Get("/a.js", "Accept-Encoding: br", "If-None-Match: " + tags[1]);
        Assert.Equal((304, "Accept-Encoding"), (answer.Status, answer.Field("Vary")));
        Assert.Equal(200, site.Get("/a.js", "Accept-Encoding: br", "If-None-Match: " + tags[0]).Status);
    }

    [Fact]
    public void A_range_is_one_of_the_encoded_bytes()
    {
        using SiteUnderTest site = Encoded();

        FakeExchange answer = site.Get("/a.js", "Accept-Encoding: gzip", "Range: bytes=1-2");

        Assert.Equal((206, "zi", "bytes 1-2/4", "gzip"), (answer.Status, answer.Text, answer.Field("Content-Range"), answer.Field("Content-Encoding")));
        Assert.Equal("Accept-Encoding", answer.Field("Vary"));
    }

    [Fact]
    public void A_sibling_alone_is_no_resource()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a.js.br", "br");

        Assert.Equal(404, site.Get("/a.js", "Accept-Encoding: br").Status);
        Assert.Equal("application/x-brotli", site.Get("/a.js.br").Field("Content-Type"));
    }

    [Theory]
    [InlineData("a link to a file outside")]
    [InlineData("a link to nothing")]
    [InlineData("a folder")]
    [InlineData("a FIFO")]
    public void What_is_no_file_of_the_folder_is_no_sibling(string kind)
    {
        using var outside = new TempFolder();
        outside.With("x", "OUTSIDE");
        using var site = new SiteUnderTest();
        site.Folder.With("a.js", "plain");
        string sibling = site.Folder["a.js.br"];
        switch (kind)
        {
            case "a folder":
                Directory.CreateDirectory(sibling);
                break;
            case "a FIFO":
                using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [sibling]))
                {
                    mkfifo.WaitForExit();
                }

                break;
            default:
                File.CreateSymbolicLink(sibling, kind == "a link to nothing" ? "nothing" : outside["x"]);
                break;
        }

        FakeExchange answer = site.Get("/a.js", "Accept-Encoding: br");

        Assert.Equal((200, "plain", null), (answer.Status, answer.Text, answer.Field("Content-Encoding")));
    }

    [Fact]
    public void A_sibling_of_what_is_not_served_is_not_served_in_its_place()
    {
        using var site = new SiteUnderTest();
        foreach (string hidden in (string[])["app.py", ".env", "site.conf"])
        {
            site.Folder.With(hidden, "SECRET").With(hidden + ".br", "SECRET");

            Assert.Equal(404, site.Get("/" + hidden, "Accept-Encoding: br").Status);
        }
    }

    [Fact]
    public void HEAD_is_answered_with_the_fields_of_the_sibling()
    {
        using SiteUnderTest site = Encoded();

        FakeExchange answer = site.Answer(new FakeExchange("HEAD /a.js HTTP/1.1\nAccept-Encoding: gzip\n"));

        Assert.Equal((200, "gzip", 4, 0), (answer.Status, answer.Field("Content-Encoding"), (int)answer.AnnouncedLength, (int)answer.ContentSent));
    }

    [Fact]
    public void An_index_has_siblings_too_and_another_files_tag_in_If_Range_gets_the_whole()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("index.html", "plain").With("index.html.gz", "gzip");
        string plain = site.Get("/").Field("ETag")!, gzip = site.Get("/", "Accept-Encoding: gzip").Field("ETag")!;

        Assert.Equal("gzip", site.Get("/", "Accept-Encoding: gzip").Text);
        Assert.Equal((206, "zi"), Ranged(gzip));
        Assert.Equal((200, "gzip"), Ranged(plain));

        (int, string) Ranged(string tag)
        {
            FakeExchange answer = site.Get("/", "Accept-Encoding: gzip", "Range: bytes=1-2", "If-Range: " + tag);
            return (answer.Status, answer.Text);
        }
    }

    private static SiteUnderTest Encoded()
    {
        var site = new SiteUnderTest();
        site.Folder.With("a.js", "plain").With("a.js.br", "br").With("a.js.zst", "zstd").With("a.js.gz", "gzip");
        return site;
    }
}
