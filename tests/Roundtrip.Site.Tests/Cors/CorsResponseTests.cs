using Roundtrip.Site.Tests.Support;
using static Roundtrip.Site.Tests.Cors.CorsAnswer;

namespace Roundtrip.Site.Tests.Cors;

/// <summary>Fetch Standard, "CORS protocol": which responses say who may read them, and what caches are told.</summary>
public class CorsResponseTests
{
    private const string Origin = "https://app.test";

    private const string Conf = $"""
        CorsOrigin {Origin}
        CorsExposeHeaders ETag X-Total
        Options Indexes
        Redirect 302 /moved https://elsewhere.test/
        Redirect gone /gone
        AddOutputFilterByType BROTLI_COMPRESS text/html
        ErrorDocument 410 /gone.txt
        ErrorDocument 403 "no"
        <Location /denied>
        Require all denied
        </Location>
        <Location /gone.txt>
        CorsOrigin none
        </Location>
        <Location /computed>
        SetHandler unknown
        </Location>

        """;

    public static TheoryData<string, int, string> Answers => new()
    {
        { "GET /a.txt HTTP/1.1", 200, "" },
        { "HEAD /a.txt HTTP/1.1", 200, "" },
        { "GET /folder/ HTTP/1.1", 200, "" }, // an index
        { "GET /list/ HTTP/1.1", 200, "" },
        { "GET /page.htm HTTP/1.1", 200, "Accept-Encoding: br" },
        { "GET /a.txt HTTP/1.1", 206, "Range: bytes=1-2" },
        { "GET /a.txt HTTP/1.1", 206, "Range: bytes=0-0,2-2" },
        { "GET /moved HTTP/1.1", 302, "" },
        { "GET /folder HTTP/1.1", 301, "" },
        { "GET /a.txt HTTP/1.1", 304, "If-Modified-Since: Fri, 31 Dec 2100 00:00:00 GMT" },
        { "GET /%2f HTTP/1.1", 404, "" },
        { "GET /%zz HTTP/1.1", 400, "" },
        { "GET /denied/x HTTP/1.1", 403, "" },
        { "GET /missing HTTP/1.1", 404, "" },
        { "DELETE /a.txt HTTP/1.1", 405, "" },
        { "GET /gone HTTP/1.1", 410, "" }, // by a document where CorsOrigin is none
        { "GET /a.txt HTTP/1.1", 412, "If-Match: \"x\"" },
        { "GET /a.txt HTTP/1.1", 416, "Range: bytes=9-" },
        { "BREW /a.txt HTTP/1.1", 501, "" },
        { "GET /computed HTTP/1.1", 501, "" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Every_response_says_that_an_allowed_origin_may_read_it(string line, int status, string field)
    {
        using SiteUnderTest site = Site(Conf);
        FakeExchange allowed = site.Answer(new FakeExchange($"{line}\nHost: localhost\nOrigin: {Origin}\n{field}\n"));

        Assert.Equal((status, Origin, true), (allowed.Status, AllowedOf(allowed), VariesByOrigin(allowed)));
        Assert.Equal(["ETag, X-Total"], Values(allowed, "Access-Control-Expose-Headers"));
        Assert.Empty(Values(allowed, "Access-Control-Allow-Methods"));
        Assert.Empty(Values(allowed, "Access-Control-Max-Age"));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void What_a_cache_keeps_of_another_origin_or_of_none_says_that_it_is_not_for_all(string line, int status, string field)
    {
        using SiteUnderTest site = Site(Conf);
        foreach (string origin in (string[])["", "Origin: https://evil.test\n"])
        {
            FakeExchange answer = site.Answer(new FakeExchange($"{line}\nHost: localhost\n{origin}{field}\n"));

            Assert.Equal((status, null, true), (answer.Status, AllowedOf(answer), VariesByOrigin(answer)));
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Where_all_may_read_every_response_is_the_same_and_varies_by_nothing(string line, int status, string field)
    {
        using SiteUnderTest site = Site(Conf.Replace($"CorsOrigin {Origin}", "CorsOrigin *", StringComparison.Ordinal));
        foreach (string origin in (string[])["", "Origin: null\n", "Origin: https://any.test\n"])
        {
            FakeExchange answer = site.Answer(new FakeExchange($"{line}\nHost: localhost\n{origin}{field}\n"));

            Assert.Equal((status, "*", false), (answer.Status, AllowedOf(answer), VariesByOrigin(answer)));
            Assert.Empty(Values(answer, "Access-Control-Allow-Credentials"));
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void Where_nothing_is_said_no_response_has_a_field_of_CORS(string line, int status, string field)
    {
        using SiteUnderTest site = Site(Conf.Replace($"CorsOrigin {Origin}", "", StringComparison.Ordinal));
        FakeExchange answer = site.Answer(new FakeExchange($"{line}\nHost: localhost\nOrigin: {Origin}\n{field}\n"));

        Assert.Equal((status, null, false), (answer.Status, AllowedOf(answer), VariesByOrigin(answer)));
        Assert.Empty(Values(answer, "Access-Control-Expose-Headers"));
    }

    [Theory]
    [InlineData("https://app.test", "On", Origin, true)]
    [InlineData("https://app.test", "Off", Origin, false)]
    [InlineData("https://app.test null", "On null", Origin, true)]
    [InlineData("https://app.test null", "On null", "null", true)]
    [InlineData("null", "Off", "null", false)]
    [InlineData("https://*.app.test", "On", "https://a.app.test", true)]
    public void Credentials_are_allowed_where_it_is_said(string origins, string credentials, string origin, bool allowed)
    {
        using SiteUnderTest site = Site($"CorsOrigin {origins}\nCorsCredentials {credentials}\n");
        foreach (FakeExchange answer in new[] { site.Get("/a.txt", $"Origin: {origin}"), site.Answer(Preflight("/a.txt", origin)) })
        {
            Assert.Equal(origin, AllowedOf(answer));
            Assert.Equal(allowed ? ["true"] : [], Values(answer, "Access-Control-Allow-Credentials"));
        }
    }

    [Theory]
    [InlineData("CorsOrigin *\nCorsCredentials On\n", 2, "not with CorsOrigin * (/folder/site.conf:1)")]
    [InlineData("CorsOrigin *\nCorsCredentials On null\n", 2, "not with CorsOrigin *")]
    [InlineData("CorsCredentials On\n<Location /api>\nCorsOrigin *\n</Location>\n", 1, "not with CorsOrigin * (/folder/site.conf:3)")]
    [InlineData("CorsOrigin *\n<Location /api>\nCorsCredentials On\n</Location>\n", 3, "not with CorsOrigin *")]
    [InlineData("CorsOrigin *\n<Directory /x>\n<If true>\nCorsCredentials On\n</If>\n</Directory>\n", 4, "not with CorsOrigin *")]
    [InlineData("CorsOrigin https://a.test null\nCorsCredentials On\n", 2, "any site can make a page whose origin is null")]
    [InlineData("CorsOrigin https://a.test\nCorsCredentials On\nCorsMethods *\n", 2, "the * of CorsMethods is only a name")]
    [InlineData("CorsOrigin https://a.test\nCorsCredentials On\nCorsHeaders * Authorization\n", 2, "the * of CorsHeaders is only a name")]
    [InlineData("CorsOrigin https://a.test\nCorsCredentials On\nCorsExposeHeaders *\n", 2, "the * of CorsExposeHeaders is only a name")]
    public void What_browsers_refuse_or_everybody_could_use_is_an_error_with_its_line(string conf, int line, string message)
    {
        ConfigurationErrorOf(conf, out int at, out string said);

        Assert.Contains(message, said, StringComparison.Ordinal);
        Assert.Equal(line, at);
    }

    [Theory]
    [InlineData("*", "*")]
    [InlineData("null", "null")]
    public void Sections_that_only_meet_at_a_path_never_give_credentials_to_all(string word, string allowed)
    {
        using SiteUnderTest site = Site($"<Location /a.txt>\nCorsCredentials On\n</Location>\n<LocationMatch txt$>\nCorsOrigin {word}\n</LocationMatch>\n");
        FakeExchange answer = site.Get("/a.txt", "Origin: null");

        Assert.Equal(allowed, AllowedOf(answer));
        Assert.Empty(Values(answer, "Access-Control-Allow-Credentials"));
    }

    [Theory]
    [InlineData("Header set Access-Control-Allow-Origin *")]
    [InlineData("Header always set access-control-allow-origin https://evil.test")]
    [InlineData("Header set Access-Control-Allow-Credentials true")]
    [InlineData("Header set Access-Control-Allow-Origin * env=!no")]
    public void What_Header_says_of_CORS_counts_only_where_CorsOrigin_does_not_hold(string header)
    {
        using SiteUnderTest site = Site($"{header}\n<Location /a.txt>\nCorsOrigin {Origin}\n</Location>\n");
        FakeExchange held = site.Get("/a.txt", $"Origin: {Origin}");

        Assert.Equal(Origin, AllowedOf(held));
        Assert.Empty(Values(held, "Access-Control-Allow-Credentials"));
        Assert.Contains(header.Split(' ')[^(header.Contains("env", StringComparison.Ordinal) ? 2 : 1)],
            Values(site.Get("/b.txt"), "Access-Control-Allow-Origin").Concat(Values(site.Get("/b.txt"), "Access-Control-Allow-Credentials")));
    }

    [Fact]
    public void The_page_that_was_asked_for_decides_and_not_the_document_of_its_error()
    {
        using SiteUnderTest site = Site(Conf);

        // From then on the kernel knows without the disk what is there.
        Assert.Null(AllowedOf(site.Get("/gone.txt", $"Origin: {Origin}")));
        FakeExchange answer = site.Get("/gone", $"Origin: {Origin}");

        Assert.Equal((410, "the document", Origin), (answer.Status, answer.Text, AllowedOf(answer)));
    }

    [Fact]
    public void Vary_says_each_name_once()
    {
        using SiteUnderTest site = Site($"CorsOrigin {Origin}\nHeader append Vary origin\n");

        Assert.Equal(["origin"], Values(site.Get("/a.txt"), "Vary"));
    }

    private static SiteUnderTest Site(string conf)
    {
        var site = new SiteUnderTest { Conf = conf };
        site.Folder.With("a.txt", "xyz").With("b.txt", "x").With("folder/index.html", "x").With("list/x", "x").With("gone.txt", "the document").With("page.html", new string('x', 5000)).With("page.htm", new string('x', 5000)).With("denied/x", "x");
        return site;
    }

    private static void ConfigurationErrorOf(string conf, out int line, out string message)
    {
        Configuration.ConfigurationError error = Assert.Single(SiteConfiguration.LoadFolder(
            new Configuration.Loading.InMemorySource().With("/folder/site.conf", conf), "/folder", hasFile: true, static _ => []).Errors);
        Assert.Equal("/folder/site.conf", error.Position.File);
        (line, message) = (error.Position.Line, error.Message);
    }
}
