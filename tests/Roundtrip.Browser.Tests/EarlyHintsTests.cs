using System.Runtime.Versioning;
using Microsoft.Playwright;
using Roundtrip.Http.Companions;

namespace Roundtrip.Browser.Tests;

/// <summary>Early hints, and what is learnt for them, as Debian's Chromium has it over HTTP/2.</summary>
[SupportedOSPlatform("linux")]
public sealed class EarlyHintsTests : IAsyncLifetime
{
    private IPlaywright _playwright = null!;

    public async ValueTask InitializeAsync() => _playwright = await Playwright.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _playwright.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Chromium_starts_the_hinted_request_before_the_final_answer_comes()
    {
        using var site = new SiteInProcess(
            $"EarlyHints on\n<Location {SiteInProcess.Page}>\nH2PushResource /hinted.js\n</Location>\n<Location /hinted.js>\nHeader set Cache-Control max-age=60\n</Location>\n",
            ("hinted.js", "window.ran = true"));

        // The page is made when the script has been asked for, which nothing but the hint has told the browser of.
        site.Make = async () =>
        {
            await site.Requested("/hinted.js").WaitAsync(TimeSpan.FromSeconds(10));
            return "<!DOCTYPE html><title>page</title><script src=/hinted.js></script>";
        };
        await using IBrowser browser = await LaunchAsync(site);
        IPage page = null!;
        IResponse? answer = null;

        // Nothing obliges a browser to act on a hint, and on a busy machine Chromium has been seen not to, once in some fifty visits. Then there is no page, and a visitor with an empty cache comes again.
        for (int visit = 0; visit < 3 && answer is not { Status: 200 }; visit++)
        {
            site.Events.Clear();
            page = await (await browser.NewContextAsync()).NewPageAsync();
            answer = await page.GotoAsync($"https://localhost:{site.Port}{SiteInProcess.Page}", new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        }

        Assert.Equal(200, answer!.Status);
        Assert.Equal("h2", await page.EvaluateAsync<string>("performance.getEntriesByType('navigation')[0].nextHopProtocol"));
        Assert.Equal([SiteInProcess.Page, "/hinted.js", "answered"], site.Events.Take(3));

        // The page uses what the hint has fetched. A file without Cache-Control it would ask about once more.
        Assert.True(await page.EvaluateAsync<bool>("window.ran"));
        Assert.Single(site.Events, path => path == "/hinted.js");
    }

    [Fact]
    public async Task What_Chromium_s_own_visits_taught_is_hinted_and_what_turns_out_wrong_is_no_more_after_the_stated_number()
    {
        using var site = new SiteInProcess("EarlyHints learn\n", ("right.css", "@import '/deep.css';"), ("deep.css", "p { color: green }"), ("wrong.js", "window.wrong = true"));
        using var link = new AddressedLink(site.Port);
        await using IBrowser browser = await LaunchAsync(site);
        string content = "<!DOCTYPE html><title>page</title><link rel=stylesheet href=/right.css><script src=/wrong.js></script>";
        site.Make = () => Task.FromResult(content);
        for (int i = 0; i < CompanionModel.LeastVoices; i++)
        {
            Assert.Empty(await VisitAsync(browser, site, link));
        }

        // The one sheet asks for the other.
        string[] right = ["</deep.css>; rel=preload; as=style", "</right.css>; rel=preload; as=style"];
        const string Wrong = "</wrong.js>; rel=preload; as=script";
        Assert.Equal([.. right, Wrong], (await VisitAsync(browser, site, link)).Order());

        // The page needs it no more; who is told of it fetches it all the same.
        content = "<!DOCTYPE html><title>page</title><link rel=stylesheet href=/right.css>";
        site.Events.Clear();
        int told = 0;
        for (int i = 0; i < CompanionModel.WrongVisits; i++)
        {
            told += (await VisitAsync(browser, site, link)).Contains(Wrong) ? 1 : 0;
        }

        Assert.InRange(told, 1, CompanionModel.WrongVisits);
        Assert.InRange(site.Events.Count(path => path == "/wrong.js"), 1, told);
        site.Events.Clear();
        IReadOnlyList<string>[] after = [await VisitAsync(browser, site, link), await VisitAsync(browser, site, link)];
        Assert.All(after, links => Assert.DoesNotContain(Wrong, links));
        Assert.Contains(after, links => links.Order().SequenceEqual(right));
        Assert.DoesNotContain("/wrong.js", site.Events);
    }

    // A visitor whom nobody has seen, with nothing in the cache; what the page was told with.
    private static async Task<IReadOnlyList<string>> VisitAsync(IBrowser browser, SiteInProcess site, AddressedLink link)
    {
        link.Visitor++;
        await using IBrowserContext context = await browser.NewContextAsync();
        IPage page = await context.NewPageAsync();
        await page.GotoAsync($"https://localhost:{link.Port}{SiteInProcess.Page}", new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        site.EndVisits();
        return site.Told;
    }

    private async Task<IBrowser> LaunchAsync(SiteInProcess site) => await Chromium.LaunchAsync(_playwright, $"--ignore-certificate-errors-spki-list={site.KeyHash}");
}
