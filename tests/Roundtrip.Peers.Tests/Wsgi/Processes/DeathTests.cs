using System.Diagnostics;

namespace Roundtrip.Peers.Tests.Wsgi.Processes;

/// <summary>Workers that die: the requests in hand in that process fail, no others, and the log says why.</summary>
public class DeathTests
{
    [Theory]
    [InlineData("segfault", 500, "signal 11 (SIGSEGV)")]
    [InlineData("_exit", 500, "exit code 4")]
    [InlineData("kill", 500, "signal 9 (SIGKILL): not by this server")]
    [InlineData("loop", 504, "takes longer than request-timeout")]
    [InlineData("cpu", 500, "signal 24 (SIGXCPU)", "cpu-time-limit=1 request-timeout=20")]
    public async Task Only_the_requests_in_hand_fail_and_the_log_says_why(string evil, int status, string reason, string options = "request-timeout=2")
    {
        using var server = new WsgiServer(Applications.Evil, $"processes=2 threads=1 {options}");
        server.UntilWorkers(2);
        IReadOnlyList<int> before = server.Workers;
        Task<string> other = server.Client.GetStringAsync(new Uri(server.Url + "slow"), TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken);

        Assert.Equal(status, server.StatusOf(evil));
        Assert.Contains(int.Parse(await other, null), before);
        server.UntilLogged(reason);
        server.UntilLogged("with 1 request in hand");
        server.UntilLogged($"GET /{evil}");
        WsgiServer.Until(() => server.Workers.Count == 2 && server.Workers.Intersect(before).Count() == 1, () => $"{string.Join(' ', server.Workers)} of {string.Join(' ', before)}");
        Assert.Matches("^[0-9]+$", server.Get());
        if (evil is "segfault" or "loop")
        {
            server.UntilLogged("app.wsgi\", line ");
        }
    }

    [Theory]
    [InlineData("_exit", 500, "exit code 4")]
    [InlineData("kill", 500, "signal 9 (SIGKILL)")]
    [InlineData("loop", 504, "takes longer than request-timeout")]
    public void PyPy_dies_likewise(string evil, int status, string reason)
    {
        using var pypy = new PyPyEnvironment();
        using var server = new WsgiServer(Applications.Evil, $"processes=1 threads=1 request-timeout=2 {pypy.Option}");
        string before = server.Get();
        Assert.Contains("pypy", new FileInfo($"/proc/{before}/exe").LinkTarget, StringComparison.Ordinal);

        Assert.Equal(status, server.StatusOf(evil));
        server.UntilLogged(reason);
        server.UntilLogged($"GET /{evil}");
        Assert.NotEqual(before, server.Get());
    }

    [Theory]
    [InlineData("exit", "SystemExit: 3", "")]
    [InlineData("memory", "MemoryError", "memory-limit=300000000")]
    public void What_Python_can_say_as_an_exception_is_one_and_the_process_goes_on(string evil, string said, string options)
    {
        using var server = new WsgiServer(Applications.Evil, $"processes=1 threads=1 {options}");
        server.UntilWorkers(1);
        string before = server.Get();

        Assert.Equal(500, server.StatusOf(evil));
        server.UntilLogged(said);
        Assert.Equal(before, server.Get());
    }

    [Theory]
    [InlineData("segfault", 500)]
    [InlineData("exit", 500)]
    [InlineData("_exit", 500)]
    [InlineData("kill", 500)]
    [InlineData("memory", 500)]
    [InlineData("loop", 504)]
    public async Task Under_load_no_other_request_fails(string evil, int status)
    {
        const int Deaths = 3;
        using var server = new WsgiServer(Applications.Evil, "processes=3 threads=1 memory-limit=300000000 request-timeout=2");
        server.UntilWorkers(3);
        using var load = Process.Start(Run.StartInfo("wrk", ["-t", "1", "-c", "8", "-d", "60s", server.Url]))!;
        for (int i = 0; i < Deaths; i++)
        {
            await Task.Delay(300, TestContext.Current.CancellationToken);

            // Asked once: nobody tries again.
            Assert.Equal($"{status}", Run.Program("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", server.Url + evil).Text);
        }

        Run.Program("kill", "-INT", $"{load.Id}");
        string report = await load.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Socket errors", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", report, StringComparison.Ordinal);
        Assert.Matches(@"[1-9]\d\d+ requests in", report);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_forked_child_never_answers(bool isPyPy)
    {
        using PyPyEnvironment? pypy = isPyPy ? new() : null;
        using var server = new WsgiServer(Applications.Evil, $"processes=1 threads=2 {pypy?.Option}");
        server.UntilWorkers(1);
        string parent = server.Get();
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(parent, server.Get("fork"));
        }

        Assert.Equal(parent, server.Get());
        server.UntilWorkers(1);

        // And it dies of SIGTERM, as any child: wait(2).
        Assert.Equal("15", server.Get("terminated"));
    }

    [Fact]
    public async Task A_script_that_cannot_be_loaded_is_503_in_a_while_with_the_reason_in_the_log()
    {
        using var server = new WsgiServer("raise RuntimeError('no such luck')\n", "processes=1 threads=1");
        using HttpResponseMessage response = await server.Client.GetAsync(new Uri(server.Url), TestContext.Current.CancellationToken);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        server.UntilLogged("RuntimeError: no such luck");
        server.UntilLogged("before it was ready: exit code 1; it said last: ");

        // What was repaired is served without anybody's doing.
        server.WriteApplication(Applications.Evil);
        WsgiServer.Until(() => server.StatusOf("") == 200, () => server.Log);
    }

    [Theory]
    [InlineData(true, "No such file or directory")]
    [InlineData(false, "must be the folder of a virtual environment")]
    public void An_interpreter_that_is_missing_is_named(bool isSupervised, string said)
    {
        using var server = new WsgiServer(Applications.Evil, "processes=1 threads=1 python-home=/nonexistent/venv", isSupervised);

        Assert.Equal(503, server.StatusOf(""));
        server.UntilLogged("/nonexistent/venv/bin/python3");
        server.UntilLogged(said);
    }

    [Fact]
    public void A_worker_that_is_not_ready_in_startup_timeout_is_killed()
    {
        using var server = new WsgiServer("import time\ntime.sleep(60)\n", "processes=1 threads=1 startup-timeout=1");

        server.UntilLogged("before it was ready: signal 9 (SIGKILL): it was not ready in startup-timeout");
    }
}
