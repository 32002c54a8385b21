using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Roundtrip.Peers.Tests;

namespace Roundtrip.Browser.Tests.Live;

/// <summary>A folder with a hub and a page that listens, served by the program behind addresses that stay when the program is another.</summary>
internal sealed class LiveSite : IDisposable
{
    public const string Hub = ".well-known/mercure";
    private const string Secret = "a-secret-of-publishers-that-is-long";

    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-live-").FullName;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly StringBuilder _logs = new();
    private RoundtripProcess _server;

    /// <param name="conf">Lines of site.conf beside the hub's own; {folder} is the folder's path.</param>
    public LiveSite(string conf = "")
    {
        File.Copy(Path.Combine(Repository.Root, "tests/Roundtrip.Browser.Tests/Live/page.html"), Path.Combine(_folder, "index.html"));
        Configure(conf);
        _server = new RoundtripProcess(_folder);
        (Plain, Secure) = (new Forwarder(_server.HttpPort), new Forwarder(_server.HttpsPort));
        Token = MakeToken();
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public Forwarder Plain { get; }

    public Forwarder Secure { get; }

    /// <summary>Allows all.</summary>
    public string Token { get; }

    /// <summary>The access log of every server so far.</summary>
    public string Log => _logs + _server.Errors;

    /// <param name="name">By which the browser knows this machine: 127.0.0.1, which it trusts as if it were HTTPS, or another, which it does not.</param>
    public string Url(bool isSecure, string name = "127.0.0.1") => isSecure ? $"https://{name}:{Secure.Port}/" : $"http://{name}:{Plain.Port}/";

    /// <summary>Has the server read another configuration, and waits until that one holds.</summary>
    public async Task ReloadAsync(string conf = "")
    {
        string mark = Guid.NewGuid().ToString("N");
        Configure($"{conf}\nHeader always set X-Mark {mark}");
        Assert.Equal(0, Run.Program("kill", "-HUP", $"{_server.Id}").ExitCode);
        await Condition.HoldsAsync(async () => (await AskAsync(_server.Http)).Headers.TryGetValues("X-Mark", out IEnumerable<string>? marks) && marks.Contains(mark), () => $"the reload does not come; the log: {Log}");
    }

    /// <summary>Another server takes this one's place: its connections are cut, and it is ended.</summary>
    /// <param name="overlaps">Whether the other one runs before this one ends; otherwise nobody is there in between.</param>
    /// <param name="kills">By SIGKILL, or in good order.</param>
    public void Replace(bool overlaps, bool kills)
    {
        RoundtripProcess before = _server;
        RoundtripProcess? next = overlaps ? new RoundtripProcess(_folder) : null;
        if (next is not null)
        {
            (Plain.To, Secure.To) = (next.HttpPort, next.HttpsPort);
        }

        if (!kills)
        {
            before.Stop();
        }

        _logs.Append(before.Errors);
        before.Dispose();
        _server = next ?? new RoundtripProcess(_folder);
        (Plain.To, Secure.To) = (_server.HttpPort, _server.HttpsPort);
        Plain.Cut();
        Secure.Cut();
    }

    /// <summary>Ends the server in good order; then its log is whole.</summary>
    public void Stop() => _server.Stop();

    /// <summary>Publishes, and asks again under the same id until it is stored.</summary>
    public async Task PublishAsync(string topic, string data, string id)
    {
        await Condition.HoldsAsync(
            async () =>
            {
                using var form = new FormUrlEncodedContent([new("topic", topic), new("data", data), new("id", id)]);
                try
                {
                    using HttpResponseMessage answer = await _client.PostAsync(new Uri($"http://127.0.0.1:{_server.HttpPort}/{Hub}"), form);
                    return answer.IsSuccessStatusCode;
                }
                catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException or IOException)
                {
                    return false;
                }
            },
            () => $"{id} was not stored; the log: {Log}");
    }

    /// <summary>Publishes m0, m1, … to the topic a, and does something while that goes on.</summary>
    public async Task FlowAsync(int count, Func<Task> meanwhile)
    {
        Task? done = null;
        for (int i = 0; i < count; i++)
        {
            if (i == count / 4)
            {
                done = Task.Run(meanwhile);
            }

            await PublishAsync("a", $"m{i}", $"urn:m:{i}");
        }

        await done!;
    }

    /// <summary>Waits for a line of the access log, which is written when its exchange has ended.</summary>
    public Task UntilLoggedAsync(string text) => Condition.HoldsAsync(() => Task.FromResult(Logged(text) > 0), () => $"'{text}' was not logged; the log: {Log}");

    /// <summary>How many lines of the access log have all these words.</summary>
    public int Logged(params string[] words) => Log.Split('\n').Count(line => words.All(word => line.Contains(word, StringComparison.Ordinal)));

    public void Dispose()
    {
        Plain.Dispose();
        Secure.Dispose();
        _server.Dispose();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Configure(string conf) => File.WriteAllText(
        Path.Combine(_folder, "site.conf"),
        $"""
        LiveHub
        LiveAnonymous On
        LivePublisherKey HS256 {Secret}
        LiveSubscriberKey HS256 {Secret}
        LiveHistory 5000 1h
        {conf.Replace("{folder}", _folder, StringComparison.Ordinal)}

        """);

    private async Task<HttpResponseMessage> AskAsync(string url)
    {
        HttpResponseMessage answer = await _client.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead);
        answer.Dispose();
        return answer;
    }

    private static string MakeToken()
    {
        static string Encoded(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        string content = $"{Encoded("""{"alg":"HS256","typ":"JWT"}"""u8.ToArray())}.{Encoded("""{"mercure":{"publish":["*"],"subscribe":["*"]}}"""u8.ToArray())}";
        return $"{content}.{Encoded(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(content)))}";
    }
}
