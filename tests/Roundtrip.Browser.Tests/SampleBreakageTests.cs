using System.Collections.Concurrent;
using Microsoft.Playwright;
using Roundtrip.Browser.Tests.Live;
using Roundtrip.Peers.Tests;

namespace Roundtrip.Browser.Tests;

/// <summary>samples/browser says the truth: each of its mechanisms is broken at the server, and exactly the rows that show it turn to fail.</summary>
public sealed class SampleBreakageTests(LiveBrowser browser) : IClassFixture<LiveBrowser>
{
    private const float Patience = 300_000;

    // Most of the time rows wait.
    private const int AtOnce = 4;

    [Fact]
    [Trait("Category", "Long")]
    public async Task What_is_broken_at_the_server_turns_exactly_its_rows_to_fail()
    {
        var wrong = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(SampleBreakage.All, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (breakage, _) =>
        {
            if (await WrongOfAsync([breakage]) is { } fault)
            {
                wrong.Enqueue(fault);
            }
        });

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
    }

    [Fact]
    public async Task Many_broken_mechanisms_turn_the_rows_of_each_to_fail_and_no_other()
    {
        List<SampleBreakage>[] folders = [[], [], [], [], []];
        foreach (SampleBreakage breakage in SampleBreakage.All.Where(static each => !each.IsAlone))
        {
            List<SampleBreakage>? place = folders.Where(folder => folder.TrueForAll(breakage.GoesWith)).MinBy(static folder => folder.Count);
            Assert.True(place is not null, $"{breakage.What}: there is no folder left in which nothing else breaks the same");
            place.Add(breakage);
        }

        string?[] wrong = await Task.WhenAll(folders.Select(folder => WrongOfAsync([.. folder])));
        Assert.True(wrong.All(static each => each is null), string.Join('\n', wrong));
    }

    [Fact]
    public async Task Every_row_is_broken_alone_by_one_of_them()
    {
        string folder = SampleBreakage.CopyOfSample();
        using var server = new RoundtripProcess(folder);
        await using IBrowserContext context = await browser.Chromium.NewContextAsync();
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(server.Https);
        await page.WaitForFunctionAsync("document.querySelector('tr[id]')");
        string[] rows = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('tr[id]')].map(row => row.id)");
        Directory.Delete(folder, recursive: true);

        Assert.Equal(rows.Order(), SampleBreakage.All.Select(static each => each.Rows).Where(static row => !row.Contains(' ', StringComparison.Ordinal)).Distinct().Order());
        Assert.Empty(SampleBreakage.All.SelectMany(static each => each.RowIds).Except(rows));
    }

    // What is not as it should be; null where all is.
    private async Task<string?> WrongOfAsync(SampleBreakage[] breakages)
    {
        string folder = SampleBreakage.CopyOfSample();
        try
        {
            foreach (SampleBreakage breakage in breakages)
            {
                breakage.ApplyTo(folder);
            }

            using var server = new RoundtripProcess(folder);
            await using IBrowserContext context = await browser.Chromium.NewContextAsync();
            IPage page = await context.NewPageAsync();
            await page.GotoAsync($"{server.Https}?other={Uri.EscapeDataString(server.Http.TrimEnd('/'))}");
            await page.WaitForFunctionAsync("document.documentElement.dataset.result !== 'running'", null, new PageWaitForFunctionOptions { Timeout = Patience, PollingInterval = 200 });
            string[] failed = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('tr[data-result=fail]')].map(row => `${row.id}: ${row.cells[2].textContent}`)");
            HashSet<string> expected = [.. breakages.SelectMany(static each => each.RowIds)];
            HashSet<string> actual = [.. failed.Select(static row => row.Split(':')[0])];
            return actual.SetEquals(expected)
                ? null
                : $"{string.Join("; ", breakages.Select(static each => each.What))}: still passing: {string.Join(' ', expected.Except(actual))}; failing too: {string.Join(" | ", failed.Where(row => !expected.Contains(row.Split(':')[0])))}";
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
