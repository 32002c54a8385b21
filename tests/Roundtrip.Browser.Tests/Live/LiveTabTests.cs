using Microsoft.Playwright;

namespace Roundtrip.Browser.Tests.Live;

/// <summary>Where the connection of many tabs lives, counted at the server; and that a tab may close or be killed in the flow of 1,000 messages without the others missing one.</summary>
public sealed class LiveTabTests(LiveBrowser browser) : IClassFixture<LiveBrowser>
{
    private const int Messages = 1000;

    // Without locks nobody can lead: then each tab has its own connection, in its worker or in the page.
    [Theory]
    [InlineData("a SharedWorker has one", "{}", "127.0.0.1", 1)]
    [InlineData("a SharedWorker has one also without locks", "{}", LiveBrowser.OtherName, 1, Traits = ["Category", "Long"])]
    [InlineData("a leading tab's worker has one, and so has the next", "{ home: 'worker' }", "127.0.0.1", 2)]
    [InlineData("a leading page has one, and so has the next", "{ home: 'page' }", "127.0.0.1", 2)]
    [InlineData("each tab's worker has one", "{ home: 'worker' }", LiveBrowser.OtherName, 7, Traits = ["Category", "Long"])]
    [InlineData("each page has one", "{ home: 'page' }", LiveBrowser.OtherName, 7, Traits = ["Category", "Long"])]
    public async Task Seven_tabs_hear_all_over_as_few_connections_as_their_home_allows_while_the_first_one_closes(string what, string options, string name, int connections)
    {
        using var site = new LiveSite();
        await using (IBrowserContext context = await browser.Chromium.NewContextAsync())
        {
            List<LivePage> pages = await OpenAsync(site, context, 7, options, name);
            Assert.All(pages, page => Assert.Equal(options.Contains("worker", StringComparison.Ordinal) ? 1 : 0, page.Tab.Workers.Count));
            await site.FlowAsync(Messages, () => pages[0].Tab.CloseAsync());
            foreach (LivePage page in pages.Skip(1))
            {
                await page.HasAllAsync(Messages);
            }
        }

        Count(site, connections, what);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{ home: 'worker' }")]
    [InlineData("{ home: 'page' }")]
    public async Task A_tab_that_is_killed_with_the_connection_in_it_leaves_the_others_with_all_messages(string options)
    {
        using var site = new LiveSite();
        await using (IBrowserContext context = await browser.Chromium.NewContextAsync())
        {
            List<LivePage> pages = await OpenAsync(site, context, 3, options, "127.0.0.1");
            var crashed = new TaskCompletionSource();
            pages[0].Tab.Crash += (_, _) => crashed.TrySetResult();

            // The first one made the SharedWorker, which runs in its process; or it leads.
            await site.FlowAsync(Messages, async () =>
            {
                await Assert.ThrowsAnyAsync<PlaywrightException>(() => pages[0].Tab.GotoAsync("chrome://crash"));
                await crashed.Task.WaitAsync(TimeSpan.FromSeconds(60));
            });
            await pages[1].HasAllAsync(Messages);
            await pages[2].HasAllAsync(Messages);
        }

        Count(site, 2, "the one that was killed had one, and so has its successor");
    }

    [Fact]
    public async Task Where_there_is_no_SharedWorker_a_tab_leads_and_without_any_worker_a_page_does()
    {
        foreach (string missing in (string[])["delete window.SharedWorker", "delete window.SharedWorker; delete window.Worker"])
        {
            using var site = new LiveSite();
            await using (IBrowserContext context = await browser.Chromium.NewContextAsync())
            {
                await context.AddInitScriptAsync(missing);
                List<LivePage> pages = await OpenAsync(site, context, 2, "{}", "127.0.0.1");
                Assert.Equal(missing.Contains("window.Worker", StringComparison.Ordinal) ? 0 : 1, pages[0].Tab.Workers.Count);
                await site.FlowAsync(20, () => Task.CompletedTask);
                await pages[0].HasAllAsync(20);
                await pages[1].HasAllAsync(20);
            }

            Count(site, 1, missing);
        }
    }

    private static async Task<List<LivePage>> OpenAsync(LiveSite site, IBrowserContext context, int count, string options, string name)
    {
        var pages = new List<LivePage>();
        for (int i = 0; i < count; i++)
        {
            LivePage page = await LivePage.OpenAsync(site, context, isSecure: false, options, name: name);
            await page.UntilCarrierAsync("websocket");
            await page.HearAsync();
            pages.Add(page);
        }

        return pages;
    }

    // A WebSocket is logged when it has ended: the server is stopped first.
    private static void Count(LiveSite site, int connections, string what)
    {
        site.Stop();
        int counted = site.Logged("GET /.well-known/mercure HTTP/1.1\" 101");
        Assert.True(connections == counted, $"{what}: {connections} connections expected, {counted} counted; the log: {site.Log}");
    }
}
