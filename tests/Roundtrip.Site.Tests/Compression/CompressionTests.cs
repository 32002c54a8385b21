using System.IO.Compression;
using System.Text;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Compression;

public class CompressionTests
{
    private const string All = "AddOutputFilterByType BROTLI_COMPRESS;ZSTD_COMPRESS;DEFLATE text/html text/plain\n";

    private static readonly string Text = string.Concat(Enumerable.Range(0, 2000).Select(i => $"line {i} of a text that repeats itself\n"));

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("zstd", "zstd")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip;q=0.5, zstd", "zstd")]
    [InlineData("deflate", null)]
    [InlineData("br;q=0", null)]
    public void A_file_is_sent_in_the_coding_that_is_wanted_most(string accept, string? expected)
    {
        using SiteUnderTest site = Of(All);

        FakeExchange answer = site.Get("/a.txt", "Accept-Encoding: " + accept);

        Assert.Equal((expected, "Accept-Encoding", Text), (answer.Field("Content-Encoding"), answer.Field("Vary"), Decode(answer)));
        Assert.EndsWith(expected is null ? "\"" : $"-{expected}\"", answer.Field("ETag"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(All, "/a.png", null)]
    [InlineData(All, "/small.txt", "Accept-Encoding")]
    [InlineData(All, "/random.txt", "Accept-Encoding")]
    [InlineData("", "/a.txt", null)]
    [InlineData("SetOutputFilter NONE", "/a.txt", null)]
    [InlineData(All + "CompressMinSize 1000000", "/a.txt", "Accept-Encoding")]
    public void What_is_of_another_type_or_small_or_random_is_sent_as_it_is(string conf, string target, string? vary)
    {
        using SiteUnderTest site = Of(conf);

        FakeExchange answer = site.Get(target, "Accept-Encoding: gzip, br, zstd");

        Assert.Equal((200, null, vary), (answer.Status, answer.Field("Content-Encoding"), answer.Field("Vary")));
    }

    [Fact]
    public void Conditions_and_ranges_are_of_the_compressed_bytes()
    {
        using SiteUnderTest site = Of("SetOutputFilter DEFLATE");
        FakeExchange whole = site.Get("/a.txt", "Accept-Encoding: gzip");

        FakeExchange part = site.Get("/a.txt", "Accept-Encoding: gzip", "Range: bytes=2-9");
        Assert.Equal((206, $"bytes 2-9/{whole.Content.Length}"), (part.Status, part.Field("Content-Range")));
        Assert.Equal(whole.Content.AsSpan(2, 8).ToArray(), part.Content);
        Assert.Equal(304, site.Get("/a.txt", "Accept-Encoding: gzip", "If-None-Match: " + whole.Field("ETag")).Status);
        Assert.Equal(200, site.Get("/a.txt", "If-None-Match: " + whole.Field("ETag")).Status);
    }

    [Fact]
    public void A_file_is_compressed_once_and_counted_and_anew_when_it_has_changed()
    {
        using SiteUnderTest site = Of(All);
        FakeExchange first = site.Get("/a.txt", "Accept-Encoding: br");
        long memory = site.Hot.Memory;
        Assert.True(memory > Text.Length % 65536 + first.Content.Length);

        Assert.Equal(first.Content, site.Get("/a.txt", "Accept-Encoding: br").Content);
        Assert.Equal((1, memory), (site.Hot.Count, site.Hot.Memory));

        site.Folder.With("a.txt", Text + "more");
        site.Loop.Advance(1000);
        Assert.Equal(Text + "more", Decode(site.Get("/a.txt", "Accept-Encoding: br")));
    }

    [Theory]
    [InlineData("AddSuffix", "-gzip\"")]
    [InlineData("NoChange", "\"")]
    [InlineData("Remove", null)]
    public void The_tag_is_altered_as_is_said(string alter, string? ending)
    {
        using SiteUnderTest site = Of($"SetOutputFilter DEFLATE\nDeflateAlterETag {alter}");

        string? tag = site.Get("/a.txt", "Accept-Encoding: gzip").Field("ETag");

        Assert.Equal(ending is null, tag is null);
        Assert.True(tag is null || (tag.EndsWith(ending!, StringComparison.Ordinal) && tag.Contains("-gzip", StringComparison.Ordinal) == (alter == "AddSuffix")));
    }

    [Fact]
    public void A_list_is_compressed_too()
    {
        using SiteUnderTest site = Of(All + "Options +Indexes");

        FakeExchange answer = site.Get("/", "Accept-Encoding: gzip");

        Assert.Equal(("gzip", "Accept-Encoding"), (answer.Field("Content-Encoding"), answer.Field("Vary")));
        Assert.Contains("a.txt", Decode(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SetOutputFilter INCLUDES")]
    [InlineData("AddOutputFilterByType SUBSTITUTE text/plain")]
    [InlineData("AddOutputFilter DEFLATE;INCLUDES txt")]
    [InlineData("FilterProvider page INCLUDES true\nFilterChain page")]
    public void A_filter_that_is_not_built_guards_its_scope(string conf)
    {
        using SiteUnderTest site = Of(conf);

        Assert.Equal(501, site.Get("/a.txt").Status);
    }

    [Fact]
    public void A_filter_of_an_extension_compresses()
    {
        using SiteUnderTest site = Of("AddOutputFilter DEFLATE txt");

        Assert.Equal("gzip", site.Get("/a.txt", "Accept-Encoding: gzip").Field("Content-Encoding"));
        Assert.Null(site.Get("/a.png", "Accept-Encoding: gzip").Field("Content-Encoding"));
    }

    [Theory]
    [InlineData("DeflateCompressionLevel 10", "'10' is not a number from 1 to 9")]
    [InlineData("BrotliCompressionQuality 12", "'12' is not a number from 0 to 11")]
    [InlineData("ZstdCompressionLevel 0", "'0' is not a number from 1 to 19")]
    [InlineData("DeflateAlterETag Maybe", "'Maybe' is not AddSuffix or NoChange or Remove")]
    [InlineData("FilterChain x", "chains of filters are not built")]
    public void What_cannot_be_done_is_said(string conf, string expected) =>
        Assert.Contains(SiteUnderTest.Complaints(conf), message => message.Contains(expected, StringComparison.Ordinal));

    private static SiteUnderTest Of(string conf)
    {
        byte[] random = new byte[100_000];
        new Random(1).NextBytes(random);
        var site = new SiteUnderTest { Conf = conf + "\n" };
        site.Folder.With("a.txt", Text).With("a.png", Text).With("small.txt", "small").With("random.txt", random);
        return site;
    }

    private static string Decode(FakeExchange answer)
    {
        using var content = new MemoryStream(answer.Content);
        using Stream stream = answer.Field("Content-Encoding") switch
        {
            "gzip" => new GZipStream(content, CompressionMode.Decompress),
            "br" => new BrotliStream(content, CompressionMode.Decompress),
            "zstd" => new ZstdSharp.DecompressionStream(content),
            _ => content,
        };
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
