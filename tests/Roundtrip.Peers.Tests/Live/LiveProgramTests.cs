using System.Diagnostics;

namespace Roundtrip.Peers.Tests.Live;

/// <summary>The program's hub with clients that nobody here wrote, and over reloads and a stop.</summary>
public sealed class LiveProgramTests : IDisposable
{
    private const string Secret = "a-secret-of-publishers-that-is-long";
    private const string Hub = ".well-known/mercure";
    private static readonly string Scripts = Path.Combine(Repository.Root, "tests/Roundtrip.Peers.Tests/Live");

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _listeners = [];

    public void Dispose()
    {
        foreach (Process process in _listeners)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public void Clients_that_nobody_here_wrote_get_what_a_publisher_of_PyJWT_s_sends()
    {
        using RoundtripProcess server = Serve("LiveAnonymous On");
        Process curl = Listen("curl", "-sN", $"{server.Http}{Hub}?topic=a");
        Assert.Equal(":", curl.StandardOutput.ReadLine());
        Process sockets = Listen("/usr/bin/python3", $"{Scripts}/live_listen.py", $"{server.Http.Replace("http", "ws", StringComparison.Ordinal)}{Hub}", "a", "2");
        Process events = Listen("node", $"{Scripts}/live_listen.cjs", $"{server.Http}{Hub}?topic=a", "2");
        Assert.Equal("ready", sockets.StandardOutput.ReadLine());
        Assert.Equal("ready", events.StandardOutput.ReadLine());

        string[] ids = Publish(server, "é1", "2");

        Assert.Equal("é1 2", Lines(sockets, 2));
        Assert.Equal("é1 2", Lines(events, 2));
        Assert.Equal($" id: {ids[0]} data: é1  id: {ids[1]} data: 2", Lines(curl, 6));
    }

    [Fact]
    public void Symfony_s_publisher_and_its_subscriber_speak_with_the_hub_as_with_Mercure_s_own()
    {
        using RoundtripProcess server = Serve($"LiveSubscriberKey HS256 {Secret}");
        string url = $"{server.Http}{Hub}";
        Process listener = Listen("php", $"{Scripts}/mercure_listen.php", $"{url}?topic=a&topic=a/alternate", Secret, "3");
        Assert.Equal("ready", listener.StandardOutput.ReadLine());

        Finished published = Run.Program("php", $"{Scripts}/mercure_publish.php", url, Secret, "a", "for all", "for some", "two\nlines");
        string[] ids = published.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.True(ids.Length == 3, $"{published.Text}{published.Errors}; the log: {server.Errors}");
        Assert.Equal("urn:symfony:1 urn:symfony:2", $"{ids[1]} {ids[2]}");
        Assert.Equal($"{ids[0]} message for all urn:symfony:1 note for some urn:symfony:2 note two lines", Lines(listener, 4));

        // Who comes back goes on behind its last id; who has no token is refused.
        Process second = Listen("php", $"{Scripts}/mercure_listen.php", $"{url}?topic=a", Secret, "1", "urn:symfony:1");
        Assert.Equal("ready urn:symfony:2 note two lines", Lines(second, 3));
        Process stranger = Listen("php", $"{Scripts}/mercure_listen.php", $"{url}?topic=a", "another-secret-that-is-long-enough", "1");
        Assert.True(stranger.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.NotEqual(0, stranger.ExitCode);
    }

    [Fact]
    public void A_reload_keeps_history_and_listeners_and_ends_those_whose_terms_it_changed()
    {
        using RoundtripProcess server = Serve("LiveAnonymous On");
        Process curl = Listen("curl", "-sN", $"{server.Http}{Hub}?topic=a");
        Assert.Equal(":", curl.StandardOutput.ReadLine());
        Reload(server, "LiveAnonymous On\nLiveHistory 50");
        string id = Assert.Single(Publish(server, "after"));
        Assert.Equal($" id: {id} data: after", Lines(curl, 3));

        Reload(server, "LiveAnonymous Off");
        Assert.True(curl.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, curl.ExitCode);

        Reload(server, "LiveAnonymous On");
        string past = Run.Program("curl", "-s", $"{server.Http}{Hub}?topic=a&since=earliest").Text;
        Assert.Contains("after", past, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_ends_streams_in_good_order()
    {
        using RoundtripProcess server = Serve("LiveAnonymous On");
        Process plain = Listen("curl", "-sN", $"{server.Http}{Hub}?topic=a");
        Process secure = Listen("curl", "-skN", "--http2", $"{server.Https}{Hub}?topic=a");
        Assert.Equal(":", plain.StandardOutput.ReadLine());
        Assert.Equal(":", secure.StandardOutput.ReadLine());

        long began = Environment.TickCount64;
        Assert.Equal(0, server.Stop().ExitCode);
        Assert.True(Environment.TickCount64 - began < 2500, "the stop waited for streams that have no end");
        Assert.True(plain.WaitForExit(TimeSpan.FromSeconds(10)) && secure.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Equal((0, 0), (plain.ExitCode, secure.ExitCode));
    }

    private RoundtripProcess Serve(string conf)
    {
        Configure(conf);
        return new RoundtripProcess(_folder.Path);
    }

    private void Configure(string conf) => _folder.Write("site.conf", $"LiveHub\nLivePublisherKey HS256 {Secret}\n{conf}\n");

    // What is served is the new configuration once it says so itself.
    private void Reload(RoundtripProcess server, string conf)
    {
        string mark = Guid.NewGuid().ToString("N");
        Configure($"{conf}\nHeader always set X-Mark {mark}");
        Assert.Equal(0, Run.Program("kill", "-USR1", $"{server.Id}").ExitCode);
        for (int i = 0; !Run.Program("curl", "-si", server.Http).Text.Contains(mark, StringComparison.Ordinal); i++)
        {
            Assert.True(i < 200, $"the reload does not come; the log: {server.Errors}");
            Thread.Sleep(25);
        }
    }

    private static string[] Publish(RoundtripProcess server, params string[] data) =>
        Run.Program("/usr/bin/python3", [$"{Scripts}/live_publish.py", $"{server.Http}{Hub}", Secret, "a", .. data]).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Lines(Process process, int count) => string.Join(' ', Enumerable.Range(0, count).Select(_ => process.StandardOutput.ReadLine()));

    private Process Listen(string program, params string[] words)
    {
        var process = Process.Start(Run.StartInfo(program, words))!;
        process.StandardInput.Close();
        _listeners.Add(process);
        return process;
    }
}
