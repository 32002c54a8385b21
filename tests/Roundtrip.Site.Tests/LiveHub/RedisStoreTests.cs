using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Roundtrip.Configuration.Loading;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.LiveHub;

public sealed class RedisStoreTests : StoreContract, IDisposable
{
    private readonly RedisProcess _redis = new();
    private readonly TempFolder _folder = new();

    protected override string Store => $"ServerName live.test\nLiveBackplane {_redis.Url}";

    public void Dispose()
    {
        _redis.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Two_servers_have_one_order_and_one_set_of_ids()
    {
        using HubSite one = await Open();
        using HubSite other = await Open();
        await using EventReader reader = await one.Listen("topic=a");
        await using EventReader second = await other.Listen("topic=a");
        await Task.WhenAll(new[] { one, other, one, other }.Select((site, publisher) => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await site.Publish("a", $"{publisher}-{i}");
            }
        })));

        List<string> first = await reader.Data(200);
        Assert.Equal(first, await second.Data(200));
        Assert.Equal(200, first.Distinct().Count());
        Assert.Equal((await Poll(one, "earliest")).Select(Id), (await Poll(other, "earliest")).Select(Id));
    }

    [Fact]
    public async Task An_id_that_one_server_has_stored_is_not_stored_by_another()
    {
        using HubSite one = await Open();
        using HubSite other = await Open();
        string[] ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? one : other).Publish("a", "x", "&id=urn:1")));
        string last = await other.Publish("a", "y");
        await Until(() => Data(one, "earliest"), data => data.Length == 2);

        Assert.All(ids, static id => Assert.Equal("urn:1", id));
        Assert.Equal(["x", "y"], await Data(other, "earliest"));
        Assert.EndsWith("/1", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_changes_the_server_goes_on_behind_the_last_id_even_if_the_other_is_behind()
    {
        using HubSite one = await Open();
        using HubSite other = await Open();
        for (int i = 0; i < 100; i++)
        {
            string id = await one.Publish("a", $"{i}", i % 2 == 0 ? "" : $"&id=urn:{i}");
            Assert.False((await Answer(other, id)).TryGetProperty("gap", out _), $"a gap behind {id}");
            Assert.Empty(await Poll(other, id));
        }
    }

    [Fact]
    public async Task A_subscription_of_a_WebSocket_waits_for_an_id_that_another_server_has_given()
    {
        using HubSite one = await Open();
        using HubSite other = await Open();
        await using LiveClient client = await LiveClient.Connect(other);
        for (int i = 1; i <= 100; i++)
        {
            string id = await one.Publish("a", $"{i}", i % 2 == 0 ? "" : $"&id=urn:{i}");
            JsonElement subscribed = await client.Subscribe(i, "\"a\"", id);
            Assert.Equal(("subscribed", id), (subscribed.GetProperty("op").GetString(), subscribed.GetProperty("from").GetString()));
            await client.Say($$"""{"op":"unsubscribe","sub":{{i}}}""");
            Assert.Equal("unsubscribed", (await client.Next()).GetProperty("op").GetString());
        }
    }

    [Fact]
    public async Task An_id_that_nobody_has_given_is_a_gap_and_503_while_nobody_can_say_so()
    {
        using HubSite one = await Open();
        await one.Publish("a", "1");
        Assert.Equal("unknown-id", (await Answer(one, "urn:other")).GetProperty("gap").GetProperty("reason").GetString());
        _redis.Kill();
        using HttpResponseMessage refused = await one.Client.GetAsync($"{HubSite.Hub}?topic=a&since=urn:other", TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)refused.StatusCode);
    }

    // HTML Standard, section 9.2.2: an EventSource gives up for good at any status but 200.
    [Fact]
    public async Task An_event_stream_that_comes_before_Redis_is_accepted_and_begins_when_it_is_there()
    {
        _redis.Kill();
        using var site = new HubSite($"LiveAnonymous On\n{Store}");
        using HttpResponseMessage response = await site.Client.GetAsync($"{HubSite.Hub}?topic=a", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal((200, "text/event-stream"), ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("retry: 2000", await Line(lines));

        _redis.Restart(keepsData: true);
        await UntilOpen(site);

        // Its place, which the head could not say; then what comes.
        while (await Line(lines) != "id: earliest")
        {
        }

        string id = await Again(site, "1");
        while (await Line(lines) != $"id: {id}")
        {
        }

        Assert.Equal("data: 1", await Line(lines));
    }

    [Fact]
    public async Task What_another_server_stores_while_an_event_stream_waits_for_Redis_is_not_lost()
    {
        using HubSite one = await Open();
        using HubSite other = WithoutAccess();
        await using EventReader reader = await other.Listen("topic=a");
        await one.Publish("a", "1");
        Assert.Equal("+OK", _redis.Say(Access));
        Assert.Equal(["1"], await reader.Data(1));
        await one.Publish("a", "2");
        Assert.Equal(["2"], await reader.Data(1));
    }

    // It comes with the id that it got while it waited, here or elsewhere.
    [Fact]
    public async Task Who_waits_for_Redis_in_vain_and_comes_again_has_lost_nothing()
    {
        using HubSite one = await Open();
        using HubSite other = WithoutAccess();
        string time;
        using (HttpResponseMessage response = await other.Client.GetAsync($"{HubSite.Hub}?topic=a", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken))
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            do
            {
                time = await Line(lines) ?? throw new EndOfStreamException();
            }
            while (!time.StartsWith("id: #@/", StringComparison.Ordinal));
        }

        await one.Publish("a", "1");
        Assert.Equal("+OK", _redis.Say(Access));
        await UntilOpen(other);
        foreach (HubSite site in (HubSite[])[one, other])
        {
            await using EventReader again = await site.Listen("topic=a", time["id: ".Length..]);
            Assert.Equal(["1"], await again.Data(1));
            Assert.Equal(["1"], await Data(site, time["id: ".Length..]));
        }
    }

    [Fact]
    public async Task An_event_stream_with_an_id_that_only_Redis_could_judge_waits_for_it()
    {
        using HubSite one = await Open();
        await one.Publish("a", "1");
        _redis.Kill();
        await using EventReader reader = await one.Listen("topic=a&lastEventID=urn:other");
        _redis.Restart(keepsData: true);
        System.Net.ServerSentEvents.SseItem<string>? gap = await reader.Next();
        Assert.Equal(("gap", "unknown-id"), (gap!.Value.EventType, JsonDocument.Parse(gap.Value.Data).RootElement.GetProperty("reason").GetString()));
        Assert.Equal(["1"], await reader.Data(1));
    }

    [Fact]
    public async Task Only_who_asks_for_a_stream_that_may_be_had_is_held()
    {
        _redis.Kill();
        using var site = new HubSite(Store);
        foreach ((string query, int status) in new[] { ("topic=a", 401), ("", 503), ("topic=a&lastEventID=CLOSE", 503), ("topic=a&wait=1", 503), ("topic=a&since=x", 503) })
        {
            using HttpResponseMessage response = await site.Client.GetAsync($"{HubSite.Hub}?{query}", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal((query, status), (query, (int)response.StatusCode));
        }

        // The browser's client needs no store.
        Assert.Contains("export", await site.Get($"{HubSite.Hub}/client.js"), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_stream_that_is_held_for_20_seconds_ends_in_good_order()
    {
        _redis.Kill();
        using var site = new HubSite($"LiveAnonymous On\n{Store}");
        long start = Stopwatch.GetTimestamp();
        Assert.StartsWith("retry: 2000\n", await site.Get($"{HubSite.Hub}?topic=a"), StringComparison.Ordinal);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 19, 25);
    }

    [Fact]
    public async Task Another_hub_in_the_same_database_is_another_log()
    {
        using HubSite one = await Open();
        using var other = new HubSite($"LiveAnonymous On\nServerName other.test\nLiveBackplane {_redis.Url}");
        await UntilOpen(other);
        await one.Publish("a", "1");
        await other.Publish("a", "2");

        Assert.Equal(["1"], await Data(one, "earliest"));
        Assert.Equal(["2"], await Data(other, "earliest"));
    }

    [Fact]
    public async Task Redis_killed_and_started_again_with_its_data_loses_nothing()
    {
        using HubSite one = await Open();
        using HubSite other = await Open();
        await using EventReader reader = await other.Listen("topic=a");
        string first = await one.Publish("a", "1");
        _redis.Kill();
        using (HttpResponseMessage refused = await one.Post("topic=a&data=lost"))
        {
            Assert.Equal((503, "503"), ((int)refused.StatusCode, Assert.Single(refused.Headers.GetValues("Live-Refusal"))));
        }

        // What is known may be read meanwhile.
        Assert.Equal(["1"], await Data(other, "earliest"));
        await one.LogWith("publishers are answered 503");
        _redis.Restart(keepsData: true);
        string second = await Again(one, "2");

        Assert.Equal(first.Replace("/0", "/1", StringComparison.Ordinal), second);
        Assert.Equal(["1", "2"], await reader.Data(2));
        await one.LogWith("answers again");
    }

    [Fact]
    public async Task Redis_started_again_without_its_data_is_a_new_epoch_and_a_gap()
    {
        using HubSite one = await Open();
        using HubSite other = await Open();
        string first = await one.Publish("a", "1");
        await Until(() => Data(other, "earliest"), data => data.Length == 1);
        _redis.Kill();
        _redis.Restart(keepsData: false);
        string second = await Again(one, "2");
        await Until(() => Data(other, "earliest"), data => data is ["2"]);

        Assert.NotEqual(first.Split('/')[0], second.Split('/')[0]);
        foreach (HubSite site in (HubSite[])[one, other])
        {
            JsonElement answer = await Answer(site, first);
            Assert.Equal("new-epoch", answer.GetProperty("gap").GetProperty("reason").GetString());
            Assert.Equal(second, answer.GetProperty("gap").GetProperty("before").GetString());
        }
    }

    [Fact]
    public async Task Redis_that_comes_back_with_less_is_a_new_epoch_that_keeps_what_it_has()
    {
        using HubSite one = await Open();
        await one.Publish("a", "1");
        string lost = await PublishBehindCopy(one, "2");
        string last = await one.Publish("a", "3");
        _redis.Kill();
        _redis.CopyFrom(_folder.Path);
        _redis.Restart(keepsData: true);
        await Until(() => Answer(one, last), answer => answer.TryGetProperty("gap", out JsonElement gap) && gap.GetProperty("reason").GetString() == "new-epoch");
        string next = await one.Publish("a", "4");

        Assert.Equal(["1", "4"], await Data(one, "earliest"));
        Assert.NotEqual(lost.Split('/')[0], next.Split('/')[0]);
    }

    [Fact]
    public async Task A_place_that_was_lost_and_given_again_is_noticed_by_who_has_seen_the_other()
    {
        using HubSite one = await Open();
        await one.Publish("a", "1");
        string lost = await PublishBehindCopy(one, "2");
        _redis.Kill();

        // Another server, which knows nothing of the loss, is there first: at another port, so that this one cannot be.
        using (var elsewhere = new RedisProcess())
        {
            elsewhere.Kill();
            elsewhere.CopyFrom(_folder.Path);
            elsewhere.Restart(keepsData: true);
            using (var other = new HubSite($"LiveAnonymous On\nServerName live.test\nLiveBackplane {elsewhere.Url}"))
            {
                await UntilOpen(other);
                Assert.Equal(lost, await other.Publish("a", "2 again"));
                await other.Publish("a", "3");
            }

            elsewhere.Kill();
            Directory.Delete(_folder.Path, recursive: true);
            elsewhere.CopyTo(_folder.Path);
        }

        _redis.CopyFrom(_folder.Path);
        _redis.Restart(keepsData: true);
        await Until(() => Answer(one, lost), answer => answer.TryGetProperty("gap", out JsonElement gap) && gap.GetProperty("reason").GetString() == "new-epoch");
        await Until(() => Data(one, "earliest"), data => data is ["1", "2 again", "3"]);
    }

    [Fact]
    public async Task A_log_that_was_deleted_while_it_was_read_is_a_new_epoch()
    {
        using HubSite one = await Open();
        string first = await one.Publish("a", "1");
        Assert.Equal("+OK", _redis.Say("FLUSHALL"));
        string second = await Again(one, "2");

        await Until(() => Data(one, "earliest"), data => data is ["2"]);
        Assert.NotEqual(first.Split('/')[0], second.Split('/')[0]);
    }

    [Fact]
    public async Task Redis_that_is_silent_is_503_within_seconds_and_used_again_when_it_speaks()
    {
        using HubSite one = await Open();
        await using EventReader reader = await one.Listen("topic=a");
        await one.Publish("a", "1");
        _redis.Pause();
        var watch = Stopwatch.StartNew();
        using (HttpResponseMessage refused = await one.Post("topic=a&data=2&id=urn:2"))
        {
            Assert.Equal(503, (int)refused.StatusCode);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"after {watch.Elapsed}");
        _redis.Resume();

        // It may have been stored when nobody waited any more: with an id of its own it is there once.
        await Again(one, "2", "&id=urn:2");
        await Again(one, "3");
        Assert.Equal(["1", "2", "3"], await reader.Data(3));
    }

    [Fact]
    public async Task A_wrong_password_is_said_in_the_log_without_it_and_nobody_is_served_a_log_that_is_not_known()
    {
        using var redis = new RedisProcess("--requirepass", "right");
        using var site = new HubSite($"LiveAnonymous On\nServerName live.test\nLiveBackplane redis://:wrong@127.0.0.1:{redis.Port}");
        string log = await site.LogWith("cannot be used");
        using HttpResponseMessage publication = await site.Post("topic=a&data=1");
        using HttpResponseMessage poll = await site.Client.GetAsync($"{HubSite.Hub}?topic=a&since=earliest", TestContext.Current.CancellationToken);

        Assert.Contains("WRONGPASS", log, StringComparison.Ordinal);
        Assert.DoesNotContain(":wrong", log, StringComparison.Ordinal);
        Assert.Equal([503, 503], new[] { publication, poll }.Select(response => (int)response.StatusCode));
        using var right = new HubSite($"LiveAnonymous On\nServerName live.test\nLiveBackplane redis://default:right@127.0.0.1:{redis.Port}/3");
        await UntilOpen(right);
        await right.Publish("a", "1");
    }

    [Fact]
    public async Task Redis_is_reached_by_TLS_where_its_certificate_is_the_right_one()
    {
        (string certificate, string key) = Certificate("127.0.0.1", "right.pem");
        int port = FreePorts.InARow(1);
        using var redis = new RedisProcess("--tls-port", $"{port}", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no", "--requirepass", "right");
        using (var site = new HubSite($"LiveAnonymous On\nServerName live.test\nLiveBackplane rediss://:right@127.0.0.1:{port}/2 {certificate}"))
        {
            await UntilOpen(site);
            await using EventReader reader = await site.Listen("topic=a");
            await site.Publish("a", new string('x', 200_000));
            await site.Publish("a", "2");
            Assert.Equal([200_000, 1], (await reader.Data(2)).Select(data => data.Length));
        }

        // Nobody knows who signed it; it is not for that name; it is no TLS at all.
        (string other, _) = Certificate("127.0.0.1", "other.pem");
        foreach (string address in new[] { $"rediss://:right@127.0.0.1:{port}", $"rediss://:right@127.0.0.1:{port} {other}", $"rediss://:right@localhost:{port} {certificate}", $"rediss://:right@127.0.0.1:{redis.Port} {certificate}" })
        {
            using var site = new HubSite($"LiveAnonymous On\nServerName live.test\nLiveBackplane {address}");
            string log = await site.LogWith("cannot be used");
            Assert.DoesNotContain(":right", log, StringComparison.Ordinal);
            using HttpResponseMessage publication = await site.Post("topic=a&data=1");
            Assert.Equal((address, 503), (address, (int)publication.StatusCode));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Redis_that_asks_for_a_certificate_gets_the_one_that_is_configured(bool isInOneFile)
    {
        (string certificate, string key) = Certificate("127.0.0.1", "redis.pem");
        (string own, string ownKey) = Certificate("127.0.0.2", "own.pem");
        (string strange, string strangeKey) = Certificate("127.0.0.3", "strange.pem");
        string authorities = Path.Combine(_folder.Path, "authorities.pem");
        await File.WriteAllTextAsync(authorities, await File.ReadAllTextAsync(certificate, TestContext.Current.CancellationToken) + "\n" + await File.ReadAllTextAsync(own, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        if (isInOneFile)
        {
            await File.AppendAllTextAsync(own, "\n" + await File.ReadAllTextAsync(ownKey, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
            ownKey = "";
        }

        int port = FreePorts.InARow(1);
        using var redis = new RedisProcess("--tls-port", $"{port}", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", authorities, "--tls-auth-clients", "yes");
        string address = $"ServerName live.test\nLiveBackplane rediss://127.0.0.1:{port} {certificate}";
        using (var site = new HubSite($"LiveAnonymous On\n{address} {own} {ownKey}"))
        {
            await UntilOpen(site);
            await using EventReader reader = await site.Listen("topic=a");
            await site.Publish("a", "1");
            Assert.Equal(["1"], await reader.Data(1));
        }

        foreach (string without in new[] { "", $" {strange} {strangeKey}" })
        {
            using var site = new HubSite($"LiveAnonymous On\n{address}{without}");
            await site.LogWith("cannot be used");
            using HttpResponseMessage publication = await site.Post("topic=a&data=1");
            Assert.Equal(503, (int)publication.StatusCode);
        }
    }

    [Fact]
    public void A_certificate_that_cannot_be_used_is_an_error_that_names_its_file()
    {
        (string own, string ownKey) = Certificate("127.0.0.2", "own.pem");
        (_, string strangeKey) = Certificate("127.0.0.3", "strange.pem");
        foreach ((string files, string fault) in new[]
        {
            ("rediss://h system own.pem own.key", ""),
            ("rediss://h system own.pem strange.key", "strange.key has no key"),
            ("rediss://h system own.pem", "own.pem has no key"),
            ("rediss://h system own.key own.key", "own.key is no file of certificates in PEM"),
            ("rediss://h system own.pem none.key", "none.key cannot be read"),
            ("rediss://h own.key", "own.key is no file of certificates in PEM"),
            ("redis://h system own.pem own.key", "for rediss:// alone"),
        })
        {
            InMemorySource source = new InMemorySource().With("/folder/site.conf", $"LiveHub\nLiveBackplane {files}")
                .With("/folder/own.pem", File.ReadAllText(own)).With("/folder/own.key", File.ReadAllText(ownKey)).With("/folder/strange.key", File.ReadAllText(strangeKey));
            string complaints = string.Join('\n', SiteConfiguration.LoadFolder(source, "/folder", hasFile: true, static _ => []).Errors.Select(static error => error.Message));
            Assert.True(fault.Length == 0 ? complaints.Length == 0 : complaints.Contains(fault, StringComparison.Ordinal), $"{files}: {complaints}");
        }
    }

    [Fact]
    public async Task A_node_of_a_cluster_is_named_as_what_is_not_supported()
    {
        using var redis = new RedisProcess("--cluster-enabled", "yes");
        using var site = new HubSite($"LiveAnonymous On\nServerName live.test\nLiveBackplane {redis.Url}");
        await site.LogWith("a node of a cluster, which is not supported");
        using HttpResponseMessage publication = await site.Post("topic=a&data=1");
        Assert.Equal(503, (int)publication.StatusCode);
    }

    [Fact]
    public async Task A_server_that_starts_before_Redis_opens_when_it_comes()
    {
        _redis.Kill();
        using var site = new HubSite($"LiveAnonymous On\n{Store}");
        using (HttpResponseMessage refused = await site.Post("topic=a&data=1"))
        {
            Assert.Equal(503, (int)refused.StatusCode);
        }

        _redis.Restart(keepsData: true);
        await UntilOpen(site);
        await Again(site, "1");
    }

    [Fact]
    public async Task A_Redis_that_takes_no_messages_is_503_and_one_line_in_the_log()
    {
        using HubSite one = await Open();
        await one.Publish("a", "1");
        Assert.Equal("+OK", _redis.Say("CONFIG SET maxmemory 1"));
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage refused = await one.Post("topic=a&data=2");
            Assert.Equal(503, (int)refused.StatusCode);
            await Task.Delay(300, TestContext.Current.CancellationToken);
        }

        string log = await one.LogWith("OOM");
        Assert.Equal(2, log.Split("publishers are answered 503").Length);
        Assert.Equal("+OK", _redis.Say("CONFIG SET maxmemory 0"));
        await Again(one, "2");
        await one.LogWith("takes messages again");
    }

    [Fact]
    public async Task What_listens_there_and_is_no_Redis_is_said()
    {
        using HubSite other = new();
        using var site = new HubSite($"LiveAnonymous On\nLiveBackplane redis://127.0.0.1:{other.Port}");

        Assert.Contains("no Redis server", await site.LogWith("cannot be used"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subscriber_hears_of_a_lost_log_when_it_comes_again()
    {
        using HubSite one = await Open();
        string first;
        await using (EventReader reader = await one.Listen("topic=a"))
        {
            first = await one.Publish("a", "1");
            Assert.Equal(["1"], await reader.Data(1));
            _redis.Kill();
            _redis.Restart(keepsData: false);

            // The stream ends, so that its client comes again.
            Assert.Null(await reader.Next());
        }

        await UntilOpen(one);
        await Again(one, "2");
        await using EventReader again = await one.Listen("topic=a", first);
        Assert.Equal("gap", (await again.Next())!.Value.EventType);
        Assert.Equal(["2"], await again.Data(1));
    }

    private const string Access = "ACL SETUSER late on >right ~* +@all";

    // A server to which Redis says nothing before it is told Access.
    private HubSite WithoutAccess() => new($"LiveAnonymous On\nServerName live.test\nLiveBackplane redis://late:right@127.0.0.1:{_redis.Port}");

    private static string? Id(JsonElement message) => message.GetProperty("id").GetString();

    // What is published behind a copy of the data, which the copy does not have: it is lost when that takes the data's place.
    private async Task<string> PublishBehindCopy(HubSite site, string data)
    {
        _redis.Kill();
        _redis.CopyTo(_folder.Path);
        _redis.Restart(keepsData: true);
        return await Again(site, data);
    }

    // As a publisher does that is answered 503.
    private static async Task<string> Again(HubSite site, string data, string more = "")
    {
        for (int i = 0; ; i++)
        {
            using HttpResponseMessage response = await site.Post($"topic=a&data={data}{more}");
            if ((int)response.StatusCode == 200)
            {
                return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            }

            Assert.True((int)response.StatusCode == 503 && i < 500, $"{response.StatusCode}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static async Task Until<T>(Func<Task<T>> ask, Func<T, bool> isSo)
    {
        for (int i = 0; i < 500; i++)
        {
            try
            {
                if (isSo(await ask()))
                {
                    return;
                }
            }
            catch (HttpRequestException fault) when (fault.StatusCode == System.Net.HttpStatusCode.ServiceUnavailable)
            {
                // Its log is being asked for.
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Fail("it did not become so");
    }

    private static Task<string?> Line(StreamReader lines) => lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

    // One that has signed itself, and so is its own authority.
    private (string Certificate, string Key) Certificate(string address, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={address}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, certificate.ExportCertificatePem());
        string keyPath = Path.ChangeExtension(path, ".key.pem");
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (path, keyPath);
    }
}
