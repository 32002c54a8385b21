using Microsoft.Playwright;
using Roundtrip.Peers.Tests;

namespace Roundtrip.Browser.Tests;

/// <summary>The samples of live channels in Debian's Chromium, on the program itself: every mechanism at work, one connection for many tabs, and what a broken one does.</summary>
public sealed class LiveSampleTests : IAsyncLifetime
{
    private const int Patience = 60_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-live-").FullName;
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
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public Task Every_mechanism_of_the_sample_page_passes() => AllPass(isSecure: true);

    [Fact]
    [Trait("Category", "Long")]
    public Task So_it_does_from_the_page_over_HTTP_1() => AllPass(isSecure: false);

    // What is taken away at the server, and how the names of the rows begin that fail then.
    [Theory]
    [Trait("Category", "Long")]
    [InlineData("LiveAnonymous On", "LiveAnonymous Off", "carrier- sse- http-stream")]
    [InlineData("CorsExposeHeaders X-Answer", "", "cors-")]
    [InlineData("CorsCredentials On", "", "cors-")]
    public async Task What_is_broken_at_the_server_fails_where_it_is_used_and_nowhere_else(string line, string broken, string groups)
    {
        Copy(Path.Combine(Repository.Root, "samples/browser"), _folder);
        string conf = Path.Combine(_folder, "site.conf");
        string text = await File.ReadAllTextAsync(conf, TestContext.Current.CancellationToken);
        Assert.Contains(line, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(conf, text.Replace(line, broken, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        using var server = new RoundtripProcess(_folder);
        (string result, string[] failed) = await Run(server.Http, server.Https);

        Assert.Equal("fail", result);
        Assert.NotEmpty(failed);
        Assert.All(failed, row => Assert.Contains(groups.Split(' '), group => row.StartsWith(group, StringComparison.Ordinal)));
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

    private async Task<(string Result, string[] Failed)> Run(string url, string other)
    {
        await using IBrowserContext context = await _browser.NewContextAsync();
        IPage page = await context.NewPageAsync();
        await page.GotoAsync($"{url}?other={Uri.EscapeDataString(other.TrimEnd('/'))}");
        await page.WaitForFunctionAsync("document.documentElement.dataset.result !== 'running'", null, new PageWaitForFunctionOptions { Timeout = 2 * Patience });
        string result = await page.EvaluateAsync<string>("document.documentElement.dataset.result");
        string[] failed = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('tr[data-result=fail]')].map(row => row.id || row.textContent)");
        return (result, failed);
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
