using Roundtrip.Site.Tests.Wsgi.Support;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>How a worker's threads are scheduled: by turns where many requests come at a time, as usual for one alone.</summary>
public sealed class UrgencyTests
{
    private const string Application = """
        import os
        def ask(): return '%d' % os.sched_getscheduler(0)
        def idle(): os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)); return 'idle'
        def application(e, sr):
            sr('200 OK', [('Content-Type', 'text/plain')])
            return [globals()[e['PATH_INFO'][1:]]().encode()]
        """;

    private const int Clients = 8;

    // sched.h: SCHED_OTHER, SCHED_BATCH, SCHED_IDLE.
    private const string Usual = "0";
    private const string ByTurns = "3";
    private const string Idle = "5";

    [Fact]
    public async Task A_thread_works_by_turns_while_many_requests_come_and_no_longer()
    {
        using var site = new ApplicationSite(Application, Conf(threads: Clients));
        Assert.Equal(Usual, await site.Get("ask"));

        // Until the clients have met each other in the server.
        Assert.True(await Until(site, said => said.Contains(ByTurns)));
        await Task.Delay(20, TestContext.Current.CancellationToken);

        Assert.Equal(Usual, await site.Get("ask"));
    }

    [Fact]
    public async Task A_policy_that_the_application_has_chosen_stays()
    {
        using var site = new ApplicationSite(Application, Conf(threads: 1));
        await site.Get("idle");

        Assert.False(await Until(site, said => said.Any(policy => policy != Idle)));
    }

    private static string Conf(int threads) => $"WSGIDaemonProcess one processes=1 threads={threads}\nWSGIProcessGroup one\nWSGIApplicationGroup %{{GLOBAL}}\nWSGIScriptAlias / app.wsgi\n";

    private static async Task<bool> Until(ApplicationSite site, Func<string[], bool> condition)
    {
        for (int i = 0; i < 200; i++)
        {
            if (condition(await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => site.Get("ask")))))
            {
                return true;
            }
        }

        return false;
    }
}
