using System.Net;
using System.Text.Json;

namespace Roundtrip.Site.Tests.LiveHub;

public class PollTests
{
    [Fact]
    public async Task A_short_poll_is_answered_at_once_and_304_while_nothing_has_changed()
    {
        using var site = new HubSite();
        string first = await site.Publish("a", "1");
        (string[] data, string last, string tag) = await Poll(site, "topic=a&since=earliest");
        Assert.Equal(["1"], data);
        Assert.Equal(first, last);

        (data, last, tag) = await Poll(site, $"topic=a&since={Uri.EscapeDataString(last)}");
        Assert.Empty(data);
        var again = new HttpRequestMessage(HttpMethod.Get, $"{HubSite.Hub}?topic=a&since={Uri.EscapeDataString(last)}");
        again.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using HttpResponseMessage unchanged = await site.Client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.False(unchanged.Content.Headers.NonValidated.Contains("Content-Length"));

        await site.Publish("b", "elsewhere");
        var other = new HttpRequestMessage(HttpMethod.Get, $"{HubSite.Hub}?topic=a&since={Uri.EscapeDataString(last)}");
        other.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using HttpResponseMessage still = await site.Client.SendAsync(other, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, still.StatusCode);

        await site.Publish("a", "2");
        (data, _, _) = await Poll(site, $"topic=a&since={Uri.EscapeDataString(last)}");
        Assert.Equal(["2"], data);
    }

    [Fact]
    public async Task A_long_poll_waits_for_a_message()
    {
        using var site = new HubSite();
        Task<(string[] Data, string Last, string)> poll = Poll(site, "topic=a&wait=20");
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.False(poll.IsCompleted);
        await site.Publish("b", "no");
        string id = await site.Publish("a", "yes");

        Assert.Equal(["yes"], (await poll).Data);
        Assert.Equal(id, (await poll).Last);
    }

    [Fact]
    public async Task A_long_poll_ends_with_its_time()
    {
        using var site = new HubSite();
        await site.Publish("a", "before");
        (string[] data, string last, _) = await Poll(site, "topic=a&wait=1");
        Assert.Empty(data);
        Assert.Equal("#", last[..1]);
    }

    [Fact]
    public async Task Polls_one_behind_another_miss_nothing()
    {
        using var site = new HubSite();
        var got = new List<string>();
        Task publishing = Task.Run(
            async () =>
            {
                for (int i = 0; i < 200; i++)
                {
                    await site.Publish(i % 3 == 0 ? "other" : "a", $"{i}");
                }
            },
            TestContext.Current.CancellationToken);
        string last = "earliest";
        while (got.Count == 0 || got[^1] != "199")
        {
            (string[] data, last, _) = await Poll(site, $"topic=a&wait=10&since={Uri.EscapeDataString(last)}");
            got.AddRange(data);
        }

        await publishing;
        Assert.Equal(Enumerable.Range(0, 200).Where(i => i % 3 != 0).Select(i => $"{i}"), got);
    }

    [Fact]
    public async Task A_long_past_comes_in_stretches_that_a_cache_may_keep()
    {
        using var site = new HubSite();
        for (int i = 0; i < 501; i++)
        {
            await site.Publish("a", $"{i}");
        }

        using HttpResponseMessage response = await site.Client.GetAsync($"{HubSite.Hub}?topic=a&since=earliest", TestContext.Current.CancellationToken);
        using JsonDocument json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(json.RootElement.GetProperty("more").GetBoolean());
        Assert.Equal(500, json.RootElement.GetProperty("messages").GetArrayLength());
        Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);

        (string[] rest, _, _) = await Poll(site, $"topic=a&since={Uri.EscapeDataString(json.RootElement.GetProperty("last").GetString()!)}");
        Assert.Equal(["500"], rest);
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("topic=", 400)]
    [InlineData("topic=a&wait=x", 400)]
    [InlineData("topic=%FF", 400)]
    [InlineData("topic=a&authorization=x.y.z", 401)]
    public async Task A_wrong_question_says_why(string query, int status)
    {
        using var site = new HubSite();
        using HttpResponseMessage response = await site.Send(HttpMethod.Get, $"{HubSite.Hub}?{query}");
        Assert.Equal(status, (int)response.StatusCode);

        // And who: docs/live.md, "The endpoint".
        Assert.Equal($"{status}", response.Headers.GetValues("Live-Refusal").Single());
    }

    [Fact]
    public async Task Without_a_token_only_where_that_is_allowed()
    {
        using var site = new HubSite("LiveAnonymous Off");
        foreach (string query in (string[])["topic=a", "topic=a&since=earliest", "topic=a&wait=5"])
        {
            using HttpResponseMessage response = await site.Send(HttpMethod.Get, $"{HubSite.Hub}?{query}");
            Assert.Equal(401, (int)response.StatusCode);
        }

        using HttpResponseMessage allowed = await site.Send(HttpMethod.Get, $"{HubSite.Hub}?topic=a&since=earliest&authorization={HubSite.Subscriber()}");
        Assert.Equal(200, (int)allowed.StatusCode);
    }

    [Theory]
    [InlineData("client.js")]
    [InlineData("worker.js")]
    public async Task The_browsers_client_is_served_below_the_hub(string name)
    {
        using var site = new HubSite("LiveAnonymous Off");
        using HttpResponseMessage response = await site.Send(HttpMethod.Get, $"{HubSite.Hub}/{name}");
        Assert.Equal("text/javascript; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        var again = new HttpRequestMessage(HttpMethod.Get, $"{HubSite.Hub}/{name}");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using HttpResponseMessage known = await site.Client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Fact]
    public async Task More_topics_than_allowed_are_refused_and_their_number_said()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveMaxChannels 2");
        using HttpResponseMessage response = await site.Send(HttpMethod.Get, $"{HubSite.Hub}?topic=a&topic=b&topic=c&since=earliest");
        Assert.Equal((429, "429", "2"), ((int)response.StatusCode, response.Headers.GetValues("Live-Refusal").Single(), response.Headers.GetValues("Live-Max-Channels").Single()));
        Assert.Contains("LiveMaxChannels", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<(string[] Data, string Last, string Tag)> Poll(HubSite site, string query)
    {
        using HttpResponseMessage response = await site.Client.GetAsync($"{HubSite.Hub}?{query}", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using JsonDocument json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return ([.. json.RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("data").GetString()!)], json.RootElement.GetProperty("last").GetString()!, response.Headers.ETag!.ToString());
    }
}
