using Roundtrip.Core;
using Roundtrip.Http.Companions;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.EarlyHints;

/// <summary>Who is sent 103, with what, and what may be learnt for it. A page that has to be compressed leaves its loop the first time.</summary>
public class EarlyHintsTests
{
    // What keeps every answer off the loop: the first look at a file that is to be compressed.
    private const string Slow = "AddOutputFilterByType BROTLI_COMPRESS text/html\n";
    private const string Hints = "H2PushResource /a.css\nH2EarlyHint Link \"</b.js>; rel=preload; as=script\"\n";

    private static readonly string[] Navigate = ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"];

    [Theory]
    [InlineData("EarlyHints on")]
    [InlineData("EarlyHints learn")]
    [InlineData("H2EarlyHints on\nEarlyHints on")]
    public void A_page_that_is_not_answered_at_once_is_announced_with_what_the_configuration_names(string directive)
    {
        using var site = Site($"{directive}\n{Slow}{Hints}");

        Assert.Equal(["103 Link: </b.js>; rel=preload; as=script\r\nLink: </a.css>; rel=preload; as=style\r\n"], site.Get("/index.html", Navigate).Interim);
    }

    [Fact]
    public void H2EarlyHints_is_for_HTTP_2_alone()
    {
        using var site = Site($"H2EarlyHints on\n{Slow}{Hints}");

        Assert.Single(site.Answer(new FakeExchange("GET /index.html HTTP/2\nHost: localhost\nSec-Fetch-Mode: navigate\n")).Interim);
    }

    [Fact]
    public void A_page_that_is_answered_at_once_is_not_announced()
    {
        using var site = Site($"EarlyHints on\n{Slow}{Hints}");
        site.Get("/index.html");

        Assert.Empty(site.Get("/index.html", Navigate).Interim);
    }

    [Theory]
    [InlineData("")]
    [InlineData("EarlyHints off")]
    [InlineData("EarlyHints on\nEarlyHints off")]
    [InlineData("EarlyHints on\nH2EarlyHints off")]
    [InlineData("H2EarlyHints on")] // which is for HTTP/2 alone
    [InlineData("EarlyHints on\nSetEnv no-early-hints 1")]
    [InlineData("EarlyHints on\nBrowserMatch Bad/1 no-early-hints")]
    [InlineData("EarlyHints on\n<Location /index.html>\nRequire ip 192.0.2.0/24\n</Location>")]
    [InlineData("EarlyHints on\n<Location /index.html>\nRequire all denied\n</Location>")]
    [InlineData("EarlyHints on\n<If \"%{HTTP:X} != '1'\">\nRequire all denied\n</If>")]
    public void Nothing_is_announced_where_the_configuration_does_not_want_it_or_not_everybody_may_have_the_page(string directives)
    {
        using var site = Site($"{Slow}{Hints}{directives}\n");

        Assert.Empty(site.Get("/index.html", [.. Navigate, "User-Agent: Bad/1"]).Interim);
    }

    [Theory]
    [InlineData("GET /index.html HTTP/1.1")]
    [InlineData("GET /index.html HTTP/1.1", "Sec-Fetch-Mode: cors")]
    [InlineData("GET /index.html HTTP/1.1", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe")]
    [InlineData("GET /index.html HTTP/1.1", "Sec-Fetch-Mode: navigate", "If-None-Match: \"x\"")]
    [InlineData("GET /index.html HTTP/1.1", "Sec-Fetch-Mode: navigate", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("GET /index.html HTTP/1.1", "Sec-Fetch-Mode: navigate", "Range: bytes=0-1")]
    [InlineData("GET /index.html HTTP/1.0", "Sec-Fetch-Mode: navigate")]
    [InlineData("HEAD /index.html HTTP/1.1", "Sec-Fetch-Mode: navigate")]
    public void Only_a_browser_that_asks_for_a_whole_page_is_told(string line, params string[] fields)
    {
        using var site = Site($"EarlyHints on\n{Slow}{Hints}");

        Assert.Empty(site.Answer(new FakeExchange($"{line}\nHost: localhost\n{string.Concat(fields.Select(field => field + "\n"))}")).Interim);
    }

    [Fact]
    public void What_clients_fetched_for_a_page_is_told_with_it_and_what_is_configured_only_once()
    {
        using var site = Site($"EarlyHints learn\n{Slow}H2PushResource /a.css\n");
        Learn(site, Fetch("/a.css", "style"), Fetch("/b.js", "script"), Fetch("/f.woff2", "font", "cors"));

        Assert.Equal(
            ["103 Link: </a.css>; rel=preload; as=style\r\nLink: </b.js>; rel=preload; as=script\r\nLink: </f.woff2>; rel=preload; as=font; crossorigin\r\n"],
            Visit(site, 99).Interim);
    }

    [Fact]
    public void What_was_learnt_is_given_to_who_takes_pushes_with_a_page_in_memory_too()
    {
        using var site = Site("EarlyHints learn\n");
        Learn(site, Fetch("/b.js", "script"));
        FakeExchange page = Visit(site, 99);

        Assert.Empty(page.Interim);
        Assert.Equal(["</b.js>; rel=preload; as=script"], page.Companions.Select(companion => companion.Link));
    }

    public static TheoryData<string, string[]> NotLearnt => new()
    {
        { "/b.js?v=1", ["Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Referer: http://localhost/index.html"] },
        { "/b.js", ["Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Referer: http://localhost/index.html", "Authorization: Basic eA=="] },
        { "/b.js", ["Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: cross-site", "Referer: http://localhost/index.html"] },
        { "/b.js", ["Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Referer: http://other/index.html"] },
        { "/b.js", ["Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Referer: http://localhost.evil/index.html"] },
        { "/b.js", ["Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Referer: https://localhost/index.html"] },
        { "/b.js", ["Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Referer: http://localhost/index.html?q"] },
        { "/b.js", ["Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin"] },
        { "/b.js", ["Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "Referer: http://localhost/index.html"] },
        { "/missing.js", ["Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Referer: http://localhost/index.html"] },
        { "/secret/c.js", ["Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Referer: http://localhost/index.html"] },
    };

    [Theory]
    [MemberData(nameof(NotLearnt))]
    public void What_may_be_private_forged_or_denied_is_not_learnt(string target, string[] fields)
    {
        // Who fetches it here may have it: the addresses of the test are 192.0.2.*.
        using var site = Site("EarlyHints learn\n<Location /secret>\nRequire ip 192.0.2.0/24\n</Location>\n");
        Learn(site, FakeExchange.Get(target, fields), Fetch("/a.css", "style"));

        Assert.Equal(["</a.css>; rel=preload; as=style"], Visit(site, 99).Companions.Select(companion => companion.Link));
    }

    [Theory]
    [InlineData("/index.html?q=1")]
    [InlineData("/index.html", "Authorization: Basic eA==")]
    [InlineData("/index.html", "Sec-Purpose: prefetch")]
    [InlineData("/missing.html")]
    public void A_visit_that_may_be_private_or_is_none_teaches_nothing(string target, params string[] fields)
    {
        using var site = Site("EarlyHints learn\n");
        for (int client = 0; client < CompanionModel.Voices; client++)
        {
            Run(site, client, FakeExchange.Get(target, [.. Navigate, .. fields]));
            Run(site, client, Fetch("/a.css", "style", page: target.Split('?')[0]));
            site.Site.FirstHost.Host.Companions!.Advance(CompanionModel.VisitLasts);
        }

        Assert.Empty(Run(site, 99, FakeExchange.Get(target.Split('?')[0], Navigate)).Companions);
    }

    [Fact]
    public void Forged_requests_from_one_address_teach_nothing()
    {
        using var site = Site("EarlyHints learn\n");
        for (int i = 0; i < 100; i++)
        {
            Run(site, 1, FakeExchange.Get("/index.html", Navigate));
            Run(site, 1, Fetch("/b.js", "script"));
            site.Site.FirstHost.Host.Companions!.Advance(CompanionModel.VisitLasts);
        }

        Assert.Empty(Visit(site, 99).Companions);
    }

    [Fact]
    public void Without_the_directive_nothing_is_kept()
    {
        using var site = Site("EarlyHints on\n");

        Assert.Null(site.Site.FirstHost.Host.Companions);
    }

    [Theory]
    [InlineData("EarlyHints perhaps")]
    [InlineData("H2EarlyHint Link")]
    [InlineData("H2EarlyHint \"a b\" x")]
    [InlineData("H2EarlyHint Content-Length 5")]
    [InlineData("H2PushPriority image/* before")]
    [InlineData("H2PushPriority text/css sideways")]
    [InlineData("H2PushPriority text/css before 16")]
    [InlineData("H2PushPriority text/css 16 16")]
    public void What_is_wrong_is_an_error_of_its_line(string line) => Assert.NotEmpty(SiteUnderTest.Complaints(line));

    [Theory]
    [InlineData("/a.css", "</a.css>; rel=preload; as=style")]
    [InlineData("add /A.JS?v=1", "</A.JS?v=1>; rel=preload; as=script")]
    [InlineData("/m.mjs critical", "</m.mjs>; rel=preload; as=script; crossorigin; critical")]
    [InlineData("/f.woff2", "</f.woff2>; rel=preload; as=font; crossorigin")]
    [InlineData("/data", "</data>; rel=preload")]
    public void A_pushed_resource_is_a_Link_that_says_what_it_is(string arguments, string link)
    {
        using var site = Site($"H2PushResource {arguments}\n");

        Assert.Equal(link, site.Get("/index.html").Field("Link"));
    }

    [Fact]
    public void Priorities_of_pushes_are_limits_of_the_connection()
    {
        using var site = Site("H2PushPriority text/css interleaved\nH2PushPriority application/json 32\nH2PushPriority * before\n");
        Http.Http2.PushPriorities rules = SiteConfiguration.LimitsOf(site.Settings).Http2.PushPriorities;

        Assert.Equal(new(Http.Http2.PushPlacement.Interleaved, 256), rules.Of("text/css"u8));
        Assert.Equal(new(Http.Http2.PushPlacement.After, 32), rules.Of("application/json"u8));
        Assert.Equal(Http.Http2.PushPlacement.Before, rules.Of("image/png"u8).Placement);
    }

    private static SiteUnderTest Site(string conf)
    {
        var site = new SiteUnderTest { Conf = conf };
        string page = "<p>" + new string('x', 2_000);
        site.Folder.With("index.html", page).With("a.css", "a").With("b.js", "b").With("f.woff2", "f").With("secret/c.js", "c");
        return site;
    }

    private static void Learn(SiteUnderTest site, params FakeExchange[] fetches)
    {
        for (int client = 0; client < CompanionModel.LeastVoices; client++)
        {
            Visit(site, client);
            foreach (FakeExchange fetch in fetches)
            {
                fetch.Renew();
                Run(site, client, fetch);
            }

            site.Site.FirstHost.Host.Companions!.Advance(CompanionModel.VisitLasts);
        }

        // What is to be slow once more is looked at anew.
        site.Folder.With("index.html", "<p>" + new string('y', 2_000));
        site.Loop.Advance(1_000);
    }

    private static FakeExchange Visit(SiteUnderTest site, int client) => Run(site, client, FakeExchange.Get("/index.html", Navigate));

    private static FakeExchange Fetch(string path, string dest, string mode = "no-cors", string page = "/index.html") => FakeExchange.Get(
        path, $"Sec-Fetch-Dest: {dest}", $"Sec-Fetch-Mode: {mode}", "Sec-Fetch-Site: same-origin", $"Referer: http://localhost{page}");

    private static FakeExchange Run(SiteUnderTest site, int client, FakeExchange exchange)
    {
        exchange.FakeConnection.Remote = PeerAddress.FromIPv4(0xC0000200 + (uint)client, 50_000);
        site.Answer(exchange);
        site.Site.Ended(exchange);
        return exchange;
    }
}
