using System.Globalization;
using Roundtrip.Site.Tests.Wsgi.Support;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>Requests that come close upon each other wait in one thread's inbox, and are taken back where it does not get on.</summary>
public sealed class LineTests
{
    private const string Application = """
        import os, threading, time
        MET = threading.Barrier(3, timeout=15)
        ASKED = threading.Event()
        TEXT = [('Content-Type', 'text/plain')]
        def name(e, sr): sr('200 OK', TEXT); return [e['PATH_INFO'].encode()]
        def meet(e, sr): MET.wait(); return name(e, sr)
        def dies(e, sr): os._exit(4)
        def nap(e, sr): time.sleep(0.5); return name(e, sr)
        def thread(e, sr): sr('200 OK', TEXT); return [b'%d' % threading.get_ident()]
        def large(e, sr): sr('200 OK', TEXT + [('Content-Length', '200000')]); return [b'x' * 200000]
        class Closes:
            def __iter__(self): return iter([b'closes'])
            def close(self): ASKED.wait(15)
        def closes(e, sr): sr('200 OK', TEXT + [('Content-Length', '6')]); return Closes()
        def asks(e, sr): ASKED.set(); return name(e, sr)
        def application(e, sr): return globals()[e['PATH_INFO'][1:].split('-')[0]](e, sr)
        """;

    private static readonly string[] Three = ["/name-1", "/name-2", "/name-3"];

    [Fact]
    public async Task Those_that_come_at_a_time_are_in_one_inbox_and_may_be_answered_at_a_time()
    {
        using Together together = await Together.Get(window: 65_535);
        await together.Worker.SayRaw([.. together.Taken.SelectMany(taken => Answer(taken.Request, Three[taken.Which]))]);

        Assert.Equal(Three, await together.Asked.Answers());
        Assert.Null(together.Worker.Fault);
    }

    [Fact]
    public async Task What_waits_behind_one_that_lasts_is_taken_back_and_given_out_again()
    {
        using var worker = new ScriptedWorker();
        using ApplicationSite site = OneScripted(worker);
        using AtOnce asked = await AtOnce.Ask(site.Port, Three);
        int first = Which(await worker.Take());
        worker.SayTaken(worker.Request);
        Assert.True(SpinWait.SpinUntil(() => worker.Pool.Waiting == 2, 5_000));
        Assert.Null(worker.TryTake());

        await worker.SayHead(1, "200 OK", Three[first]);
        for (int i = 0; i < 2; i++)
        {
            int next = Which(await worker.Take());
            Assert.Null(worker.TryTake());
            await worker.SayHead(1, "200 OK", Three[next]);
        }

        Assert.Equal(Three, await asked.Answers());
    }

    [Fact]
    public async Task It_is_the_one_in_the_inbox_that_is_taken_back_also_where_the_one_behind_it_was_taken()
    {
        for (int i = 0; i < 50; i++)
        {
            using Together together = await Together.Get(window: 65_535);
            (ScriptedWorker worker, (long Request, int Which) left) = (together.Worker, together.Taken[1]);
            worker.PutBack(left.Request);
            if (!SpinWait.SpinUntil(() => worker.Pool.Waiting == 1, 200))
            {
                // On a busy machine the server may have looked before: then once more.
                continue;
            }

            together.Taken.Remove(left);
            await worker.SayRaw([.. together.Taken.SelectMany(taken => Answer(taken.Request, Three[taken.Which]))]);
            Assert.Equal(left.Which, Which(await worker.Take()));
            await worker.SayHead(1, "200 OK", Three[left.Which]);

            Assert.Equal(Three, await together.Asked.Answers());
            Assert.Null(worker.Fault);
            return;
        }

        Assert.Fail("what was in the inbox was never taken back");
    }

    [Fact]
    public async Task Nobody_waits_behind_an_answer_in_memory_and_the_rest_of_it_is_read_where_it_was()
    {
        // It computes all the while, so the others are left in its inbox for longer than they need to get there.
        using var computes = System.Diagnostics.Process.Start("sh", ["-c", "while :; do :; done"]);
        try
        {
            using var worker = new ScriptedWorker();
            worker.SayThread(computes.Id);
            using ApplicationSite site = OneScripted(worker);
            using AtOnce asked = await AtOnce.Ask(site.Port, Three);
            int first = Which(await worker.Take());
            long request = worker.Request;
            worker.SayTaken(request);
            worker.Share(0, "inmemory");
            byte[] shared = [(byte)'S', 0, 0, 0, 4, 0, 0, 0, .. BitConverter.GetBytes(request), 4, 0, 0, 0];
            byte[] head = Answer(request, "");
            head[1] = 0;
            await worker.SayRaw([.. head, .. shared, .. shared, (byte)'E', 0, 0, 0, 0, 0, 0, 0, .. BitConverter.GetBytes(request)]);
            for (int i = 0; i < 2; i++)
            {
                int next = Which(await worker.Take());
                await worker.SayHead(1, "200 OK", Three[next]);
            }

            Assert.Equal("inmemory", await asked.Answer(first));
            Assert.Equal(3, (await asked.Answers()).Distinct().Count());
            Assert.Null(worker.Fault);
        }
        finally
        {
            computes.Kill();
        }
    }

    [Fact]
    public async Task Nobody_joins_another_for_a_while_where_that_was_wrong()
    {
        using var worker = new ScriptedWorker();
        using ApplicationSite site = OneScripted(worker);
        using AtOnce asked = await AtOnce.Ask(site.Port, Three);
        await worker.Take();
        worker.SayTaken(worker.Request);
        Assert.True(SpinWait.SpinUntil(() => worker.Pool.Waiting == 2, 5_000));
        using AtOnce more = await AtOnce.Ask(site.Port, Three);

        Assert.True(SpinWait.SpinUntil(() => worker.Pool.Waiting == 5, 5_000));
    }

    [Fact]
    public async Task Requests_that_need_each_other_are_in_hand_together()
    {
        using var site = new ApplicationSite(Application, Conf(threads: 3));
        for (int i = 0; i < 3; i++)
        {
            using AtOnce asked = await AtOnce.Ask(site.Port, ["/meet-1", "/meet-2", "/meet-3"]);

            Assert.Equal(["/meet-1", "/meet-2", "/meet-3"], await asked.Answers());
        }
    }

    [Fact]
    public async Task One_behind_a_thread_that_still_closes_what_it_answered_goes_to_another()
    {
        using var site = new ApplicationSite(Application, Conf(threads: 2));
        using AtOnce asked = await AtOnce.Ask(site.Port, ["/closes", "/asks"]);

        Assert.Equal(["closes", "/asks"], await asked.Answers());
    }

    [Fact]
    public async Task Of_a_process_that_ends_only_the_one_in_hand_fails()
    {
        using var site = new ApplicationSite(Application, Conf(threads: 1), new SimpleWorkers { Replaces = true });
        await site.Get("name");
        using AtOnce asked = await AtOnce.Ask(site.Port, ["/dies", .. Three]);

        Assert.Contains("500", await asked.Answer(0), StringComparison.Ordinal);
        Assert.Equal(Three, (await asked.Answers()).Skip(1));
    }

    [Fact]
    public async Task A_process_that_is_sent_SIGTERM_answers_what_is_in_its_inboxes_or_leaves_it_to_another()
    {
        using var site = new ApplicationSite(Application + "\ndef pid(e, sr): sr('200 OK', TEXT); return [b'%d' % os.getpid()]\n", Conf(threads: 1), new SimpleWorkers { Replaces = true });
        string first = await site.Get("pid");
        using AtOnce asked = await AtOnce.Ask(site.Port, ["/nap", .. Three]);
        using var term = System.Diagnostics.Process.Start("kill", ["-TERM", first]);

        string[] expected = ["/nap", .. Three];
        Assert.Equal(expected, await asked.Answers());
        Assert.NotEqual(first, await site.Get("pid"));
    }

    [Fact]
    public async Task Those_of_one_thread_are_answered_by_it_where_it_gets_on()
    {
        using var site = new ApplicationSite(Application, Conf(threads: 4), loops: 1);
        await site.Get("thread");
        bool hasShared = false;
        for (int i = 0; i < 200 && !hasShared; i++)
        {
            using AtOnce asked = await AtOnce.Ask(site.Port, ["/thread", "/thread", "/thread"]);
            hasShared = (await asked.Answers()).Distinct().Count() == 1;
        }

        Assert.True(hasShared, "three requests at a time were never answered by one thread");
    }

    [Fact]
    public async Task A_client_who_reads_slowly_is_in_nobodys_way()
    {
        // Nothing of the first answer may be sent, and its ring keeps it: its thread waits for that, and the others go to another.
        using var site = new ApplicationSite(Application, Conf(threads: 2));
        using AtOnce asked = await AtOnce.Ask(site.Port, ["/large", .. Three], window: 20);

        Assert.Equal(Three[0], await asked.Answer(1));
        Assert.Equal(Three[2], await asked.Answer(3));
    }

    [Fact]
    public async Task What_comes_with_frames_is_in_nobodys_way_either()
    {
        using Together together = await Together.Get(window: 20);
        await together.Worker.SayRaw([.. Answer(together.Taken[0].Request, new string('x', 100_000)), .. Answer(together.Taken[1].Request, "second")]);

        Assert.Equal("second", await together.Asked.Answer(together.Taken[1].Which));
    }

    [Fact]
    public async Task A_thread_whose_answer_was_in_memory_has_the_next_request_too()
    {
        using var site = new ApplicationSite(Application, Conf(threads: 1));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(200_000, (await site.Get("large").WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Length);
        }
    }

    [Fact]
    public async Task What_is_no_answer_fails_the_one_in_hand_and_the_others_go_to_another_process()
    {
        using var worker = new ScriptedWorker();
        using ApplicationSite site = OneScripted(worker);
        using AtOnce asked = await AtOnce.Ask(site.Port, Three);
        int first = Which(await worker.Take());
        await worker.SayRaw(new byte[64]);

        Assert.Contains("500", await asked.Answer(first), StringComparison.Ordinal);
        Assert.True(SpinWait.SpinUntil(() => worker.Pool.Waiting == 2, 5_000));
        Assert.Null(worker.TryTake());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task A_head_that_is_too_large_for_a_message_comes_whole(int times)
    {
        using var site = new ApplicationSite(
            "def application(e, sr):\n    sr('200 OK', [('Content-Type', 'text/plain')])\n    return [b','.join(b'%d' % e['HTTP_X_LARGE_%d' % i].count('v') for i in range(20))]\n",
            Conf(threads: 2) + "LimitRequestHead 400000\n");
        string value = new('v', 8_000);
        string expected = string.Join(',', Enumerable.Repeat(value.Length, 20));
        string[] answers = await Task.WhenAll(Enumerable.Range(0, times).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, i.ToString(CultureInfo.InvariantCulture));
            for (int field = 0; field < 20; field++)
            {
                request.Headers.Add($"X-Large-{field}", value);
            }

            using HttpResponseMessage response = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }));

        Assert.All(answers, answer => Assert.Equal(expected, answer));
    }

    private static string Conf(int threads) =>
        $"WSGIDaemonProcess one processes=1 threads={threads}\nWSGIProcessGroup one\nWSGIApplicationGroup %{{GLOBAL}}\nWSGIScriptAlias / app.wsgi\n";

    private static ApplicationSite OneScripted(ScriptedWorker worker) => new("", Conf(threads: 1), worker);

    private static int Which(string payload) => Array.FindIndex(Three, path => payload.Contains($"PATH_INFO\0{path}\0", StringComparison.Ordinal));

    private static byte[] Answer(long request, string content) =>
    [
        (byte)'R', 1, 0, 0, .. BitConverter.GetBytes(4 + 6 + content.Length), .. BitConverter.GetBytes(request), 6, 0, 0, 0, .. "200 OK"u8, .. System.Text.Encoding.ASCII.GetBytes(content),
    ];

    /// <summary>Three requests that a worker has taken together. A machine that is busy may hold it up until they are taken back: then once more.</summary>
    private sealed class Together(ScriptedWorker worker, ApplicationSite site, AtOnce asked) : IDisposable
    {
        public ScriptedWorker Worker => worker;

        public AtOnce Asked => asked;

        /// <summary>Their numbers in the order in which they were in the inbox, and which of <see cref="Three"/> each is for: what is asked for first need not be found first.</summary>
        public List<(long Request, int Which)> Taken { get; } = [];

        public static async Task<Together> Get(int window)
        {
            for (int i = 0; i < 50; i++)
            {
                var worker = new ScriptedWorker();
                ApplicationSite site = OneScripted(worker);
                var together = new Together(worker, site, await AtOnce.Ask(site.Port, Three, window));
                if (SpinWait.SpinUntil(together.TakesAll, 200))
                {
                    return together;
                }

                together.Dispose();
            }

            throw new TimeoutException("three requests were never in the inbox together");
        }

        public void Dispose()
        {
            asked.Dispose();
            site.Dispose();
        }

        private bool TakesAll()
        {
            while (worker.TryTake() is { } payload)
            {
                Taken.Add((worker.Request, Which(payload)));
            }

            return Taken.Count == Three.Length;
        }
    }
}
