using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Roundtrip.Peers.Tests;

/// <summary>The program with a hub in a file, ended by SIGKILL while publishers wait for it.</summary>
public sealed class LiveStoreTests : IDisposable
{
    private const string Hub = ".well-known/mercure";
    private const string Secret = "a-secret-of-publishers-that-is-long";
    private const int Publishers = 8;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_acknowledged_message_is_lost_when_the_server_is_killed_and_none_comes_twice()
    {
        _folder.Write("www/site.conf", $"LiveHub\nLiveAnonymous On\nLivePublisherKey HS256 {Secret}\nLiveHistory 100000 24h\nLiveStore sqlite:{_folder.Path}/live.db\n");
        int[] next = new int[Publishers];
        var seen = new List<string>();
        string since = "earliest";
        for (int round = 0; round < 4; round++)
        {
            using var server = new RoundtripProcess($"{_folder.Path}/www");
            using var client = new HttpClient { BaseAddress = new Uri(server.Http) };
            using var reader = new HttpClient { BaseAddress = new Uri(server.Http) };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token());
            int before = next.Sum();
            Task[] publishing = [.. Enumerable.Range(0, Publishers).Select(publisher => Task.Run(() => Publish(client, publisher, next)))];
            while (next.Sum() - before < 300)
            {
                since = await Read(reader, since, seen);
            }

            // In the midst of it.
            Assert.Equal(0, Run.Program("kill", "-KILL", $"{server.Id}").ExitCode);
            await Task.WhenAll(publishing);
        }

        using var last = new RoundtripProcess($"{_folder.Path}/www");
        using var later = new HttpClient { BaseAddress = new Uri(last.Http) };
        await Read(later, since, seen);

        Assert.Equal(seen.Count, seen.Distinct().Count());
        foreach (IGrouping<string, string> publisher in seen.GroupBy(id => id.Split(':')[1]))
        {
            // What was not acknowledged may be there too, and is the next at most.
            int[] numbers = [.. publisher.Select(id => int.Parse(id.Split(':')[2], null))];
            Assert.Equal(Enumerable.Range(0, numbers.Length), numbers);
            Assert.InRange(numbers.Length, next[int.Parse(publisher.Key, null)], next[int.Parse(publisher.Key, null)] + 1);
        }
    }

    [Fact]
    public async Task An_EventSource_that_comes_before_the_store_gets_what_comes_after_it()
    {
        using var redis = new RedisProcess();
        redis.Kill();
        _folder.Write("www/site.conf", $"ServerName live.test\nLiveHub\nLiveAnonymous On\nLivePublisherKey HS256 {Secret}\nLiveBackplane {redis.Url}\n");
        using var server = new RoundtripProcess($"{_folder.Path}/www");
        using var client = new HttpClient { BaseAddress = new Uri(server.Http) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token());
        using Process source = Process.Start(new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests/Roundtrip.Peers.Tests/Live/live_listen.cjs"), $"{server.Http}{Hub}?topic=a", "1"]) { RedirectStandardOutput = true })!;
        Assert.Equal("ready", await source.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        using (HttpResponseMessage refused = await client.PostAsync(Hub, new FormUrlEncodedContent([new("topic", "a"), new("data", "early")]), TestContext.Current.CancellationToken))
        {
            Assert.Equal(503, (int)refused.StatusCode);
        }

        redis.Restart(keepsData: false);
        await Task.Delay(2500, TestContext.Current.CancellationToken);
        using HttpResponseMessage stored = await client.PostAsync(Hub, new FormUrlEncodedContent([new("topic", "a"), new("data", "here")]), TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)stored.StatusCode);
        Assert.Equal("here", await source.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        source.WaitForExit(5000);
    }

    [Fact]
    public void A_file_that_cannot_be_used_ends_the_program_with_a_sentence()
    {
        _folder.Write("www/site.conf", $"LiveHub\nLiveStore sqlite:{_folder.Path}/live.db\n");
        _folder.Write("live.db", "this is a text, and long enough that it is no header of a database file at all, whatever else it may be................");
        Finished run = Run.Program("dotnet", Repository.BuiltProgram, "serve", $"{_folder.Path}/www", "--http", "0", "--https", "0");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"cannot be kept in {_folder.Path}/live.db", run.Errors, StringComparison.Ordinal);
        Assert.Contains("not a database", run.Errors, StringComparison.Ordinal);
    }

    // The next number goes up when the message before is acknowledged; with its own id, it may be sent again.
    private static async Task Publish(HttpClient client, int publisher, int[] next)
    {
        try
        {
            while (true)
            {
                using var form = new StringContent($"topic=a&id=urn:{publisher}:{next[publisher]}", Encoding.UTF8, new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
                using HttpResponseMessage response = await client.PostAsync(Hub, form, TestContext.Current.CancellationToken);
                response.EnsureSuccessStatusCode();
                Interlocked.Increment(ref next[publisher]);
            }
        }
        catch (HttpRequestException)
        {
            // Killed.
        }
    }

    private static async Task<string> Read(HttpClient client, string since, List<string> seen)
    {
        while (true)
        {
            using JsonDocument answer = JsonDocument.Parse(await client.GetStringAsync($"{Hub}?topic=a&since={Uri.EscapeDataString(since)}", TestContext.Current.CancellationToken));
            Assert.False(answer.RootElement.TryGetProperty("gap", out JsonElement gap), $"behind {since}: {gap}");
            seen.AddRange(answer.RootElement.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetString()!));
            since = answer.RootElement.GetProperty("last").GetString()!;
            if (!answer.RootElement.TryGetProperty("more", out _))
            {
                return since;
            }
        }
    }

    private static string Token()
    {
        string content = Base64Url.EncodeToString("""{"alg":"HS256"}"""u8) + "." + Base64Url.EncodeToString("""{"mercure":{"publish":["*"]}}"""u8);
        return content + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes(content)));
    }
}
