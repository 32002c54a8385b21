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

    private static SiteUnderTest Encoded()
    {
        var site = new SiteUnderTest();
        site.Folder.With("a.js", "plain").With("a.js.br", "br").With("a.js.zst", "zstd").With("a.js.gz", "gzip");
        return site;
    }
}
