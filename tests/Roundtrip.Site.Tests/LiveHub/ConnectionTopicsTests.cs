using System.Net;

namespace Roundtrip.Site.Tests.LiveHub;

// docs/live.md, "The endpoint": LiveMaxChannels is of a client connection, whatever number of streams it has.
public class ConnectionTopicsTests
{
    private static readonly Version Http2 = HttpVersion.Version20;

    [Fact]
    public async Task Event_streams_and_held_polls_of_one_connection_have_its_topics_together()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveMaxChannels 3", loops: 1);
        await using EventReader stream = await site.Listen("topic=a&topic=b", version: Http2);
        Task<HttpResponseMessage> poll = Get(site, "topic=c&wait=30");

        // From here on the poll is held.
        await Until(site, "topic=d", 429);
        using (HttpResponseMessage refused = await Get(site, "topic=d"))
        {
            Assert.Equal(("429", "3"), (refused.Headers.GetValues("Live-Refusal").Single(), refused.Headers.GetValues("Live-Max-Channels").Single()));
        }

        foreach (string atOnce in (string[])["topic=d&topic=e&topic=f&since=earliest", "topic=d&wait=60"])
        {
            // What is answered at once keeps no place; a poll that finds none waits no more than a short one.
            using HttpResponseMessage response = await Get(site, atOnce);
            Assert.Equal(200, (int)response.StatusCode);
        }

        await using (EventReader other = await site.Listen("topic=a&topic=b&topic=c"))
        {
            Assert.Equal(200, (int)other.Response.StatusCode);
        }

        // Whatever ends gives back what it had: an answer, and a stream that is given up.
        await site.Publish("c", "1");
        Assert.Equal(200, (int)(await poll).StatusCode);
        await Until(site, "topic=d&topic=e", 429);
        await Until(site, "topic=d", 200);
        await stream.DisposeAsync();
        await Until(site, "topic=d&topic=e&topic=f", 200);
        await Until(site, "topic=d&topic=e&topic=f", 200);
    }

    [Fact]
    public async Task Streams_that_wait_for_the_hubs_store_count_already()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveMaxChannels 2\nLiveBackplane redis://127.0.0.1:1", loops: 1);
        await using EventReader stream = await site.Listen("topic=a&topic=b", version: Http2);
        Assert.Equal(200, (int)stream.Response.StatusCode);
        await Until(site, "topic=c", 429);
        await stream.DisposeAsync();
        await Until(site, "topic=c", 200);
    }

    [Fact]
    public async Task WebSockets_of_one_connection_have_its_topics_together()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveMaxChannels 3\nH2WebSockets on", loops: 1);
        await using LiveClient one = await LiveClient.Connect(site, over: site.Client);
        await using LiveClient two = await LiveClient.Connect(site, over: site.Client);
        Assert.Equal("subscribed", Op(await one.Subscribe(1, "\"a\",\"b\"")));
        Assert.Equal("subscribed", Op(await two.Subscribe(1, "\"c\"")));
        Assert.Equal(429, (await two.Subscribe(2, "\"d\"")).GetProperty("status").GetInt32());

        // A page that changes its carrier has all topics on both for a while.
        await using EventReader stream = await site.Listen("topic=a&topic=b&topic=c", version: Http2);
        Assert.Equal(200, (int)stream.Response.StatusCode);
        await one.Say("""{"op":"unsubscribe","sub":1}""");
        Assert.Equal("unsubscribed", Op(await one.Next()));
        Assert.Equal("subscribed", Op(await two.Subscribe(2, "\"d\"")));
        await two.DisposeAsync();
        while (Op(await one.Subscribe(1, "\"a\",\"b\",\"c\"")) != "subscribed")
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static string Op(System.Text.Json.JsonElement answer) => answer.GetProperty("op").GetString()!;

    private static Task<HttpResponseMessage> Get(HubSite site, string query)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{HubSite.Hub}?{query}") { Version = Http2, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        return site.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    // Each response is given up as soon as its status is there; what came before it on the connection may still be on its way.
    private static async Task Until(HubSite site, string query, int status)
    {
        long end = Environment.TickCount64 + 10_000;
        int got;
        do
        {
            using HttpResponseMessage response = await Get(site, query);
            got = (int)response.StatusCode;
        }
        while (got != status && Environment.TickCount64 < end);
        Assert.Equal((query, status), (query, got));
    }
}
