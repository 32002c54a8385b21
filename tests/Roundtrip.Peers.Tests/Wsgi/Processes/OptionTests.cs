using System.Diagnostics;

namespace Roundtrip.Peers.Tests.Wsgi.Processes;

/// <summary>Options of WSGIDaemonProcess, seen from inside the application and in /proc.</summary>
public class OptionTests
{
    // Half of what is waited for at most where something ends by its time and not by another's.
    private const int Soon = 10_000;

    private const string Tells = """
        import locale, os, sys, time

        def application(environ, start_response):
            if environ['PATH_INFO'] == '/sleep':
                time.sleep(60)
            start_response('200 OK', [('Content-Type', 'text/plain')])
            return ['|'.join([os.environ.get('LANG', ''), os.environ.get('LC_ALL', ''), str(locale.setlocale(locale.LC_ALL)), sys.getfilesystemencoding(),
                '%o' % os.umask(0o777), os.getcwd(), ':'.join(sys.path[:2]), str(os.getpid())]).encode()]
        """;

    private const string Stubborn = """
        import os, signal, threading
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        threading.Thread(target=lambda: threading.Event().wait()).start()

        def application(environ, start_response):
            start_response('200 OK', [])
            return [b'%d' % os.getpid()]
        """;

    [Theory]
    [InlineData("lang=de_DE.UTF-8", "de_DE.UTF-8||")]
    [InlineData("locale=C.UTF-8", "|C.UTF-8|C.UTF-8|utf-8|")]
    [InlineData("lang=en_GB.UTF-8 locale=C.UTF-8", "en_GB.UTF-8|C.UTF-8|C.UTF-8|utf-8|")]
    [InlineData("umask=0077 home=/usr/share", "|77|/usr/share|")]
    [InlineData("python-path=/opt/first:/opt/second", "|/opt/first:/opt/second|")]
    public void The_application_sees_what_is_said(string options, string told)
    {
        using var server = new WsgiServer(Tells, $"processes=1 threads=1 {options}");

        Assert.Contains(told, server.Get(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "(wsgi:g)")]
    [InlineData("display-name=%{GROUP}", "(wsgi:g)")]
    [InlineData("display-name=shop", "shop")]
    public void Process_lists_show_the_name(string options, string name)
    {
        using var server = new WsgiServer(Tells, $"processes=1 threads=1 {options}");
        server.UntilWorkers(1);
        server.Get();
        int id = server.Workers.Single();

        Assert.Equal(name, File.ReadAllText($"/proc/{id}/comm").TrimEnd());
        Assert.Equal(name, File.ReadAllText($"/proc/{id}/cmdline").Split('\0')[2]);
    }

    [Fact]
    public async Task After_restart_interval_another_process_has_its_place_and_no_request_fails()
    {
        using var server = new WsgiServer(Tells, "processes=1 threads=1 restart-interval=1");
        var seen = new HashSet<string>();
        for (long until = Environment.TickCount64 + 30_000; seen.Count < 3;)
        {
            Assert.True(Environment.TickCount64 < until, $"processes {string.Join(' ', seen)}");
            seen.Add((await server.Client.GetStringAsync(new Uri(server.Url), TestContext.Current.CancellationToken)).Split('|')[^1]);
        }

        Assert.DoesNotContain("SIGKILL", server.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("graceful-timeout=1 shutdown-timeout=1")]
    [InlineData("eviction-timeout=1 graceful-timeout=60 shutdown-timeout=1")]
    public async Task A_process_that_is_replaced_has_so_long_for_its_requests_and_then_to_end(string options)
    {
        using var server = new WsgiServer(Tells, $"processes=1 threads=2 {options}");
        server.UntilWorkers(1);
        int before = server.Workers.Single();
        Task<int> slow = Task.Run(() => server.StatusOf("sleep"), TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        var time = Stopwatch.StartNew();
        server.WriteApplication(Tells + "\n");
        WsgiServer.Until(() => server.Get().Split('|')[^1] != $"{before}", () => server.Log);

        Assert.Equal(500, await slow);
        Assert.InRange(time.ElapsedMilliseconds, 1_500, Soon);
        server.UntilLogged("of process group g ended with 1 request in hand: ");
        server.UntilLogged(": it did not end in shutdown-timeout\n");
        server.UntilLogged("the process ended while it had GET /sleep");
        server.UntilWorkers(1, before);
    }

    [Fact]
    public async Task A_process_has_shutdown_timeout_when_the_server_ends()
    {
        using var server = new WsgiServer(Tells, "processes=1 threads=1 shutdown-timeout=1");
        server.UntilWorkers(1);
        Task<Finished> slow = Task.Run(() => Run.Program("curl", "-s", "-m", "50", server.Url + "sleep"), TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        WsgiServer.Kill("TERM", server.MainId);
        server.UntilEnded();

        Assert.NotEqual(0, (await slow).ExitCode);
        Assert.Empty(server.Workers);
    }

    [Fact]
    public void A_worker_that_ignores_SIGTERM_and_its_control_socket_ends_with_the_server()
    {
        using var server = new WsgiServer(Stubborn, "processes=2 threads=1 shutdown-timeout=1");
        server.UntilWorkers(2);
        IReadOnlyList<int> before = server.Workers;

        // The server alone first: its supervisor ends what it left, and starts another.
        WsgiServer.Kill("KILL", server.ServerId);
        WsgiServer.Until(() => server.Workers.Count == 2 && !server.Workers.Intersect(before).Any(), () => $"{string.Join(' ', server.Workers)} after {string.Join(' ', before)}: {server.Log}");
        Assert.Contains(int.Parse(server.Get(), null), server.Workers);
        WsgiServer.Kill("TERM", server.MainId);
        server.UntilEnded();
        Assert.Empty(server.Workers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_ends_too_where_nobody_is_left_to_kill_it(bool isReady)
    {
        using var server = new WsgiServer(Stubborn + (isReady ? "" : "\nimport time\ntime.sleep(1)\n"), "processes=2 threads=1 shutdown-timeout=1", isSupervised: false);
        server.UntilWorkers(2);
        if (isReady)
        {
            server.Get();
        }

        WsgiServer.Kill("KILL", server.ServerId);

        server.UntilWorkers(0);
    }
}
