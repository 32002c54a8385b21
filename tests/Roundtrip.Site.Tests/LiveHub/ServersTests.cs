using System.Text.Json;

namespace Roundtrip.Site.Tests.LiveHub;

/// <summary>Two servers with one Redis, things that go wrong in random order, and what clients see of it.</summary>
public class ServersTests
{
    private const int Publishers = 3;
    private const int MessagesEach = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_killed_or_silent_each_message_comes_once_and_in_order(int seed)
    {
        using var redis = new RedisProcess();
        using var servers = new Servers($"LiveAnonymous On\nServerName live.test\nLiveHistory 10000\nLiveBackplane {redis.Url}");
        using var over = new CancellationTokenSource();
        Task<List<string>>[] subscribers = [.. Enumerable.Range(0, 2).Select(number => Task.Run(() => servers.Follow(new Random(seed + (100 * number)))))];
        Task trouble = Task.Run(() => Trouble(redis, servers, new Random(seed), over.Token));
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(publisher => Task.Run(() => servers.Publish(publisher, MessagesEach, new Random(seed + publisher)))));
        await over.CancelAsync();
        await trouble;
        await servers.PublishLast();

        List<string>[] seen = await Task.WhenAll(subscribers);
        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(Publishers * MessagesEach, seen[0].Count);
        Assert.Equal(seen[0].Count, seen[0].Distinct().Count());
        foreach (IGrouping<string, string> publisher in seen[0].GroupBy(id => id.Split(':')[1]))
        {
            Assert.Equal(Enumerable.Range(0, MessagesEach), publisher.Select(id => int.Parse(id.Split(':')[2], null)));
        }
    }

    private static async Task Trouble(RedisProcess redis, Servers servers, Random random, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            switch (random.Next(4))
            {
                case 0:
                    redis.Kill();
                    await Task.Delay(random.Next(200), TestContext.Current.CancellationToken);
                    redis.Restart(keepsData: true);
                    break;

                case 1:
                    redis.Pause();
                    await Task.Delay(random.Next(600), TestContext.Current.CancellationToken);
                    redis.Resume();
                    break;

                case 2:
                    redis.Say("CLIENT KILL TYPE normal");
                    break;

                default:
                    servers.Replace(random.Next(2));
                    break;
            }

            await Task.Delay(random.Next(300), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Two servers, either of which may be another at any time.</summary>
    private sealed class Servers(string conf) : IDisposable
    {
        private const string Last = "urn:last";

        private readonly HubSite[] _sites = [new(conf), new(conf)];

        public void Replace(int index) => Interlocked.Exchange(ref _sites[index], new HubSite(conf)).Dispose();

        public async Task Publish(int publisher, int count, Random random)
        {
            for (int i = 0; i < count; i++)
            {
                await Publish($"urn:{publisher}:{i}", random);
                await Task.Delay(random.Next(30), TestContext.Current.CancellationToken);
            }
        }

        public Task PublishLast() => Publish(Last, new Random(0));

        /// <summary>The ids that a client sees which asks now one server, now the other; until the last one.</summary>
        public async Task<List<string>> Follow(Random random)
        {
            var seen = new List<string>();
            string since = "earliest";
            while (true)
            {
                string? answer = await Try(site => site.Get($"{HubSite.Hub}?topic=a&wait=1&since={Uri.EscapeDataString(since)}"), random);
                if (answer is null)
                {
                    continue;
                }

                using JsonDocument document = JsonDocument.Parse(answer);
                Assert.False(document.RootElement.TryGetProperty("gap", out JsonElement gap), $"behind {since}: {gap}");
                since = document.RootElement.GetProperty("last").GetString()!;
                foreach (JsonElement message in document.RootElement.GetProperty("messages").EnumerateArray())
                {
                    string id = message.GetProperty("id").GetString()!;
                    if (id == Last)
                    {
                        return seen;
                    }

                    seen.Add(id);
                }
            }
        }

        public void Dispose()
        {
            foreach (HubSite site in _sites)
            {
                site.Dispose();
            }
        }

        // Until it is acknowledged, by whichever server.
        private async Task Publish(string id, Random random)
        {
            while (await Try(
                async site =>
                {
                    using HttpResponseMessage response = await site.Post($"topic=a&id={id}");
                    return response.EnsureSuccessStatusCode();
                },
                random) is null)
            {
            }
        }

        private async Task<T?> Try<T>(Func<HubSite, Task<T>> ask, Random random)
            where T : class
        {
            try
            {
                return await ask(Volatile.Read(ref _sites[random.Next(2)]));
            }
            catch (Exception fault) when (fault is HttpRequestException or ObjectDisposedException or OperationCanceledException or IOException)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
                return null;
            }
        }
    }
}
