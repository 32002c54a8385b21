using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Roundtrip.Site.Tests.LiveHub;

// docs/live.md, "Ids": what closes a topic is a message as any other, and CLOSE comes behind all that there was.
public class ClosingTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task An_event_stream_has_the_closing_message_before_CLOSE_and_204_who_comes_back(string version)
    {
        using var site = new HubSite();
        await using EventReader reader = await site.Listen("topic=a", version: Version.Parse(version));
        await using EventReader wider = await site.Listen("topic=a&topic=b");
        string id = await site.Publish("a", "bye", "&close&type=farewell");

        SseItem<string>? last = await reader.Next();
        Assert.Equal(("bye", "farewell", id), (last!.Value.Data, last.Value.EventType, last.Value.EventId));
        Assert.Equal([("CLOSE", "")], await Rest(reader));
        Assert.Equal("bye", (await wider.Next())!.Value.Data);

        await using EventReader again = await site.Listen("topic=a", lastId: "CLOSE");
        Assert.Equal(HttpStatusCode.NoContent, again.Response.StatusCode);

        // RFC 9110 §15.3.5, §8.6: it has no content, so nothing is said of one.
        Assert.Empty(again.Response.Content.Headers);
    }

    [Fact]
    public async Task A_replay_has_the_closing_message_before_CLOSE()
    {
        using var site = new HubSite();
        string first = await site.Publish("a", "1");
        string bye = await site.Publish("a", "bye", "&close");
        await site.Publish("b", "nobody's");

        await using EventReader behind = await site.Listen("topic=a", lastId: first);
        Assert.Equal([(bye, "bye"), ("CLOSE", "")], await Rest(behind));

        // It was cut off between the two.
        await using EventReader between = await site.Listen("topic=a", lastId: bye);
        Assert.Equal([("CLOSE", "")], await Rest(between));
        await using EventReader late = await site.Listen("topic=a");
        Assert.Equal([("CLOSE", "")], await Rest(late));
    }

    [Fact]
    public async Task Nothing_that_came_before_the_last_topic_was_closed_is_lost()
    {
        using var site = new HubSite(loops: 1);
        await using EventReader live = await site.Listen("topic=a&topic=b");
        string[] said = ["a", "b", "b", "a"];
        for (int i = 0; i < said.Length; i++)
        {
            // a is closed, opened again by what comes, and closed again.
            await site.Publish(said[i], $"{i}", i == 1 ? "" : "&close");
        }

        await using EventReader replayed = await site.Listen("topic=a&topic=b", lastId: "earliest");
        Assert.Equal("0123", string.Concat((await Rest(replayed)).Select(static one => one.Data)));

        // Live a and b are closed with 2 already; what is said once the end has been told is for who comes again.
        Assert.StartsWith("012", string.Concat((await Rest(live)).Select(static one => one.Data)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closing_message_that_is_private_is_seen_by_whom_it_is_for_and_CLOSE_by_all()
    {
        using var site = new HubSite();
        await using EventReader all = await site.Listen("topic=a");
        await using EventReader known = await site.Listen("topic=a", token: HubSite.Subscriber());
        string id = await site.Publish("a", "secret", "&close&private=on");
        Assert.Equal([("CLOSE", "")], await Rest(all));
        Assert.Equal([(id, "secret"), ("CLOSE", "")], await Rest(known));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100_000)]
    public async Task A_socket_has_the_closing_message_for_each_subscription_before_CLOSE(int length)
    {
        using var site = new HubSite();
        string first = await site.Publish("a", "1");
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Subscribe(1, "\"a\"");
        await client.Subscribe(2, "\"a\"");
        string bye = new('b', length);
        string id = await site.Publish("a", bye, "&close");
        Dictionary<int, List<(string Id, string Data)>> got = await Take(client, [1, 2]);
        Assert.All(got.Values, list => Assert.Equal([(id, bye), ("CLOSE", "")], list));

        await client.Say($$"""{"op":"subscribe","sub":3,"topics":["a"],"since":"{{first}}"}""");
        Assert.Equal(3, (await client.Next()).GetProperty("sub").GetInt32());
        Assert.Equal([(id, bye), ("CLOSE", "")], (await Take(client, [3]))[3]);
    }

    [Fact]
    public async Task A_socket_has_bytes_that_close_a_topic_before_CLOSE()
    {
        using var site = new HubSite();
        await using LiveClient client = await LiveClient.Connect(site, token: HubSite.Publisher());
        await client.Subscribe(1, "\"a\"");
        await client.SayBytes("""{"op":"publish","topics":["a"],"close":true}""", [0, 255]);
        JsonElement message = await client.Next();
        Assert.True(message.GetProperty("close").GetBoolean());
        Assert.Equal([0, 255], client.Content);
        Assert.Equal("CLOSE", (await client.Next()).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("&wait=20")]
    [InlineData("")]
    public async Task A_poll_has_the_closing_message_and_closed(string wait)
    {
        using var site = new HubSite();
        string first = await site.Publish("a", "1");
        Task<string> live = wait.Length > 0 ? site.Get($"{HubSite.Hub}?topic=a&since={Uri.EscapeDataString(first)}{wait}") : Task.FromResult("");
        string bye = await site.Publish("a", "bye", "&close");
        foreach (string since in new[] { first, bye })
        {
            using JsonDocument answer = JsonDocument.Parse(await site.Get($"{HubSite.Hub}?topic=a&since={Uri.EscapeDataString(since)}{wait}"));
            Assert.True(answer.RootElement.GetProperty("closed").GetBoolean());
            Assert.Equal(since == first ? ["bye"] : [], answer.RootElement.GetProperty("messages").EnumerateArray().Select(static one => one.GetProperty("data").GetString()));
        }

        Assert.True(wait.Length == 0 || (await live).Contains("\"closed\":true,\"messages\":[{\"op\":\"message\"", StringComparison.Ordinal));
    }

    // All to the end, which must come.
    private static async Task<List<(string Id, string Data)>> Rest(EventReader reader)
    {
        var rest = new List<(string, string)>();
        while (await reader.Next() is { } next)
        {
            rest.Add((next.EventId!, next.Data));
        }

        return rest;
    }

    // What each subscription gets until it is closed; parts are put together. What says no subscription is for those that are left.
    private static async Task<Dictionary<int, List<(string Id, string Data)>>> Take(LiveClient client, int[] subscriptions)
    {
        var got = subscriptions.ToDictionary(static number => number, static _ => new List<(string, string)>());
        var parts = subscriptions.ToDictionary(static number => number, static _ => "");
        var open = subscriptions.ToHashSet();
        while (open.Count > 0)
        {
            JsonElement next = await client.Next();
            int[] numbers = next.TryGetProperty("subs", out JsonElement subs) ? [.. subs.EnumerateArray().Select(static one => one.GetInt32())]
                : next.TryGetProperty("sub", out JsonElement one) ? [one.GetInt32()] : [.. open];
            foreach (int number in numbers)
            {
                JsonElement message = next;
                if (next.GetProperty("op").GetString() == "part")
                {
                    parts[number] += next.GetProperty("text").GetString();
                    if (!next.GetProperty("last").GetBoolean())
                    {
                        continue;
                    }

                    message = JsonDocument.Parse(parts[number]).RootElement;
                }

                string id = message.GetProperty("id").GetString()!;
                got[number].Add((id, message.GetProperty("data").GetString()!));
                if (id == "CLOSE")
                {
                    open.Remove(number);
                }
            }
        }

        return got;
    }
}
