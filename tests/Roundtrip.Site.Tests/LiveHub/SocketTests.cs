using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Roundtrip.Site.Tests.LiveHub;

public class SocketTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_subscription_gets_what_is_published(bool deflates)
    {
        using var site = new HubSite();
        await using LiveClient client = await LiveClient.Connect(site, deflates: deflates);
        Assert.Equal("roundtrip.live.v1", client.Subprotocol);
        JsonElement subscribed = await client.Subscribe(1, "\"a\",\"/b/{c}\"");
        Assert.Equal(("subscribed", 1, "earliest"), (subscribed.GetProperty("op").GetString(), subscribed.GetProperty("sub").GetInt32(), subscribed.GetProperty("from").GetString()));

        string id = await site.Publish("a", "é one");
        await site.Publish("x", "no");
        await site.Publish("/b/1", "two");
        JsonElement message = await client.Next();
        Assert.Equal((id, "é one"), (message.GetProperty("id").GetString(), message.GetProperty("data").GetString()));
        Assert.Equal(["two"], await client.Data(1));
    }

    [Fact]
    public async Task Topics_of_the_query_are_subscribed_to_at_once()
    {
        using var site = new HubSite();
        await site.Publish("a", "1");
        await using LiveClient client = await LiveClient.Connect(site, "topic=a&lastEventID=earliest");
        Assert.Equal("subscribed", (await client.Next()).GetProperty("op").GetString());
        Assert.Equal(["1"], await client.Data(1));
    }

    [Fact]
    public async Task A_message_that_several_subscriptions_want_comes_once()
    {
        using var site = new HubSite();
        await site.Publish("a", "0");
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Subscribe(1, "\"a\"");
        await client.Subscribe(2, "\"*\"");
        await client.Say("""{"op":"subscribe","sub":3,"topics":["a"],"since":"earliest"}""");
        Assert.Equal("subscribed", (await client.Next()).GetProperty("op").GetString());
        Assert.Equal(["0"], await client.Data(1));
        await site.Publish("a", "1");
        await site.Publish("b", "2");
        Assert.Equal(["1", "2"], await client.Data(2));

        await client.Say("""{"op":"unsubscribe","sub":2}""");
        Assert.Equal("unsubscribed", (await client.Next()).GetProperty("op").GetString());
        await site.Publish("b", "3");
        await site.Publish("a", "4");
        Assert.Equal(["4"], await client.Data(1));
    }

    [Fact]
    public async Task Resuming_is_by_subscription()
    {
        using var site = new HubSite();
        string first = await site.Publish("a", "1");
        await site.Publish("a", "2");
        await site.Publish("b", "3");
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Subscribe(1, "\"a\"", first);
        Assert.Equal(["2"], await client.Data(1));
        await client.Subscribe(2, "\"b\"", "earliest");
        Assert.Equal(["3"], await client.Data(1));
        JsonElement gone = await client.Subscribe(3, "\"c\"", "#other/7");
        Assert.Equal("subscribed", gone.GetProperty("op").GetString());
        JsonElement gap = await client.Next();
        Assert.Equal(("gap", 3, "new-epoch"), (gap.GetProperty("op").GetString(), gap.GetProperty("sub").GetInt32(), gap.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Text_and_bytes_are_published_by_those_who_may()
    {
        using var site = new HubSite("LiveAnonymous On");
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Subscribe(1, "\"a\"");
        await client.Say("""{"op":"publish","ref":7,"topics":["a"],"data":"x"}""");
        Assert.Equal(401, (await client.Next()).GetProperty("status").GetInt32());

        await client.Say($$"""{"op":"token","ref":8,"token":"{{HubSite.Publisher("\"a\"")}}"}""");
        Assert.Equal("token", (await client.Next()).GetProperty("op").GetString());
        await client.Say("""{"op":"publish","ref":9,"topics":["b"],"data":"x"}""");
        Assert.Equal(403, (await client.Next()).GetProperty("status").GetInt32());
        await client.Say("""{"op":"publish","ref":10,"topics":["a"],"data":"x","id":"urn:1"}""");
        JsonElement published = await client.Next();
        Assert.Equal(("published", 10, "urn:1"), (published.GetProperty("op").GetString(), published.GetProperty("ref").GetInt32(), published.GetProperty("id").GetString()));
        Assert.Equal(["x"], await client.Data(1));

        await client.SayBytes("""{"op":"publish","topics":["a"],"id":"urn:2"}""", [0, 255, 1]);
        Assert.Equal("urn:2", (await client.Next()).GetProperty("id").GetString());
        Assert.Equal([0, 255, 1], client.Content);

        // Who listens to text gets an alert, and then the bytes.
        await using EventReader reader = await site.Listen("topic=a&lastEventID=urn:1");
        System.Net.ServerSentEvents.SseItem<string>? alert = await reader.Next();
        Assert.Equal("binary", alert!.Value.EventType);
        Assert.Equal([0, 255, 1], await site.Client.GetByteArrayAsync(alert.Value.Data, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_subscribers_key_lets_nobody_publish()
    {
        using var site = new HubSite();
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Say($$"""{"op":"token","token":"{{HubSite.Token(HubSite.SubscriberSecret, """{"publish":["*"]}""")}}"}""");
        Assert.Equal("token", (await client.Next()).GetProperty("op").GetString());
        await client.Say("""{"op":"publish","ref":1,"topics":["a"]}""");
        Assert.Equal(401, (await client.Next()).GetProperty("status").GetInt32());

        // Nor with the request that opens the socket.
        await using LiveClient other = await LiveClient.Connect(site, token: HubSite.Token(HubSite.SubscriberSecret, """{"publish":["*"]}"""));
        await other.Say("""{"op":"publish","ref":1,"topics":["a"]}""");
        Assert.Equal(401, (await other.Next()).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task One_secret_may_stand_for_both_rights()
    {
        using var site = new HubSite($"LiveSubscriberKey HS256 {HubSite.PublisherSecret}");
        await using LiveClient client = await LiveClient.Connect(site, token: HubSite.Token(HubSite.PublisherSecret, """{"publish":["a"],"subscribe":["a"]}"""));
        await client.Subscribe(1, "\"a\"");
        await client.Say("""{"op":"publish","topics":["a"],"data":"x","private":true}""");
        Assert.Equal(["x"], await client.Data(1));
    }

    [Fact]
    public async Task A_page_of_another_origin_opens_no_socket()
    {
        using var site = new HubSite();
        await using LiveClient own = await LiveClient.Connect(site, origin: $"http://127.0.0.1:{site.Port}");
        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() => LiveClient.Connect(site, origin: "https://evil.test"));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_message_comes_in_parts()
    {
        using var site = new HubSite();
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Subscribe(1, "\"a\"");
        string large = string.Concat(Enumerable.Repeat("é0123456789", 20_000));
        await site.Publish("a", large);

        var text = new StringBuilder();
        int parts = 0;
        while (true)
        {
            JsonElement part = await client.Next();
            Assert.Equal("part", part.GetProperty("op").GetString());
            text.Append(part.GetProperty("text").GetString());
            parts++;
            if (part.GetProperty("last").GetBoolean())
            {
                break;
            }
        }

        Assert.True(parts > 10);
        Assert.Equal(large, JsonDocument.Parse(text.ToString()).RootElement.GetProperty("data").GetString());
    }

    [Fact]
    public async Task A_large_message_does_not_hold_up_another_subscription()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveMaxMessage 20000000");
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Subscribe(1, "\"large\"");
        await client.Subscribe(2, "\"urgent\"");
        await site.Publish("large", new string('x', 16_000_000));
        await site.Publish("urgent", "now");

        int parts = 0;
        JsonElement next;
        while ((next = await client.Next()).GetProperty("op").GetString() == "part" && !next.GetProperty("last").GetBoolean())
        {
            parts++;
        }

        Assert.Equal("now", next.GetProperty("data").GetString());
        Assert.True(parts < 900);
    }

    [Fact]
    public async Task What_is_private_stops_when_the_token_expires_and_goes_on_with_another()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveHeartbeat 1");
        await using LiveClient client = await LiveClient.Connect(site, token: HubSite.Subscriber(expires: DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1));
        await client.Subscribe(1, "\"a\"");
        Assert.Equal("expired", (await client.Next()).GetProperty("op").GetString());
        await site.Publish("a", "hidden", "&private=on");
        await site.Publish("a", "open");
        Assert.Equal(["open"], await client.Data(1));

        await client.Say($$"""{"op":"token","token":"{{HubSite.Subscriber()}}"}""");
        Assert.Equal("token", (await client.Next()).GetProperty("op").GetString());
        await site.Publish("a", "hidden", "&private=on");
        Assert.Equal(["hidden"], await client.Data(1));
    }

    [Fact]
    public async Task A_closed_topic_ends_its_subscription()
    {
        using var site = new HubSite();
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Subscribe(1, "\"a\"");
        await site.Publish("a", "bye", "&close");
        JsonElement last = await client.Next();
        Assert.Equal(("CLOSE", true), (last.GetProperty("id").GetString(), last.GetProperty("close").GetBoolean()));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""{"op":"dance"}""")]
    public async Task What_is_no_command_closes_the_socket(string text)
    {
        using var site = new HubSite();
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Say(text);
        await Assert.ThrowsAsync<EndOfStreamException>(client.Next);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, client.CloseStatus);
    }

    [Fact]
    public async Task Limits_of_a_connection_are_said()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveMaxChannels 2");
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Subscribe(1, "\"a\",\"b\"");
        Assert.Equal(429, (await client.Subscribe(2, "\"c\"")).GetProperty("status").GetInt32());
        Assert.Equal(409, (await client.Subscribe(1, "\"c\"")).GetProperty("status").GetInt32());
        await client.Say("""{"op":"unsubscribe","sub":5}""");
        Assert.Equal(404, (await client.Next()).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Who_is_subscribed_is_told_to_whom_a_token_allows()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveSubscriptions On");
        string path = "/" + HubSite.Hub + "/subscriptions";
        string token = HubSite.Subscriber($"\"{path}\",\"{path}/{{topic}}\",\"{path}/{{topic}}/{{subscriber}}\"");
        await using EventReader events = await site.Listen("topic=" + Uri.EscapeDataString(path + "/a/{subscriber}"), token: token);
        await using (EventReader reader = await site.Listen("topic=a", token: HubSite.Subscriber()))
        {
            JsonElement began = JsonDocument.Parse((await events.Next())!.Value.Data).RootElement;
            Assert.Equal(("a", true, "ada"), (began.GetProperty("topic").GetString(), began.GetProperty("active").GetBoolean(), began.GetProperty("payload").GetProperty("user").GetString()));

            JsonElement all = JsonDocument.Parse(await site.Get($"{path[1..]}?authorization={token}")).RootElement;
            Assert.Equal(2, all.GetProperty("subscriptions").GetArrayLength());
            JsonElement one = JsonDocument.Parse(await site.Get($"{path[1..]}/a?authorization={token}")).RootElement;
            Assert.Equal("a", Assert.Single(one.GetProperty("subscriptions").EnumerateArray()).GetProperty("topic").GetString());
            Assert.Equal("Subscription", JsonDocument.Parse(await site.Get($"{began.GetProperty("id").GetString()![1..]}?authorization={token}")).RootElement.GetProperty("type").GetString());
            using HttpResponseMessage refused = await site.Send(HttpMethod.Get, path[1..]);
            Assert.Equal(403, (int)refused.StatusCode);
        }

        Assert.False(JsonDocument.Parse((await events.Next())!.Value.Data).RootElement.GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task A_client_that_changes_its_carrier_has_each_message_once_and_in_order()
    {
        using var site = new HubSite();
        var got = new List<string>();
        string last = "earliest";
        Task publishing = Task.Run(
            async () =>
            {
                for (int i = 0; i < 300; i++)
                {
                    await site.Publish("a", $"{i}");
                }
            },
            TestContext.Current.CancellationToken);
        for (int round = 0; got.Count < 300; round++)
        {
            if (round % 3 == 0)
            {
                await using LiveClient client = await LiveClient.Connect(site);
                await client.Subscribe(1, "\"a\"", last);
                for (int i = 0; i < 7 && got.Count < 300; i++)
                {
                    JsonElement message = await client.Next();
                    got.Add(message.GetProperty("data").GetString()!);
                    last = message.GetProperty("id").GetString()!;
                }
            }
            else if (round % 3 == 1)
            {
                await using EventReader reader = await site.Listen("topic=a", lastId: last);
                for (int i = 0; i < 5 && got.Count < 300; i++)
                {
                    System.Net.ServerSentEvents.SseItem<string> message = (await reader.Next())!.Value;
                    got.Add(message.Data);
                    last = message.EventId!;
                }
            }
            else
            {
                JsonElement answer = JsonDocument.Parse(await site.Get($"{HubSite.Hub}?topic=a&wait=5&since={Uri.EscapeDataString(last)}")).RootElement;
                got.AddRange(answer.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("data").GetString()!));
                last = answer.GetProperty("last").GetString()!;
            }
        }

        await publishing;
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i}"), got);
    }
}
