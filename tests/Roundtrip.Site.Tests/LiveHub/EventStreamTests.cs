using System.Net;
using System.Net.ServerSentEvents;

namespace Roundtrip.Site.Tests.LiveHub;

public class EventStreamTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_subscriber_gets_what_is_published_to_its_topics(string version)
    {
        using var site = new HubSite();
        await using EventReader reader = await site.Listen("topic=a&topic=" + Uri.EscapeDataString("/books/{id}"), version: Version.Parse(version));
        string first = await site.Publish("a", "one\ntwo");
        await site.Publish("other", "no");
        await site.Publish("/books/1", "three", "&id=urn:x&type=book");

        SseItem<string>? one = await reader.Next();
        SseItem<string>? two = await reader.Next();
        Assert.Equal(("one\ntwo", "message", first), (one!.Value.Data, one.Value.EventType, one.Value.EventId));
        Assert.Equal(("three", "book", "urn:x"), (two!.Value.Data, two.Value.EventType, two.Value.EventId));
        Assert.Equal("text/event-stream", reader.Response.Content.Headers.ContentType!.ToString());
        Assert.Equal("earliest", reader.Response.Headers.GetValues("Last-Event-ID").Single());
    }

    // More than the hub serves in one turn of a loop.
    [Fact]
    public async Task A_stream_for_which_nothing_comes_is_told_how_far_it_is()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveHeartbeat 1\nLiveHistory 2");
        using HttpResponseMessage response = await site.Client.GetAsync($"{HubSite.Hub}?topic=quiet", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        string last = "";
        for (int i = 0; i < 5; i++)
        {
            // A publisher's id, of a message that is not for this client, is not told.
            string id = await site.Publish("busy", $"{i}", i == 4 ? "&id=urn:secret&private=on" : "");
            last = i == 4 ? last.Replace("/3", "/4", StringComparison.Ordinal) : id;
        }

        // HTML Standard, section 9.2.6: an id without data is taken over, and nothing is dispatched.
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        string? line;
        while ((line = await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)) != $"id: {last}")
        {
            Assert.DoesNotContain("data", line, StringComparison.Ordinal);
        }

        Assert.Equal("", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_message_to_many_reaches_each_once_and_in_order()
    {
        using var site = new HubSite(loops: 1);
        var readers = new List<EventReader>();
        for (int i = 0; i < 150; i++)
        {
            readers.Add(await site.Listen("topic=a&topic=*"));
        }

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => site.Publish("a", "before")));
        await site.Publish("a", "after");
        foreach (EventReader reader in readers)
        {
            Assert.Equal(["before", "before", "before", "after"], await reader.Data(4));
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task Who_comes_back_goes_on_behind_its_last_id()
    {
        using var site = new HubSite();
        string first = await site.Publish("a", "1");
        await site.Publish("a", "2", "&id=urn:2");
        await site.Publish("a", "3");

        await using EventReader byField = await site.Listen("topic=a", lastId: first);
        await using EventReader byQuery = await site.Listen("topic=a&lastEventID=urn:2");
        await using EventReader all = await site.Listen("topic=a&lastEventID=earliest");
        Assert.Equal(["2", "3"], await byField.Data(2));
        Assert.Equal(["3"], await byQuery.Data(1));
        Assert.Equal(["1", "2", "3"], await all.Data(3));
        Assert.Equal(first, byField.Response.Headers.GetValues("Last-Event-ID").Single());
    }

    [Fact]
    public async Task What_the_history_has_no_more_is_told()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveHistory 2");
        string first = await site.Publish("a", "1");
        for (int i = 2; i < 6; i++)
        {
            await site.Publish("a", $"{i}");
        }

        await using EventReader reader = await site.Listen("topic=a", lastId: first);
        SseItem<string>? gap = await reader.Next();
        Assert.Equal("gap", gap!.Value.EventType);
        Assert.Contains("\"count\":2,\"reason\":\"expired\"", gap.Value.Data, StringComparison.Ordinal);
        Assert.Equal(["4", "5"], await reader.Data(2));
    }

    [Fact]
    public async Task A_private_message_is_for_whom_a_token_allows()
    {
        using var site = new HubSite();
        await using EventReader allowed = await site.Listen("topic=*", token: HubSite.Subscriber("\"secret\""));
        await using EventReader other = await site.Listen("topic=*", token: HubSite.Subscriber("\"else\""));
        await using EventReader anonymous = await site.Listen("topic=*");
        await site.Publish("secret", "hidden", "&private=on");
        await site.Publish("secret", "open");

        Assert.Equal(["hidden", "open"], await allowed.Data(2));
        Assert.Equal(["open"], await other.Data(1));
        Assert.Equal(["open"], await anonymous.Data(1));
    }

    [Fact]
    public async Task A_stream_ends_with_its_token()
    {
        using var site = new HubSite("LiveHeartbeat 1");
        await using EventReader reader = await site.Listen("topic=a", token: HubSite.Subscriber(expires: DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1));
        Assert.Equal(HttpStatusCode.OK, reader.Response.StatusCode);
        Assert.Null(await reader.Next());
    }

    [Fact]
    public async Task Silence_is_broken_by_heartbeats()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveHeartbeat 1");
        string raw = await site.Client.GetStringAsync("nothing", TestContext.Current.CancellationToken).ContinueWith(static _ => "", TestContext.Current.CancellationToken);
        await using EventReader reader = await site.Listen("topic=a");
        using Stream stream = await reader.Response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        byte[] buffer = new byte[64];
        int beats = 0;
        for (int i = 0; i < 3; i++)
        {
            int read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            beats += buffer.AsSpan(0, read).Count((byte)':');
        }

        Assert.Equal("", raw);
        Assert.True(beats >= 3);
    }

    [Fact]
    public async Task Many_subscribers_on_both_loops_get_every_message_in_order()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveQueue 10000");
        EventReader[] readers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => site.Listen(i % 2 == 0 ? "topic=t" : "topic=*")));
        string[] sent = [.. Enumerable.Range(0, 100).Select(i => $"{i}")];
        foreach (string data in sent)
        {
            await site.Publish("t", data);
        }

        foreach (EventReader reader in readers)
        {
            Assert.Equal(sent, await reader.Data(sent.Length));
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_client_that_reads_nothing_misses_the_oldest_and_is_told_so()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveQueue 4\nLiveMaxMessage 400000");
        await using EventReader reader = await site.Listen("topic=a");
        string large = new('x', 300_000);
        for (int i = 0; i < 40; i++)
        {
            await site.Publish("a", i + large);
        }

        var got = new List<string>();
        while (got.Count == 0 || !got[^1].StartsWith("39x", StringComparison.Ordinal))
        {
            SseItem<string>? next = await reader.Next();
            got.Add(next!.Value.EventType == "gap" ? next.Value.Data : next.Value.Data[..4]);
        }

        Assert.Contains(got, data => data.Contains("too-slow", StringComparison.Ordinal));
        Assert.True(got.Count < 40);
    }
}
