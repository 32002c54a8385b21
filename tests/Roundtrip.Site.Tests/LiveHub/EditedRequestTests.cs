using System.Net;
using System.Text;

namespace Roundtrip.Site.Tests.LiveHub;

/// <summary>A hub reads a request as RequestHeader has left it, early or late, as every handler does.</summary>
public class EditedRequestTests
{
    private const string Form = "topic=a&data=1";

    [Theory]
    [InlineData("")]
    [InlineData(" early")]
    public async Task A_token_that_RequestHeader_sets_is_the_requests(string when)
    {
        using var site = new HubSite($"LiveAnonymous Off\nRequestHeader set Authorization \"Bearer {HubSite.Publisher()}\"{when}");
        using HttpResponseMessage published = await site.Client.PostAsync(HubSite.Hub, Content(), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, published.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" early")]
    public async Task A_token_that_it_takes_away_is_not(string when)
    {
        using var site = new HubSite($"RequestHeader unset Authorization{when}");
        using HttpResponseMessage published = await site.Post(Form);

        Assert.Equal(HttpStatusCode.Unauthorized, published.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" early")]
    public async Task The_carrier_the_last_id_and_the_type_are_those_that_it_leaves(string when)
    {
        using var site = new HubSite($"LiveAnonymous On\nRequestHeader set Last-Event-ID earliest{when}\nRequestHeader edit Accept poll application/json{when}\nRequestHeader edit Content-Type text/x application/x-www-form-urlencoded{when}");
        using var publication = new HttpRequestMessage(HttpMethod.Post, HubSite.Hub) { Content = new StringContent(Form, Encoding.UTF8, "text/x") };
        publication.Headers.TryAddWithoutValidation("Authorization", $"Bearer {HubSite.Publisher()}");
        using HttpResponseMessage published = await site.Client.SendAsync(publication, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, published.StatusCode);

        // Without a last id it would have nothing of what was before.
        await using EventReader events = await site.Listen("topic=a");
        Assert.Equal(["1"], await events.Data(1));

        using var poll = new HttpRequestMessage(HttpMethod.Get, $"{HubSite.Hub}?topic=a");
        poll.Headers.TryAddWithoutValidation("Accept", "poll");
        using HttpResponseMessage polled = await site.Client.SendAsync(poll, TestContext.Current.CancellationToken);
        Assert.Equal("application/json", polled.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" early")]
    public async Task A_condition_that_it_takes_away_is_none(string when)
    {
        using var site = new HubSite($"LiveAnonymous On\nRequestHeader unset If-None-Match{when}");
        await site.Publish("a", "1");
        using HttpResponseMessage first = await site.Client.GetAsync($"{HubSite.Hub}?topic=a&since=earliest", TestContext.Current.CancellationToken);
        using var again = new HttpRequestMessage(HttpMethod.Get, $"{HubSite.Hub}?topic=a&since=earliest");
        again.Headers.TryAddWithoutValidation("If-None-Match", first.Headers.ETag!.ToString());
        using HttpResponseMessage second = await site.Client.SendAsync(again, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
    }

    // The browser compares what comes back with its own origin, and a WebSocket is refused to the page that opened it: an edit must not make one page another.
    [Fact]
    public async Task Which_page_asks_is_what_the_browser_said()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveAllowOrigin https://good.test\nRequestHeader set Origin https://good.test early");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{HubSite.Hub}?topic=a&since=earliest");
        request.Headers.TryAddWithoutValidation("Origin", "https://evil.test");
        using HttpResponseMessage response = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));

        string socket = await site.Raw(
            $"GET /{HubSite.Hub}?topic=a HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.test\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", socket, StringComparison.Ordinal);
    }

    private static StringContent Content() => new(Form, Encoding.UTF8, "application/x-www-form-urlencoded");
}
