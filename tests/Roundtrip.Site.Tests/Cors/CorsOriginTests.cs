using Roundtrip.Site.Tests.Support;
using static Roundtrip.Site.Tests.Cors.CorsAnswer;

namespace Roundtrip.Site.Tests.Cors;

/// <summary>Which origins a word of CorsOrigin allows: those that were meant, and none that only look like them.</summary>
public class CorsOriginTests
{
    [Theory]
    [InlineData("https://example.org", "https://example.org")]
    [InlineData("https://example.org:8443", "https://example.org:8443")]
    [InlineData("https://a.test https://b.test", "https://b.test")]
    [InlineData("http://[::1]:8080", "http://[::1]:8080")]
    [InlineData("https://xn--bcher-kva.example", "https://xn--bcher-kva.example")]
    [InlineData("chrome-extension://abcdefghijklmnop", "chrome-extension://abcdefghijklmnop")]
    [InlineData("null", "null")]
    [InlineData("https://*.example.org", "https://a.example.org")]
    [InlineData("https://*.example.org", "https://b.a.example.org")]
    [InlineData("https://*.example.org:8443", "https://a.example.org:8443")]
    [InlineData("http://*.localhost", "http://app.localhost")]
    [InlineData(@"~^https://(a|b)\.example\.org$", "https://b.example.org")]
    [InlineData(@"~^https?://localhost(:[0-9]+)?$", "http://localhost:5173")]
    [InlineData(@"~^https://pr-[0-9]+-team\.preview\.test$", "https://pr-17-team.preview.test")]
    [InlineData(@"~^https://a\.test|https://b\.test$", "https://b.test")]
    [InlineData(@"~^https://a|https://a\.test$", "https://a.test")]
    public void An_origin_that_is_named_may_read(string words, string origin)
    {
        using SiteUnderTest site = Site($"CorsOrigin {words}");
        FakeExchange answer = site.Get("/a.txt", $"Origin: {origin}");

        Assert.Equal((200, origin, true), (answer.Status, AllowedOf(answer), VariesByOrigin(answer)));
        Assert.Empty(Values(answer, "Access-Control-Allow-Credentials"));
    }

    public static TheoryData<string, string> Strangers()
    {
        var rows = new TheoryData<string, string>();
        string[] origins =
        [
            "https://example.org.evil.test", "https://evil-example.org", "https://evilexample.org", "https://example.org.", "https://EXAMPLE.ORG", "HTTPS://example.org", "https://example.org:443",
            "https://example.org:8443", "http://example.org", "https://example.org/", "https://example.org/path", "https://user@example.org", "https://example.org@evil.test", "https://evil.test/example.org",
            "https://evil.test/.example.org", "https://evil.test?.example.org", "https://evil.test#.example.org", "https://.example.org", "https://evil.test:1.example.org", "https://a..example.org",
            "https://a.example.org.", "https://A.example.org", "https://a.example.org:8443", "https://[::1].example.org", "https://a_b\\.example.org", "https://example.org https://example.org",
            "https://example.org, https://example.org", "https://evil.test, https://a.example.org", "null", "NULL", "*", "https://*.example.org", "", "example.org", "//example.org", "https://exampleXorg",
            "https://example.org%00.evil.test", "https://example.org%2eevil.test", "https://a.example.org\u00e9", "https://\u00e9.example.org", "file://", "https://",
        ];
        foreach (string words in (string[])["https://example.org", "https://*.example.org", @"~^https://([a-z]+\.)*example\.org$", @"~^https://.*\.example\.org$"])
        {
            foreach (string origin in origins)
            {
                rows.Add(words, origin);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Strangers))]
    public void An_origin_that_only_looks_like_one_that_is_named_may_not(string words, string origin)
    {
        using SiteUnderTest site = Site($"CorsOrigin {words}");
        FakeExchange answer = site.Get("/a.txt", $"Origin: {origin}");
        FakeExchange preflight = site.Answer(Preflight("/a.txt", origin));

        Assert.Equal((200, null, true), (answer.Status, AllowedOf(answer), VariesByOrigin(answer)));
        Assert.Equal((403, null, true), (preflight.Status, AllowedOf(preflight), VariesByOrigin(preflight)));
        Assert.Empty(Values(preflight, "Access-Control-Allow-Methods"));
    }

    [Theory]
    [InlineData("https://example.org")]
    [InlineData("https://evil.test")]
    public void Two_Origin_fields_are_nobodys(string other)
    {
        using SiteUnderTest site = Site("CorsOrigin https://example.org\nCorsCredentials On");
        site.Get("/a.txt", "Origin: https://example.org");
        FakeExchange answer = site.Get("/a.txt", "Origin: https://example.org", $"Origin: {other}");

        Assert.Equal((200, null, true), (answer.Status, AllowedOf(answer), VariesByOrigin(answer)));
    }

    [Fact]
    public void The_domain_itself_is_not_below_it()
    {
        using SiteUnderTest site = Site("CorsOrigin https://*.example.org");

        Assert.Null(AllowedOf(site.Get("/a.txt", "Origin: https://example.org")));
    }

    [Fact]
    public void An_origin_that_was_allowed_is_not_taken_for_the_next_one()
    {
        using SiteUnderTest site = Site(@"CorsOrigin ~^https://[ab]\.test$");

        foreach (char name in "aacbca")
        {
            Assert.Equal(name == 'c' ? null : $"https://{name}.test", AllowedOf(site.Get("/a.txt", $"Origin: https://{name}.test")));
        }
    }

    [Theory]
    [InlineData("https://example.org/", "its form is https://example.org")]
    [InlineData("https://Example.org", "its form is https://example.org")]
    [InlineData("https://example.org:443", "its form is https://example.org")]
    [InlineData("http://example.org:80", "its form is http://example.org")]
    [InlineData("https://example.org/app", "its form is https://example.org")]
    [InlineData("https://b\u00fccher.example", "its form is https://xn--bcher-kva.example")]
    [InlineData("https://example.org.", "is no origin")]
    [InlineData("example.org", "is no origin")]
    [InlineData("https://", "is no origin")]
    [InlineData("NULL", "is no origin")]
    [InlineData("https://a.test none", "is no origin")]
    [InlineData("https://*.org", "allows every site below org")]
    [InlineData("https://*", "a * stands for names below a domain")]
    [InlineData("https://ex*.example.org", "a * stands for names below a domain")]
    [InlineData("*.example.org", "a * stands for names below a domain")]
    [InlineData("https://*.*.example.org", "a * stands for names below a domain")]
    [InlineData("https://*.192.0.2.1", "an address has no names below it")]
    [InlineData("https://*.Example.org", "its form is https://example.org")]
    [InlineData("* https://example.org", "* allows every origin")]
    [InlineData(@"~https://example\.org", "is not anchored")]
    [InlineData(@"~^https://example\.org", "is not anchored")]
    [InlineData(@"~https://example\.org$", "is not anchored")]
    [InlineData(@"~^https://example\.org\$", "is not anchored")]
    [InlineData("~^https://example.org$", "a dot stands for any character")]
    [InlineData("~^.*$", "matches too much: https://roundtrip-probe.test")]
    [InlineData("~^https://.*$", "matches too much: https://roundtrip-probe.test")]
    [InlineData(@"~^https://[^/]+\.org$", "matches too much: https://www.roundtrip-probe.org")]
    [InlineData(@"~^https://.*example\.org$", "matches too much: https://roundtrip-probeexample.org")]
    [InlineData(@"~^https://example\.org.*$", "matches too much: https://example.org.roundtrip-probe.test")]
    [InlineData(@"~^https://(www\.)?example\.org|.*$", "matches too much: https://roundtrip-probe.test")]
    [InlineData("~^https://($", "Regular expression")]
    public void A_word_that_no_browser_sends_or_that_allows_more_than_is_meant_is_an_error_of_its_line(string words, string message) =>
        Assert.Contains(message, Assert.Single(SiteUnderTest.Complaints($"CorsOrigin {words}\n")), StringComparison.Ordinal);

    private static SiteUnderTest Site(string conf)
    {
        var site = new SiteUnderTest { Conf = conf + "\n" };
        site.Folder.With("a.txt", "x");
        return site;
    }
}
