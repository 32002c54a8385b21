using Microsoft.Playwright;
using Roundtrip.Peers.Tests;

namespace Roundtrip.Browser.Tests;

/// <summary>The sample site in Debian's Chromium, over HTTPS, as a visitor sees it.</summary>
public sealed class SampleSiteTests : IAsyncLifetime
{
    private readonly RoundtripProcess _server = new(Repository.SampleSite);
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task Every_page_loads_over_https_without_a_console_error_or_a_failed_request()
    {
        await using IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true });
        IPage page = await context.NewPageAsync();
        List<string> complaints = [];
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints.Add($"{page.Url}: {message.Text}");
            }
        };
        page.PageError += (_, fault) => complaints.Add($"{page.Url}: {fault}");
        page.RequestFailed += (_, request) => complaints.Add($"{request.Url} failed: {request.Failure}");
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                complaints.Add($"{response.Url}: {response.Status}");
            }
        };

        var seen = new HashSet<string>();
        var waiting = new Queue<string>([_server.Https]);
        while (waiting.TryDequeue(out string? url))
        {
            if (!seen.Add(url))
            {
                continue;
            }

            await page.GotoAsync(url, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
            Assert.NotEqual("", await page.TitleAsync());
            string[] links = await page.EvaluateAsync<string[]>("Array.from(document.querySelectorAll('a[href]'), a => a.href.split('#')[0])");
            foreach (string link in links.Where(link => link.StartsWith(_server.Https, StringComparison.Ordinal) && (link.EndsWith('/') || link.EndsWith(".html", StringComparison.Ordinal))))
            {
                waiting.Enqueue(link);
            }
        }

        Assert.Empty(complaints);
        Assert.InRange(seen.Count, 4, 100);
    }

    [Fact]
    public async Task A_second_visit_asks_only_whether_things_changed()
    {
        // Over HTTP: Chromium keeps nothing that came with a certificate it does not trust.
        await using IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true });
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(_server.Http, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        await page.ReloadAsync(new PageReloadOptions { WaitUntil = WaitUntilState.NetworkIdle });

        // Chromium shows a script 200 for what it revalidated: the access log says what went over the wire.
        _server.UntilLogged("\"GET / HTTP/1.1\" 304 ");
    }

    [Theory]
    [InlineData(false, "http/1.1")]
    [InlineData(true, "h2")]
    public async Task One_server_gives_Chromium_HTTP_1_1_without_TLS_and_HTTP_2_with_it(bool isSecure, string protocol)
    {
        await using IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true });
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(isSecure ? _server.Https : _server.Http, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });

        // What came out of the browser's own memory had no next hop.
        string[] protocols = await page.EvaluateAsync<string[]>(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(entry => entry.nextHopProtocol).filter(name => name !== '')");

        Assert.True(protocols.Length > 1, "the page has no resources");
        Assert.All(protocols, each => Assert.Equal(protocol, each));
    }

    [Fact]
    public async Task Resources_share_the_page_s_connections_over_http_1_1()
    {
        await using IBrowserContext context = await _browser.NewContextAsync();
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(_server.Http, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        int reused = await page.EvaluateAsync<int>("performance.getEntriesByType('resource').filter(r => r.connectStart === r.connectEnd).length");

        Assert.True(reused > 0, "every resource had a connection of its own");
    }

    [Fact]
    public async Task Resources_all_go_over_the_page_s_one_connection_in_HTTP_2()
    {
        await using IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true });
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(_server.Https, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
        int[] handshakes = await page.EvaluateAsync<int[]>("performance.getEntriesByType('resource').map(r => r.connectStart === r.connectEnd ? 0 : 1)");

        Assert.NotEmpty(handshakes);
        Assert.All(handshakes, each => Assert.Equal(0, each));
    }
}
