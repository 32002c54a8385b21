using Microsoft.Playwright;
using Roundtrip.Peers.Tests;

namespace Roundtrip.Browser.Tests;

/// <summary>The samples of live channels in Debian's Chromium, on the program itself: every mechanism at work, and one connection for many tabs.</summary>
public sealed class LiveSampleTests : IAsyncLifetime
{
    private const int Patience = 60_000;

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        // A SharedWorker's requests are not covered by a context's own way to ignore certificates.
        _browser = await Chromium.LaunchAsync(_playwright, "--ignore-certificate-errors");
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    [Fact]
    public Task Every_mechanism_of_the_sample_page_passes() => AllPass(isSecure: true);

    [Fact]
    [Trait("Category", "Long")]
    public Task So_it_does_from_the_page_over_HTTP_1() => AllPass(isSecure: false);

    // A refusal looks to a page like a network that is away.
    [Fact]
    public async Task Where_the_other_origin_is_away_no_row_that_is_about_it_passes()
    {
        using var server = new RoundtripProcess(Path.Combine(Repository.Root, "samples/browser"));
        (string result, string[] failed) = await Run(server.Http, "http://127.0.0.1:9/", only: "cors");
        (_, string[] socket) = await Run(server.Http, "http://127.0.0.1:9/", only: "ws-origin");

        Assert.Equal("fail", result);
        Assert.Equal(
            ["cors-credentials", "cors-credentials-any", "cors-expose", "cors-no-credentials", "cors-open-preflight", "cors-preflight", "cors-preflight-field", "cors-preflight-method", "cors-refused", "cors-simple"],
            failed.Select(static row => row.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.Single(socket);
    }

    [Fact]
    public async Task Seven_tabs_have_one_connection_and_all_see_what_one_of_them_says()
    {
        using var server = new RoundtripProcess(Path.Combine(Repository.Root, "samples/live"));
        await using IBrowserContext context = await _browser.NewContextAsync();
        var pages = new List<IPage>();
        for (int i = 0; i < 7; i++)
        {
            IPage page = await context.NewPageAsync();
            await page.GotoAsync(server.Http);
            pages.Add(page);
        }

        foreach (IPage page in pages)
        {
            await page.WaitForFunctionAsync("document.getElementById('phase').textContent === 'open'", null, new PageWaitForFunctionOptions { Timeout = Patience });
        }

        await Say(pages[3], "one");
        foreach (IPage page in pages)
        {
            await UntilSaid(page, "one");
        }

        // The tab that came first closes: nobody misses anything.
        await pages[0].CloseAsync();
        await Say(pages[6], "two");
        await UntilSaid(pages[1], "two");
        await context.CloseAsync();

        (_, string log) = server.Stop();
        Assert.True(1 == log.Split('\n').Count(line => line.Contains("GET /.well-known/mercure", StringComparison.Ordinal) && line.Contains("\" 101 ", StringComparison.Ordinal)), log);
    }

    private async Task AllPass(bool isSecure)
    {
        using var server = new RoundtripProcess(Path.Combine(Repository.Root, "samples/browser"));
        (string result, string[] failed) = await Run(isSecure ? server.Https : server.Http, isSecure ? server.Http : server.Https);

        Assert.Empty(failed);
        Assert.Equal("pass", result);
    }

    private static async Task UntilSaid(IPage page, string text) =>
        await page.WaitForFunctionAsync("text => document.getElementById('messages').textContent.includes(text)", text, new PageWaitForFunctionOptions { Timeout = Patience });

    private static async Task Say(IPage page, string text)
    {
        await page.Locator("input[name=name]").FillAsync("tester");
        await page.Locator("input[name=text]").FillAsync(text);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Send" }).ClickAsync();
    }

    private async Task<(string Result, string[] Failed)> Run(string url, string other, string only = "")
    {
        await using IBrowserContext context = await _browser.NewContextAsync();
        IPage page = await context.NewPageAsync();
        await page.GotoAsync($"{url}?only={only}&other={Uri.EscapeDataString(other.TrimEnd('/'))}");
        await page.WaitForFunctionAsync("document.documentElement.dataset.result !== 'running'", null, new PageWaitForFunctionOptions { Timeout = 2 * Patience });
        string result = await page.EvaluateAsync<string>("document.documentElement.dataset.result");
        string[] failed = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('tr[data-result=fail]')].map(row => row.id || row.textContent)");
        return (result, failed);
    }
}
