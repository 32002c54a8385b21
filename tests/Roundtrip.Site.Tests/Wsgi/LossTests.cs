using System.Net;
using System.Net.Sockets;
using Roundtrip.Site.Tests.Wsgi.Support;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>Workers that end while they have requests.</summary>
public sealed class LossTests
{
    private const string Application = """
        import os, time, signal
        TEXT = [('Content-Type', 'text/plain')]
        def pid(e, sr): sr('200 OK', TEXT); return [b'%d' % os.getpid()]
        def dies(e, sr): os._exit(4)
        def dies_late(e, sr): w = sr('200 OK', TEXT); w(b'some'); os._exit(4)
        def answers_and_dies(e, sr): w = sr('200 OK', TEXT + [('Content-Length', '4')]); w(b'last'); os._exit(4)
        def large_and_dies(e, sr): w = sr('200 OK', TEXT + [('Content-Length', '500000')]); w(b'x' * 500000); os._exit(4)
        def hangs(e, sr): time.sleep(60)
        def nap(e, sr): time.sleep(0.3); sr('200 OK', TEXT); return [b'%d' % os.getpid()]
        def closes(e, sr): os.closerange(4, 100); time.sleep(60)
        def application(e, sr): return globals()[e['PATH_INFO'][1:]](e, sr)
        """;

    private const string Conf = "WSGIDaemonProcess one processes=1 threads=1\nWSGIProcessGroup one\nWSGIApplicationGroup %{GLOBAL}\nWSGIScriptAlias / app.wsgi\n";

    [Theory]
    [InlineData("dies")]
    [InlineData("closes")]
    public async Task A_request_whose_worker_ends_is_500_and_the_next_one_has_another_worker(string path)
    {
        using var site = new ApplicationSite(Application, Conf, new SimpleWorkers { Replaces = true });
        string first = await site.Get("pid");
        using HttpResponseMessage response = await site.Send(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.NotEqual(first, await site.Get("pid"));
        await site.LogWith($"the process ended while it had GET /{path}");
    }

    [Fact]
    public async Task A_response_whose_worker_ends_in_it_is_cut()
    {
        using var site = new ApplicationSite(Application, Conf, new SimpleWorkers { Replaces = true });

        await Assert.ThrowsAsync<HttpRequestException>(() => site.Get("dies_late"));
        await site.Get("pid");
    }

    [Theory]
    [InlineData("answers_and_dies", 4)]
    [InlineData("large_and_dies", 500_000)]
    public async Task What_a_worker_sent_before_it_ended_is_sent(string path, int length)
    {
        using var site = new ApplicationSite(Application, Conf, new SimpleWorkers { Replaces = true });

        Assert.Equal(length, (await site.Get(path)).Length);
        await site.Get("pid");
    }

    [Fact]
    public async Task Who_waits_while_a_worker_ends_is_answered_by_the_next()
    {
        using var site = new ApplicationSite(Application, Conf, new SimpleWorkers { Replaces = true });
        string first = await site.Get("pid");
        Task<HttpResponseMessage> dying = site.Send(HttpMethod.Get, "dies");
        Task<string>[] waiting = [.. Enumerable.Range(0, 20).Select(_ => site.Get("pid"))];

        Assert.Equal(HttpStatusCode.InternalServerError, (await dying).StatusCode);
        Assert.All(await Task.WhenAll(waiting), pid => Assert.NotEmpty(pid));
        Assert.NotEqual(first, await site.Get("pid"));
    }

    [Fact]
    public async Task A_request_that_no_worker_took_is_tried_again()
    {
        // The first worker is stopped, so that it takes nothing, and killed when it has a request.
        using var site = new ApplicationSite(Application, Conf, new SimpleWorkers { Replaces = true });
        int first = int.Parse(await site.Get("pid"), System.Globalization.CultureInfo.InvariantCulture);
        using var stop = System.Diagnostics.Process.Start("kill", ["-STOP", $"{first}"]);
        await stop.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{first}/stat").Split(") ")[1].StartsWith('T'), 5_000));
        Task<string> asked = site.Get("pid");
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.False(asked.IsCompleted, asked.IsCompletedSuccessfully ? await asked : asked.Exception?.ToString());
        using var kill = System.Diagnostics.Process.Start("kill", ["-KILL", $"{first}"]);

        Assert.NotEqual($"{first}", await asked);
    }

    [Fact]
    public async Task A_request_beyond_request_timeout_is_504()
    {
        using var site = new ApplicationSite(Application, Conf.Replace("threads=1", "threads=1 request-timeout=1", StringComparison.Ordinal), new SimpleWorkers { Replaces = true });
        using HttpResponseMessage response = await site.Send(HttpMethod.Get, "hangs");

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        await site.LogWith("GET /hangs took longer than request-timeout");
        await site.Get("pid");
    }

    [Fact]
    public async Task A_request_that_waits_beyond_queue_timeout_is_504_and_one_beyond_the_backlog_503()
    {
        using var site = new ApplicationSite(Application, Conf.Replace("threads=1", "threads=1 queue-timeout=1 listen-backlog=1", StringComparison.Ordinal));
        await site.Get("pid");
        Task<HttpResponseMessage> busy = site.Send(HttpMethod.Get, "hangs");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Task<HttpResponseMessage> waits = site.Send(HttpMethod.Get, "pid");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        using HttpResponseMessage beyond = await site.Send(HttpMethod.Get, "pid");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, beyond.StatusCode);
        Assert.NotNull(beyond.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await waits).StatusCode);
        Assert.False(busy.IsCompleted);
    }

    [Fact]
    public async Task Who_leaves_while_he_waits_is_out_of_the_queue()
    {
        using var site = new ApplicationSite(Application, Conf.Replace("threads=1", "threads=1 listen-backlog=1", StringComparison.Ordinal));
        await site.Get("pid");
        Task<string> busy = site.Get("nap");
        await Task.Delay(50, TestContext.Current.CancellationToken);
        using (var leaves = new CancellationTokenSource(50))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "pid") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => site.Client.SendAsync(request, leaves.Token));
        }

        await Task.Delay(50, TestContext.Current.CancellationToken);
        Task<string> waits = site.Get("pid");
        Assert.Equal(await busy, await waits);
    }

    [Fact]
    public async Task Who_closes_in_HTTP_1_while_he_waits_is_out_of_the_queue()
    {
        using var site = new ApplicationSite(Application, Conf.Replace("threads=1", "threads=1 listen-backlog=1", StringComparison.Ordinal));
        await site.Get("pid");
        Task<string> busy = site.Get("nap");
        await Task.Delay(50, TestContext.Current.CancellationToken);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, site.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("GET /pid HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        await Task.Delay(50, TestContext.Current.CancellationToken);
        Task<string> waits = site.Get("pid");
        Assert.Equal(await busy, await waits);
    }
}
