using System.Net;

namespace Roundtrip.Site.Tests.LiveHub;

// A limit that is met stands in the error log: which, and whose request or message it was.
public class LimitLogTests
{
    private const string Limits = "LiveAnonymous On\nLiveMaxChannels 2\nLiveMaxMessage 1000\nLogLevel live:info";
    private const string Topics = "more than 2 topics on one connection (LiveMaxChannels) (answered 429)";
    private const string Length = "a message has 1000 bytes at most (LiveMaxMessage) (answered 413)";

    [Theory]
    [InlineData("topic=a&topic=b&topic=c&wait=1")]
    [InlineData("topic=a&topic=b&topic=c")]
    public async Task Topics_of_a_request(string query)
    {
        using var site = new HubSite(Limits);
        using HttpResponseMessage response = await site.Send(HttpMethod.Get, $"{HubSite.Hub}?{query}");
        Assert.Equal(429, (int)response.StatusCode);
        await Logged(site, Topics);
    }

    [Fact]
    public async Task Topics_of_a_connection()
    {
        using var site = new HubSite(Limits, loops: 1);
        await using EventReader stream = await site.Listen("topic=a&topic=b", version: HttpVersion.Version20);
        using HttpResponseMessage response = await site.Send(HttpMethod.Get, HubSite.Hub + "?topic=c", version: HttpVersion.Version20);
        Assert.Equal(429, (int)response.StatusCode);
        await Logged(site, Topics);
    }

    [Fact]
    public async Task Topics_of_a_WebSocket()
    {
        using var site = new HubSite(Limits);
        await using LiveClient client = await LiveClient.Connect(site);
        Assert.Equal(429, (await client.Subscribe(1, "\"a\",\"b\",\"c\"")).GetProperty("status").GetInt32());
        await Logged(site, Topics);
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(60_000)]
    public async Task The_length_of_a_message(int length)
    {
        using var site = new HubSite(Limits);
        using HttpResponseMessage response = await site.Post("topic=a&data=" + new string('x', length));
        Assert.Equal(413, (int)response.StatusCode);
        await Logged(site, Length);
    }

    private static async Task Logged(HubSite site, string limit)
    {
        string line = Assert.Single((await site.LogWith(limit)).Split('\n'), line => line.Contains(limit, StringComparison.Ordinal));
        Assert.Contains("[live:info]", line, StringComparison.Ordinal);
        Assert.Contains("[client 127.0.0.1:", line, StringComparison.Ordinal);
    }
}
