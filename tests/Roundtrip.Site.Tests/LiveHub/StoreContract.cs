using System.Net;
using System.Text.Json;

namespace Roundtrip.Site.Tests.LiveHub;

/// <summary>What holds of a hub, whatever keeps its messages.</summary>
public abstract class StoreContract
{
    /// <summary>The directives that choose the store.</summary>
    protected abstract string Store { get; }

    [Fact]
    public async Task What_is_acknowledged_can_be_had_at_once()
    {
        using HubSite site = await Open();
        for (int i = 0; i < 50; i++)
        {
            string before = await site.Publish("a", $"before {i}");
            string id = await site.Publish("a", $"{i}");

            Assert.Equal([id], (await Poll(site, before)).Select(message => message.GetProperty("id").GetString()));
        }
    }

    [Fact]
    public async Task Publishers_on_all_loops_make_one_order()
    {
        using HubSite site = await Open();
        await using EventReader one = await site.Listen("topic=a");
        await using EventReader other = await site.Listen("topic=a");
        List<string>[] ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(publisher => Task.Run(async () =>
        {
            var mine = new List<string>();
            for (int i = 0; i < 25; i++)
            {
                mine.Add(await site.Publish("a", $"{publisher}-{i}"));
            }

            return mine;
        })));

        List<string> first = await one.Data(200);
        Assert.Equal(first, await other.Data(200));
        Assert.Equal(200, first.Distinct().Count());
        Assert.Equal(ids.SelectMany(mine => mine).Order(), (await Poll(site, "earliest")).Select(message => message.GetProperty("id").GetString()).Order());
        foreach (IGrouping<string, string> publisher in first.GroupBy(data => data.Split('-')[0]))
        {
            Assert.Equal(Enumerable.Range(0, 25), publisher.Select(data => int.Parse(data.Split('-')[1], null)));
        }
    }

    [Fact]
    public async Task An_id_that_comes_again_is_stored_once()
    {
        using HubSite site = await Open();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => site.Publish("a", "x", "&id=urn:1")));
        await site.Publish("a", "y");

        Assert.Equal(["x", "y"], await Data(site, "earliest"));
    }

    [Fact]
    public async Task The_history_has_what_its_limit_allows_and_older_ids_are_a_gap()
    {
        using HubSite site = await Open("LiveHistory 5");
        var ids = new List<string>();
        for (int i = 0; i < 12; i++)
        {
            ids.Add(await site.Publish("a", $"{i}"));
        }

        Assert.Equal(["7", "8", "9", "10", "11"], await Data(site, "earliest"));
        JsonElement answer = await Answer(site, ids[0]);
        Assert.Equal(("expired", 6), (answer.GetProperty("gap").GetProperty("reason").GetString(), answer.GetProperty("gap").GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task Everything_that_a_publisher_says_comes_back()
    {
        using HubSite site = await Open();
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Say($$"""{"op":"token","token":"{{HubSite.Publisher()}}"}""");
        await client.Next();
        await client.SayBytes("""{"op":"publish","ref":1,"topics":["a","b/c"],"id":"urn:1","type":"t","key":"k","retry":"7","close":true}""", [0, 255, 13, 10]);
        Assert.Equal(("published", "urn:1"), await client.Next() is var told ? (told.GetProperty("op").GetString(), told.GetProperty("id").GetString()) : default);

        JsonElement message = Assert.Single(await Poll(site, "earliest"));
        Assert.Equal("""{"op":"message","id":"urn:1","topics":["a","b/c"],"type":"t","key":"k","close":true,"base64":"AP8NCg=="}""", message.GetRawText());
    }

    [Fact]
    public async Task A_private_message_stays_private()
    {
        using HubSite site = await Open();
        await site.Publish("a", "secret", "&private=on");
        await site.Publish("a", "open");

        Assert.Equal(["open"], await Data(site, "earliest"));
    }

    [Fact]
    public async Task A_publication_after_its_publisher_has_left_is_stored_all_the_same()
    {
        using HubSite site = await Open();
        await site.Publish("a", "1");
        for (int i = 0; i < 20; i++)
        {
            using var leaving = new CancellationTokenSource();
            Task<string> sent = site.Raw($"POST /{HubSite.Hub} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {HubSite.Publisher()}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 14\r\nConnection: close\r\n\r\ntopic=a&data=2");
            Assert.Contains("200 OK", await sent, StringComparison.Ordinal);
        }

        Assert.Equal(21, (await Poll(site, "earliest")).Length);
    }

    /// <summary>A site whose hub is open.</summary>
    private protected async Task<HubSite> Open(string more = "")
    {
        var site = new HubSite($"LiveAnonymous On\n{Store}\n{more}");
        await UntilOpen(site);
        return site;
    }

    private protected static async Task UntilOpen(HubSite site)
    {
        for (int i = 0; ; i++)
        {
            using HttpResponseMessage response = await site.Client.GetAsync($"{HubSite.Hub}?topic=a&since=earliest", TestContext.Current.CancellationToken);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return;
            }

            Assert.True(i < 500 && response.StatusCode == HttpStatusCode.ServiceUnavailable, $"{response.StatusCode}");
            Assert.Equal(2, response.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private protected static async Task<JsonElement> Answer(HubSite site, string since) =>
        JsonDocument.Parse(await site.Get($"{HubSite.Hub}?topic=a&since={Uri.EscapeDataString(since)}")).RootElement;

    private protected static async Task<JsonElement[]> Poll(HubSite site, string since) => [.. (await Answer(site, since)).GetProperty("messages").EnumerateArray()];

    private protected static async Task<string[]> Data(HubSite site, string since) => [.. (await Poll(site, since)).Select(message => message.GetProperty("data").GetString()!)];
}
