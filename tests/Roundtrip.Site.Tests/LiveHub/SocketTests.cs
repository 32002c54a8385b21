using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Roundtrip.Site.Tests.LiveHub;

public class SocketTests
{
    private const string TakesLarge = "LiveAnonymous On\nLiveMaxMessage 20000000";

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

        // Others want it too, but have begun behind it.
        Assert.Equal(("0", "3"), await DataAndSubs(client));
        await site.Publish("a", "1");
        Assert.Equal(("1", "1,2,3"), await DataAndSubs(client));

        // What one alone wants does not say so.
        await site.Publish("b", "2");
        Assert.Equal(("2", ""), await DataAndSubs(client));

        await client.Say("""{"op":"unsubscribe","sub":2}""");
        Assert.Equal("unsubscribed", (await client.Next()).GetProperty("op").GetString());
        await site.Publish("b", "3");
        await site.Publish("a", "4");
        Assert.Equal(("4", "1,3"), await DataAndSubs(client));
    }

    // More than are answered before no more is read, and more than a loop tells at a time: publisher and subscriber share it.
    [Fact]
    public async Task A_publisher_that_does_not_wait_for_its_answers_gets_them_all()
    {
        const int Count = 1500;
        using var site = new HubSite("LiveAnonymous On", loops: 1);
        await using LiveClient subscriber = await LiveClient.Connect(site);
        await subscriber.Subscribe(1, "\"a\"");
        await using LiveClient publisher = await LiveClient.Connect(site, token: HubSite.Publisher());
        for (int i = 1; i <= Count; i++)
        {
            await publisher.Say($$"""{"op":"publish","ref":{{i}},"topics":["a"],"data":"{{i}}"}""");
        }

        // Each says what it answers; one that was kept back may come behind a later one.
        var answered = new HashSet<int>();
        while (answered.Count < Count)
        {
            Assert.True(answered.Add((await publisher.Next()).GetProperty("ref").GetInt32()));
        }

        Assert.Equal(Enumerable.Range(1, Count).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), await subscriber.Data(Count));
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

        // Whatever its id: a place has a slash.
        await client.SayBytes("""{"op":"publish","topics":["a"]}""", [7]);
        alert = await reader.Next();
        Assert.Equal([7], await site.Client.GetByteArrayAsync(alert!.Value.Data, TestContext.Current.CancellationToken));
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
        using var site = new HubSite(TakesLarge);
        await using LiveClient client = await PublishLargeThenUrgent(site, "large", "urgent");
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
    public async Task Who_wants_a_large_message_and_the_urgent_one_has_both_in_order_and_others_do_not_wait()
    {
        using var site = new HubSite(TakesLarge);
        await using LiveClient client = await PublishLargeThenUrgent(site, "large", "*", "urgent");
        var order = new List<string>();
        while (order.Count < 3)
        {
            JsonElement next = await client.Next();
            if (next.GetProperty("op").GetString() == "message")
            {
                order.Add($"{next.GetProperty("data").GetString()} for {Subs(next)}");
            }
            else if (next.GetProperty("last").GetBoolean())
            {
                order.Add($"large for {Subs(next)}");
            }
        }

        Assert.Equal(["now for 3", "large for 1,2", "now for 2"], order);
    }

    /// <returns>A client with a subscription to each of the topics, numbered from 1, who has read nothing of what was published.</returns>
    private static async Task<LiveClient> PublishLargeThenUrgent(HubSite site, params string[] topics)
    {
        LiveClient client = await LiveClient.Connect(site);
        for (int i = 0; i < topics.Length; i++)
        {
            await client.Subscribe(i + 1, $"\"{topics[i]}\"");
        }

        await site.Publish("large", new string('x', 16_000_000));
        await site.Publish("urgent", "now");
        return client;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Over_random_sizes_and_topics_each_subscription_gets_its_own_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        using var site = new HubSite("LiveAnonymous On\nLiveQueue 100000\nLiveHistory 100000");
        await using LiveClient client = await LiveClient.Connect(site, deflates: seed == 2);
        string[] selectors = ["a", "b", "*", "/c/{x}", "/c/1"];
        var expected = selectors.ToDictionary(selector => selector, _ => new List<int>());
        var got = selectors.ToDictionary(selector => selector, _ => new List<int>());
        await site.Publish("a", "0");
        await site.Publish("/c/1", "1");
        for (int i = 0; i < selectors.Length; i++)
        {
            // Some begin with the past, and so behind others for a while.
            bool hasPast = i % 2 == 0;
            await client.Say($$"""{"op":"subscribe","sub":{{i}},"topics":["{{selectors[i]}}"]{{(hasPast ? ",\"since\":\"earliest\"" : "")}}}""");
            expected[selectors[i]].AddRange(hasPast ? Enumerable.Range(0, 2).Where(number => Matches(selectors[i], number == 0 ? "a" : "/c/1")) : []);
        }

        Task publishing = Task.Run(async () =>
        {
            // By then all have begun.
            await Task.Delay(300);
            for (int number = 2; number < 150; number++)
            {
                string topic = random.Next(5) switch { 0 => "a", 1 => "b", 2 => "/c/1", 3 => "/c/2", _ => "d" };
                foreach (string selector in selectors.Where(selector => Matches(selector, topic)))
                {
                    expected[selector].Add(number);
                }

                await site.Publish(topic, $"{number} {new string('x', random.Next(5) == 0 ? 300_000 : 10)}");
            }

            foreach (string selector in selectors)
            {
                expected[selector].Add(1000);
            }

            await site.Post("topic=a&topic=b&topic=/c/1&data=1000");
        });
        var texts = new Dictionary<string, StringBuilder>();
        var open = new List<string>();
        while (got.Values.Any(list => list.LastOrDefault() != 1000))
        {
            JsonElement next = await client.Next();
            string subs = Subs(next);
            if (next.GetProperty("op").GetString() == "part")
            {
                string key = $"{subs} {next.GetProperty("id").GetString()}";
                StringBuilder text = texts.TryGetValue(key, out StringBuilder? begun) ? begun : texts[key] = new StringBuilder();
                text.Append(next.GetProperty("text").GetString());
                if (!next.GetProperty("last").GetBoolean())
                {
                    continue;
                }

                next = JsonDocument.Parse(text.ToString()).RootElement;
            }

            if (next.GetProperty("op").GetString() == "subscribed")
            {
                open.Add(selectors[next.GetProperty("sub").GetInt32()]);
            }

            if (next.GetProperty("op").GetString() != "message")
            {
                continue;
            }

            string topic = next.GetProperty("topics")[0].GetString()!;
            int said = int.Parse(next.GetProperty("data").GetString()!.Split(' ')[0], null);
            foreach (string selector in subs.Length > 0 ? subs.Split(',').Select(sub => selectors[int.Parse(sub, null)]) : [Assert.Single(open, selector => Matches(selector, topic))])
            {
                got[selector].Add(said);
            }
        }

        await publishing;
        Assert.Equal(expected, got);
    }

    [Fact]
    public async Task Large_bytes_come_in_parts_of_the_binary_form()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveMaxMessage 20000000");
        await using LiveClient client = await LiveClient.Connect(site, token: HubSite.Publisher());
        await client.Subscribe(1, "\"a\"");
        await client.Subscribe(2, "\"b\"");
        byte[] content = new byte[1_000_000];
        new Random(1).NextBytes(content);
        await client.SayBytes("""{"op":"publish","topics":["a"],"id":"urn:1"}""", content);

        var whole = new List<byte>();
        JsonElement part;
        do
        {
            part = await client.Next();
            Assert.Equal(("part", "urn:1", "1"), (part.GetProperty("op").GetString(), part.GetProperty("id").GetString(), Subs(part)));
            Assert.InRange(client.Content.Length, 1, 16 * 1024);
            whole.AddRange(client.Content);
        }
        while (!part.GetProperty("last").GetBoolean());

        byte[] bytes = [.. whole];
        int head = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes);
        Assert.Equal("urn:1", JsonDocument.Parse(bytes.AsMemory(4, head)).RootElement.GetProperty("id").GetString());
        Assert.Equal(content, bytes[(4 + head)..]);
    }

    [Fact]
    public async Task A_subscription_that_ends_within_a_large_message_gets_no_more_of_it_and_the_others_all()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveMaxMessage 20000000");
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Subscribe(1, "\"a\"");
        await client.Subscribe(2, "\"*\"");
        string large = new('x', 4_000_000);
        await site.Publish("a", large);
        await client.Say("""{"op":"unsubscribe","sub":1}""");
        var text = new StringBuilder();
        bool isLast = false;
        while (!isLast)
        {
            JsonElement next = await client.Next();
            if (next.GetProperty("op").GetString() == "part")
            {
                text.Append(next.GetProperty("text").GetString());
                isLast = next.GetProperty("last").GetBoolean();
            }
        }

        Assert.Equal(large, JsonDocument.Parse(text.ToString()).RootElement.GetProperty("data").GetString());

        // And nothing is left of one that nobody waits for any more.
        await client.Say("""{"op":"unsubscribe","sub":2}""");
        JsonElement said;
        while ((said = await client.Next()).GetProperty("op").GetString() != "unsubscribed" || said.GetProperty("sub").GetInt32() != 2)
        {
        }

        Assert.Equal("subscribed", (await client.Subscribe(3, "\"b\"")).GetProperty("op").GetString());
        await site.Publish("a", "unwanted");
        await site.Publish("b", "1");
        Assert.Equal(["1"], await client.Data(1));
    }

    [Fact]
    public async Task A_subscription_for_which_nothing_comes_is_told_how_far_it_is()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveHeartbeat 1\nLiveHistory 2");
        await using LiveClient client = await LiveClient.Connect(site);
        await client.Subscribe(1, "\"quiet\"");
        string last = "";
        for (int i = 0; i < 5; i++)
        {
            // A publisher's id, of a message that is not for this client, is not told.
            string id = await site.Publish("busy", $"{i}", i == 4 ? "&id=urn:secret&private=on" : "");
            last = i == 4 ? last.Replace("/3", "/4", StringComparison.Ordinal) : id;
        }

        JsonElement place;
        do
        {
            place = await client.Next();
            Assert.Equal(("place", 1), (place.GetProperty("op").GetString(), place.GetProperty("sub").GetInt32()));
        }
        while (place.GetProperty("id").GetString() != last);

        await using LiveClient other = await LiveClient.Connect(site);
        await other.Subscribe(1, "\"quiet\"", last);
        await site.Publish("quiet", "no gap before this");
        Assert.Equal(["no gap before this"], await other.Data(1));
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
    public async Task Who_may_do_nothing_without_a_token_and_shows_none_is_sent_away()
    {
        using var site = new HubSite("LiveHeartbeat 2");
        await using LiveClient silent = await LiveClient.Connect(site);
        Task<JsonElement> next = silent.Next();
        await using LiveClient known = await LiveClient.Connect(site);
        await known.Say($$"""{"op":"token","token":"{{HubSite.Subscriber()}}"}""");
        Assert.Equal("token", (await known.Next()).GetProperty("op").GetString());
        await known.Subscribe(1, "\"a\"");

        // Who does not read answers no ping.
        Task<string[]> data = known.Data(1);
        await Assert.ThrowsAsync<EndOfStreamException>(() => next);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, silent.CloseStatus);
        await site.Publish("a", "1");
        Assert.Equal(["1"], await data);
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

    private static async Task<(string Data, string Subs)> DataAndSubs(LiveClient client)
    {
        JsonElement message = await client.Next();
        return (message.GetProperty("data").GetString()!, Subs(message));
    }

    private static string Subs(JsonElement message) => message.TryGetProperty("subs", out JsonElement subs) ? string.Join(',', subs.EnumerateArray().Select(sub => sub.GetInt32()).Order()) : "";

    private static bool Matches(string selector, string topic) => selector == "*" || selector == topic || (selector == "/c/{x}" && topic.StartsWith("/c/", StringComparison.Ordinal));
}
