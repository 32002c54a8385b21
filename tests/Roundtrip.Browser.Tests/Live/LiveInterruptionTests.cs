using Microsoft.Playwright;
using Roundtrip.Tests;

namespace Roundtrip.Browser.Tests.Live;

/// <summary>1,000 messages flow to Debian's Chromium while the server is loaded again, started again, or another one: each comes once and in order, or a gap says that it does not.</summary>
public sealed class LiveInterruptionTests(LiveBrowser browser) : IClassFixture<LiveBrowser>
{
    private const int Messages = 1000;

    [Theory]
    [InlineData("websocket", true)]
    [InlineData("sse", false)]
    [InlineData("websocket", false, Traits = ["Category", "Long"])]
    [InlineData("longpoll", true, Traits = ["Category", "Long"])]
    public async Task A_server_that_reads_its_configuration_again_loses_nothing(string carrier, bool isSecure)
    {
        using var site = new LiveSite();
        await FlowsAsync(site, carrier, isSecure, async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                await site.ReloadAsync($"LiveHistory {5000 + i} 1h");
            }
        });
    }

    [Theory]
    [InlineData("websocket", true, true)]
    [InlineData("websocket", false, false, Traits = ["Category", "Long"])]
    [InlineData("sse", true, false, Traits = ["Category", "Long"])]
    [InlineData("longpoll", false, true)]
    public async Task A_server_that_is_started_again_loses_nothing_with_its_history_in_SQLite(string carrier, bool isSecure, bool kills)
    {
        using var site = new LiveSite("LiveStore sqlite:{folder}/.live.db");
        await FlowsAsync(site, carrier, isSecure, () => Task.Run(() => site.Replace(overlaps: false, kills)));
    }

    [Theory]
    [InlineData("websocket", false)]
    [InlineData("sse", true, Traits = ["Category", "Long"])]
    public async Task A_server_that_is_started_again_without_its_history_says_so(string carrier, bool isSecure)
    {
        using var site = new LiveSite();
        await FlowsAsync(site, carrier, isSecure, () => Task.Run(() => site.Replace(overlaps: false, kills: true)), mayMiss: true);
    }

    [Theory]
    [InlineData("websocket", true)]
    [InlineData("sse", false)]
    [InlineData("longpoll", false, Traits = ["Category", "Long"])]
    public async Task Another_server_that_shares_Redis_takes_over_and_nothing_is_lost(string carrier, bool isSecure)
    {
        using var redis = new RedisProcess();
        using var site = new LiveSite($"LiveBackplane {redis.Url}");
        await FlowsAsync(site, carrier, isSecure, () => Task.Run(() => site.Replace(overlaps: true, kills: true)));
    }

    [Theory]
    [InlineData("{}", "websocket", true)]
    [InlineData("{ carriers: ['sse'] }", "sse", false)]
    [InlineData("{ carriers: ['longpoll'] }", "longpoll", false, Traits = ["Category", "Long"])]
    public async Task A_page_that_was_there_before_the_hub_s_store_hears_all_once_that_has_come(string options, string carrier, bool isSecure)
    {
        using var redis = new RedisProcess();
        redis.Kill();
        using var site = new LiveSite($"LiveBackplane {redis.Url}");
        await using IBrowserContext context = await browser.Chromium.NewContextAsync();
        LivePage page = await LivePage.OpenAsync(site, context, isSecure, options);

        // The browser's own would give up for good at any status but 200.
        await page.Tab.EvaluateAsync("window.source = new EventSource('/.well-known/mercure?topic=a'); source.onmessage = ({ data }) => got.push(`source ${data}`); true");
        await page.UntilAsync("source.readyState === EventSource.OPEN");
        Assert.False(await page.HasAsync(carrier) && carrier != "sse");
        redis.Restart(keepsData: false);

        await page.UntilCarrierAsync(carrier);
        await page.HearAsync();

        // Who gave no id begins with what comes once it is there, each for itself.
        while (!(await page.GotAsync()).Contains("source hello"))
        {
            await page.HearAsync();
        }

        await site.PublishAsync("a", "stored", "urn:1");
        await page.UntilGotAsync("stored");
        await page.UntilGotAsync("source stored");
        Assert.Equal(["stored"], (await page.HeardAsync()).Where(static each => !each.StartsWith("source", StringComparison.Ordinal)));
    }

    private async Task FlowsAsync(LiveSite site, string carrier, bool isSecure, Func<Task> interruption, bool mayMiss = false)
    {
        await using IBrowserContext context = await browser.Chromium.NewContextAsync();
        LivePage page = await LivePage.OpenAsync(site, context, isSecure, $"{"{"} carriers: ['{carrier}'] {"}"}");
        await page.UntilCarrierAsync(carrier);
        await page.HearAsync();
        await site.FlowAsync(Messages, interruption);

        await page.HasAllAsync(Messages, mayMiss);
    }
}
