using Microsoft.Playwright;

namespace Roundtrip.Browser.Tests.Live;

/// <summary>A tab with the page that listens.</summary>
internal sealed class LivePage(LiveSite site, IPage page)
{
    private const int Patience = 60_000;
    private const string InUse = "carrier => live.state.phase === 'open' && live.carrier === carrier";
    private const string Hello = "hello";

    public IPage Tab => page;

    /// <param name="options">Beside the token, what <c>connect</c> is given: JSON.</param>
    public static async Task<LivePage> OpenAsync(LiveSite site, IBrowserContext context, bool isSecure, string options = "{}", bool hasClock = false, string name = "127.0.0.1")
    {
        IPage page = await context.NewPageAsync();
        if (hasClock)
        {
            await page.Clock.InstallAsync();
        }

        await page.GotoAsync(site.Url(isSecure, name));
        await page.WaitForFunctionAsync("window.isReady", null, new PageWaitForFunctionOptions { Timeout = Patience });
        await page.EvaluateAsync($"token => begin(['a'], {"{"} ...{options}, token {"}"})", site.Token);
        return new LivePage(site, page);
    }

    /// <summary>Publishes until it is heard: from then on this tab hears all. The first poll tells where it begins, and what was published before that is not for it.</summary>
    public async Task HearAsync()
    {
        int before = await HellosAsync();
        await Condition.HoldsAsync(
            async () =>
            {
                await site.PublishAsync("a", Hello, $"urn:{Hello}:{Guid.NewGuid()}");
                return await HellosAsync() > before;
            },
            () => $"nothing is heard; the log: {site.Log}");
    }

    private Task<int> HellosAsync() => page.EvaluateAsync<int>($"got.filter(each => each === '{Hello}').length");

    public Task<string[]> GotAsync() => page.EvaluateAsync<string[]>("got");

    /// <summary>What came, without the publications by which it was found out that something comes.</summary>
    public async Task<string[]> HeardAsync() => [.. (await GotAsync()).Where(static each => each != Hello)];

    /// <summary>Asserts that m0 to the last came, each once and in order, but for what a gap stands for.</summary>
    /// <param name="mayMiss">Whether there may be gaps at all.</param>
    public async Task HasAllAsync(int count, bool mayMiss = false)
    {
        await UntilGotAsync($"m{count - 1}");
        string[] heard = await HeardAsync();
        if (!mayMiss)
        {
            Assert.Equal(Enumerable.Range(0, count).Select(static i => $"m{i}"), heard);
            return;
        }

        int next = 0;
        bool isTold = false;
        foreach (string each in heard)
        {
            if (each.StartsWith("gap ", StringComparison.Ordinal))
            {
                isTold = true;
                continue;
            }

            int number = int.Parse(each[1..], null);
            Assert.True(number == next || (number > next && isTold), $"m{number} came where m{next} was next; all: {string.Join(' ', heard)}");
            (next, isTold) = (number + 1, false);
        }

        Assert.Equal(count, next);
        Assert.Contains(heard, static each => each.StartsWith("gap ", StringComparison.Ordinal));
    }

    public Task<string[]> CarriersAsync() => page.EvaluateAsync<string[]>("carriers");

    public async Task UntilAsync(string expression, object? argument = null)
    {
        try
        {
            // By time, not by frames: a tab in the background draws none.
            await page.WaitForFunctionAsync(expression, argument, new PageWaitForFunctionOptions { Timeout = Patience, PollingInterval = 50 });
        }
        catch (TimeoutException)
        {
            string state = await page.EvaluateAsync<string>("JSON.stringify([live.state, carriers, got.slice(-5)])");
            Assert.Fail($"not so: {expression} with {argument}; the page has {state}; the log: {site.Log}");
        }
    }

    public Task UntilGotAsync(string data) => UntilAsync("data => got.includes(data)", data);

    public Task<bool> HasAsync(string carrier) => page.EvaluateAsync<bool>(InUse, carrier);

    public Task UntilCarrierAsync(string carrier) => UntilAsync(InUse, carrier);
}
