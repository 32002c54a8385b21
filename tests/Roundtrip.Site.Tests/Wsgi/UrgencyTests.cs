using Roundtrip.Site.Tests.Wsgi.Support;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>How a worker's threads are scheduled: by turns where requests queue, as usual where none does.</summary>
public sealed class UrgencyTests
{
    private const string Application = """
        import os, time
        def ask(): return '%d' % os.sched_getscheduler(0)
        def nap(): time.sleep(0.3); return ask()
        def idle(): os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)); return 'idle'
        def application(e, sr):
            sr('200 OK', [('Content-Type', 'text/plain')])
            return [globals()[e['PATH_INFO'][1:]]().encode()]
        """;

    private const string Conf = "WSGIDaemonProcess one processes=1 threads=1\nWSGIProcessGroup one\nWSGIApplicationGroup %{GLOBAL}\nWSGIScriptAlias / app.wsgi\n";

    // sched.h: SCHED_OTHER, SCHED_BATCH, SCHED_IDLE.
    private const string Usual = "0";
    private const string ByTurns = "3";

    [Fact]
    public async Task A_thread_works_by_turns_while_requests_queue_and_no_longer()
    {
        using var site = new ApplicationSite(Application, Conf);
        await UntilUsual(site);

        string[] said = await Task.WhenAll(site.Get("nap"), site.Get("nap"), site.Get("nap"));
        Assert.Equal([Usual, ByTurns, ByTurns], said.Order(StringComparer.Ordinal));

        await UntilUsual(site);
    }

    [Fact]
    public async Task A_policy_that_the_application_has_chosen_stays()
    {
        using var site = new ApplicationSite(Application, Conf);
        await site.Get("idle");

        string[] said = await Task.WhenAll(site.Get("nap"), site.Get("nap"));
        Assert.All(said, policy => Assert.Equal("5", policy));
    }

    // The first request waits for the process, and a thread is free only a moment after its answer has come.
    private static async Task UntilUsual(ApplicationSite site)
    {
        for (int i = 0; i < 50 && await site.Get("ask") != Usual; i++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal(Usual, await site.Get("ask"));
    }
}
