using System.Diagnostics;

namespace Roundtrip.Peers.Tests.Wsgi.Processes;

/// <summary>Workers that are replaced while requests come: none of these fails.</summary>
public class ReplacementTests
{
    private const int Changes = 3;

    // One takes long enough for the next to go to another process.
    private const string Counting = """
        import itertools, os, time
        numbers = itertools.count(1)

        def application(environ, start_response):
            number = next(numbers)
            time.sleep(0.02)
            start_response('200 OK', [('Content-Type', 'text/plain')])
            return [b'%d %d' % (os.getpid(), number)]
        """;

    // Five seconds is the default: who waits for it has not seen that the workers have ended.
    private const int ShorterThanShutdownTimeout = 4_500;

    [Theory]
    [InlineData("touch", true)]
    [InlineData("touch", false)]
    [InlineData("graceful", true)]
    [InlineData("graceful", false)]
    [InlineData("maximum-requests", true)]
    [InlineData("SIGTERM to a worker", true)]
    [InlineData("SIGTERM to a worker", false)]
    [InlineData("kill of an idle worker", true)]
    [InlineData("kill of an idle worker", false)]
    public async Task Under_load_no_request_fails(string change, bool isSupervised)
    {
        using var server = new WsgiServer(Applications.Evil, $"processes=2 threads=4{(change == "maximum-requests" ? " maximum-requests=2000" : "")}", isSupervised);
        server.UntilWorkers(2);
        Assert.Contains(int.Parse(server.Get(), null), server.Workers);
        IReadOnlyList<int> first = server.Workers;

        // One connection where one worker is to be idle: the least busy is the first.
        string connections = change == "kill of an idle worker" ? "1" : "8";
        using var load = Process.Start(Run.StartInfo("wrk", ["-t", "1", "-c", connections, "-d", "60s", server.Url]))!;
        for (int i = 0; i < Changes; i++)
        {
            IReadOnlyList<int> before = server.Workers;
            await Task.Delay(300, TestContext.Current.CancellationToken);
            switch (change)
            {
                case "touch":
                    File.SetLastWriteTimeUtc(server.ApplicationFile, DateTime.UtcNow.AddSeconds(i + 1));
                    server.UntilWorkers(2, before);
                    break;
                case "graceful":
                    WsgiServer.Kill("USR1", server.MainId);
                    server.UntilWorkers(2, before);
                    break;
                case "SIGTERM to a worker":
                    WsgiServer.Kill("TERM", before[0]);
                    server.UntilWorkers(2, before[0]);
                    break;
                case "maximum-requests":
                    server.UntilWorkers(2, before);
                    break;
                default:
                    int idle = Idle(server);
                    WsgiServer.Kill("KILL", idle);
                    server.UntilWorkers(2, idle);
                    break;
            }
        }

        Run.Program("kill", "-INT", $"{load.Id}");
        string report = await load.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.False(report.Contains("Socket errors", StringComparison.Ordinal) || report.Contains("Non-2xx", StringComparison.Ordinal), $"{report}\n{server.Log}");
        Assert.Matches(@"[1-9]\d* requests in", report);
        Assert.NotEqual(first, server.Workers);
    }

    [Fact]
    public async Task Of_maximum_requests_each_process_has_a_share_of_its_own_and_no_request_fails()
    {
        const int Processes = 6;
        const int Maximum = 100;
        const int LeastShare = 90;
        using var server = new WsgiServer(Counting, $"processes={Processes} threads=1 maximum-requests={Maximum}");
        server.UntilWorkers(Processes);
        IReadOnlyList<int> first = server.Workers;
        var answered = new Dictionary<int, int>();
        while (server.Workers.Intersect(first).Any())
        {
            // Each has one, and no more while a successor starts: so what each answered last is near its limit.
            string[] answers = await Task.WhenAll(Enumerable.Range(0, Processes).Select(_ => server.Client.GetStringAsync(new Uri(server.Url), TestContext.Current.CancellationToken)));
            foreach (int[] one in answers.Select(answer => answer.Split(' ').Select(int.Parse).ToArray()))
            {
                answered[one[0]] = Math.Max(one[1], answered.GetValueOrDefault(one[0]));
            }

            WsgiServer.Until(() => server.Workers.Count == Processes, () => server.Log);
        }

        int[] limits = [.. first.Select(id => answered[id])];
        Assert.All(limits, limit => Assert.InRange(limit, LeastShare, 2 * Maximum));
        Assert.True(limits.Distinct().Count() > 1 && limits.Min() < Maximum, $"all leave together: {string.Join(' ', limits)}");
    }

    [Fact]
    public async Task Requests_in_hand_are_finished_when_the_script_or_the_definition_changes()
    {
        using var server = new WsgiServer(Applications.Evil, "processes=1 threads=2");
        server.UntilWorkers(1);
        IReadOnlyList<int> before = server.Workers;

        // The script is loaded by its first request: what is written after that is a change.
        Task<string> slow = server.Client.GetStringAsync(new Uri(server.Url + "slow"), TestContext.Current.CancellationToken);
        server.UntilLogged("the slow one has begun");
        server.WriteApplication(Applications.Evil + "\nNEW = 1\n");
        WsgiServer.Until(() => server.Get() is var id && !before.Contains(int.Parse(id, null)), () => "the new script is not served");

        Assert.Equal($"{before[0]}", await slow);
        server.UntilWorkers(1, before);

        before = server.Workers;
        slow = server.Client.GetStringAsync(new Uri(server.Url + "slow"), TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        server.Configure("processes=2 threads=3");
        WsgiServer.Kill("USR1", server.MainId);
        Assert.Equal($"{before[0]}", await slow);
        server.UntilWorkers(2, before);
    }

    [Theory]
    [InlineData("touch")]
    [InlineData("graceful")]
    [InlineData("graceful-stop")]
    [InlineData("stop")]
    public async Task An_answer_that_is_on_its_way_arrives_whole(string change)
    {
        string expected = string.Concat(Enumerable.Range(0, 30).SelectMany(number => Enumerable.Repeat($"{number:D7}\n", 8192)));
        using var server = new WsgiServer(Applications.Evil, "processes=2 threads=2", more: "Protocols h2c http/1.1");
        server.UntilWorkers(2);
        IReadOnlyList<int> before = server.Workers;
        string hold = Path.Combine(server.Folder, "hold");
        File.WriteAllText(hold, "");
        Task<Finished> whole = Task.Run(() => Run.Program("curl", "-sS", server.Url + "stream"), TestContext.Current.CancellationToken);
        Task<Finished> wholeOverHttp2 = Task.Run(() => Run.Program("curl", "-sS", "--http2-prior-knowledge", server.Url + "stream"), TestContext.Current.CancellationToken);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        if (change == "touch")
        {
            server.WriteApplication(Applications.Evil + "\nNEW = 1\n");
            server.Get();
        }
        else
        {
            Assert.Equal(0, server.Verb(change).ExitCode);
        }

        Assert.False(whole.IsCompleted);
        File.Delete(hold);
        Assert.Equal((0, expected), ((await whole).ExitCode, (await whole).Text));
        Assert.Equal((0, expected), ((await wholeOverHttp2).ExitCode, (await wholeOverHttp2).Text));
        if (change.EndsWith("stop", StringComparison.Ordinal))
        {
            server.UntilEnded();
            Assert.Empty(server.Workers);
        }
        else
        {
            server.UntilWorkers(2, before);
        }
    }

    [Fact]
    public void A_script_that_cannot_be_loaded_any_more_leaves_the_old_one_serving()
    {
        using var server = new WsgiServer(Applications.Evil, "processes=1 threads=2");
        server.UntilWorkers(1);
        string before = server.Get();
        server.WriteApplication("this is no Python\n");
        WsgiServer.Until(() => server.Get() == before && server.Log.Contains("SyntaxError", StringComparison.Ordinal), () => server.Log);
        server.UntilLogged("ended before it was ready");

        Assert.Equal(before, server.Get());
    }

    [Fact]
    public void Without_requests_for_inactivity_timeout_a_worker_ends_and_the_next_request_has_another()
    {
        using var server = new WsgiServer(Applications.Evil, "processes=1 threads=2 inactivity-timeout=1");
        server.UntilWorkers(1);
        string before = server.Get();
        server.UntilWorkers(0);

        Assert.NotEqual(before, server.Get());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SIGTERM_lets_requests_in_hand_finish_and_no_worker_is_left(bool isSupervised)
    {
        using var server = new WsgiServer(Applications.Evil, "processes=2 threads=2", isSupervised);
        server.UntilWorkers(2);
        Task<string> slow = server.Client.GetStringAsync(new Uri(server.Url + "slow"), TestContext.Current.CancellationToken);
        server.UntilLogged("the slow one has begun");
        WsgiServer.Kill("TERM", server.MainId);

        Assert.Matches("^[0-9]+$", await slow);
        long answered = Environment.TickCount64;
        server.UntilEnded();
        Assert.Empty(server.Workers);
        Assert.InRange(Environment.TickCount64 - answered, 0, ShorterThanShutdownTimeout);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_that_somebody_ends_by_SIGTERM_finishes_what_it_has(bool isPyPy)
    {
        using PyPyEnvironment? pypy = isPyPy ? new() : null;
        using var server = new WsgiServer(Applications.Evil, $"processes=1 threads=2 {pypy?.Option}");
        int worker = int.Parse(server.Get(), null);
        Task<string> slow = server.Client.GetStringAsync(new Uri(server.Url + "slow"), TestContext.Current.CancellationToken);
        server.UntilLogged("the slow one has begun");
        WsgiServer.Kill("TERM", worker);

        WsgiServer.Until(() => server.Get() != $"{worker}", () => server.Log);
        Assert.Equal($"{worker}", await slow);
        server.UntilWorkers(1, worker);
    }

    [Fact]
    public void However_often_somebody_ends_the_only_worker_by_SIGTERM_requests_wait_for_the_next()
    {
        using var server = new WsgiServer(Applications.Evil + "\nimport time\ntime.sleep(0.3)\n", "processes=1 threads=1");
        for (int i = 0; i < 6; i++)
        {
            int worker = int.Parse(server.Get(), null);
            WsgiServer.Kill("TERM", worker);
            server.UntilLogged($"(process {worker}) of process group g has ended: it was sent SIGTERM");
        }

        Assert.Equal(200, server.StatusOf(""));
        Assert.DoesNotContain("error", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Graceful_stop_lets_requests_in_hand_finish_and_no_worker_is_left()
    {
        using var server = new WsgiServer(Applications.Evil, "processes=2 threads=2");
        server.UntilWorkers(2);
        Task<string> slow = server.Client.GetStringAsync(new Uri(server.Url + "slow"), TestContext.Current.CancellationToken);
        server.UntilLogged("the slow one has begun");
        WsgiServer.Kill("WINCH", server.MainId);

        Assert.Matches("^[0-9]+$", await slow);
        server.UntilEnded();
        Assert.Empty(server.Workers);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task One_that_keeps_Pythons_lock_in_C_code_ends_too(bool isSupervised, bool isPyPy)
    {
        using PyPyEnvironment? pypy = isPyPy ? new() : null;
        using var server = new WsgiServer(Applications.Evil, $"processes=1 threads=2 shutdown-timeout=1 {pypy?.Option}", isSupervised);
        int worker = int.Parse(server.Get(), null);
        int serverId = server.ServerId;
        // A server whose supervisor is gone may still say that it has no answer.
        Task<Finished> locked = Task.Run(() => Run.Program("curl", "-f", "-s", "-m", "60", server.Url + "locked"), TestContext.Current.CancellationToken);
        server.UntilLogged("now it is locked");
        if (isSupervised)
        {
            // Nobody is left to kill it: the supervisor goes first.
            WsgiServer.Kill("KILL", server.MainId);
        }

        WsgiServer.Kill("KILL", serverId);

        Assert.NotEqual(0, (await locked).ExitCode);
        WsgiServer.Until(() => !server.Workers.Contains(worker), () => "it goes on");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Workers_end_with_a_server_that_is_killed_even_one_that_loops(bool isSupervised)
    {
        using var server = new WsgiServer(Applications.Evil, "processes=2 threads=1 shutdown-timeout=1", isSupervised);
        server.UntilWorkers(2);
        IReadOnlyList<int> before = server.Workers;
        Task<Finished> loop = Task.Run(() => Run.Program("curl", "-s", "-m", "30", server.Url + "loop"), TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        WsgiServer.Kill("KILL", server.ServerId);

        Assert.NotEqual(0, (await loop).ExitCode);
        WsgiServer.Until(() => !server.Workers.Intersect(before).Any(), () => "workers are left");
        if (isSupervised)
        {
            WsgiServer.Kill("KILL", server.MainId);
        }

        server.UntilWorkers(0);
    }

    // One that has had no processor time since a little while ago.
    private static int Idle(WsgiServer server)
    {
        int idle = 0;
        WsgiServer.Until(
            () =>
            {
                IReadOnlyList<int> workers = server.Workers;
                string[] before = [.. workers.Select(TimeOf)];
                Thread.Sleep(100);
                return (idle = workers.Where((id, i) => TimeOf(id) == before[i]).FirstOrDefault()) != 0;
            },
            () => "no worker is idle");
        return idle;
    }

    private static string TimeOf(int id) => string.Join(' ', File.ReadAllText($"/proc/{id}/stat").Split(") ")[1].Split(' ')[11..13]);
}
