using System.Globalization;
using Roundtrip.Server;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Tests.Wsgi.Processes;

/// <summary>The thread that does what the groups say, with real processes.</summary>
[Collection("alone")]
public sealed class WorkerPoolsTests : IDisposable
{
    private const int Patience = 30_000;

    // Bytes, at most: less than any object that is kept of a worker, such as its buffer for errors.
    private const int KeptByCrash = 512;

    private readonly TempFolder _folder = new TempFolder().With("app.wsgi", "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n");
    private readonly MemoryStream _log = new();
    private readonly ErrorLog _errors;
    private readonly int[] _others = [.. ChildIds()];

    public WorkerPoolsTests() => _errors = new ErrorLog(_log);

    // Ends the log.
    private string Log
    {
        get
        {
            _errors.Dispose();
            return System.Text.Encoding.UTF8.GetString(_log.ToArray());
        }
    }

    public void Dispose()
    {
        _errors.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Two_hundred_crashes_leave_no_descriptor_no_process_and_no_memory()
    {
        const int Rounds = 50;
        const int Processes = 4;

        // After so many the code has been compiled, and its caches are filled.
        const int WarmUp = 10;

        // What the last ones may not have given back yet; 160 of anything is one for each.
        const int Settling = 40;
        WorkerGroupDefinition definition = Definition(Processes);
        using (var pools = new WorkerPools(new DirectStarter(), 1, of => WorkerTimes.Of(of) with { Healthy = 0 }))
        {
            pools.Serve([definition], [_errors]);
            HashSet<int> seen = [.. UntilReady(Processes, [])];
            int descriptors = 0, maps = 0;
            long heap = 0, logged = 0;
            for (int i = 0; i < Rounds; i++)
            {
                int[] killed = Workers();
                Array.ForEach(killed, id => Signal(id, 9));
                seen.UnionWith(UntilReady(Processes, killed));
                if (i == WarmUp - 1)
                {
                    (descriptors, maps) = (Descriptors(), Pages());
                    (heap, logged) = (Heap(), _log.Capacity);
                }
            }

            Assert.Equal((Rounds + 1) * Processes, seen.Count);
            Assert.InRange(Descriptors() - descriptors, int.MinValue, Settling);
            Assert.InRange(Pages() - maps, int.MinValue, Settling);
            Assert.InRange(Children(), Processes, Processes + Settling);
            Assert.InRange((Heap() - heap - (_log.Capacity - logged)) / ((Rounds - WarmUp) * Processes), long.MinValue, KeptByCrash);
        }

        Assert.Equal(0, Children());
        Assert.Equal(Rounds * Processes, Log.Split("signal 9 (SIGKILL)").Length - 1);
    }

    [Fact]
    public void A_configuration_that_is_not_served_after_all_leaves_no_process()
    {
        using var pools = new WorkerPools(new DirectStarter(), 1, WorkerTimes.Of);
        WorkerGroupDefinition served = Definition(1);
        pools.Serve([served], [_errors]);
        int first = UntilReady(1, []).Single();

        pools.PoolOf(served);
        pools.PoolOf(Definition(1) with { Threads = 3 });
        UntilReady(2, []);
        pools.Withdraw();

        Assert.Equal([first], UntilReady(1, []));
    }

    [Fact]
    public void What_a_process_says_before_its_configuration_is_served_is_in_its_log()
    {
        _folder.With("app.wsgi", "print('said early')\ndef application(environ, start_response): pass\n");
        using (var pools = new WorkerPools(new DirectStarter(), 1, WorkerTimes.Of))
        {
            pools.PoolOf(Definition(1));
            Thread.Sleep(300);
            pools.Serve([Definition(1)], [_errors]);
            UntilReady(1, []);
        }

        Assert.Contains("said early", Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_that_no_configuration_names_any_more_ends_and_another_takes_its_place()
    {
        using var pools = new WorkerPools(new DirectStarter(), 1, WorkerTimes.Of);
        pools.Serve([Definition(2)], [_errors]);
        int[] before = UntilReady(2, []);
        pools.Serve([Definition(1) with { Threads = 3 }], [_errors]);

        UntilReady(1, before);
    }

    [Fact]
    public void A_source_that_changes_is_seen_where_the_group_is_to_see_it()
    {
        using var pools = new WorkerPools(new DirectStarter(), 1, WorkerTimes.Of);
        pools.Serve([Definition(2) with { ReloadsSources = true }], [_errors]);
        int[] before = UntilReady(2, []);

        // It is looked at twice a second, for the first time when the worker is ready.
        Thread.Sleep(1000);
        File.SetLastWriteTimeUtc(_folder["app.wsgi"], DateTime.UtcNow.AddSeconds(5));

        UntilReady(2, before);
    }

    [Fact]
    public void A_worker_that_does_not_end_when_it_is_told_to_is_killed()
    {
        _folder.With("app.wsgi", "import signal, threading\nthreading.Thread(target=lambda: threading.Event().wait()).start()\ndef application(environ, start_response): pass\n");
        var pools = new WorkerPools(new DirectStarter(), 1, WorkerTimes.Of);
        pools.Serve([Definition(1) with { ShutdownTimeout = TimeSpan.FromMilliseconds(500) }], [_errors]);
        UntilReady(1, []);
        pools.Dispose();

        Assert.Equal(0, Children());
    }

    private WorkerGroupDefinition Definition(int processes) => new("test", "")
    {
        Processes = processes,
        Threads = 2,
        Scripts = [_folder["app.wsgi"]],
        Preload = [new ScriptCallable(_folder["app.wsgi"], "application")],
    };

    // Its threads are there when a worker is ready: one each, and the main one.
    private int[] UntilReady(int count, IReadOnlyList<int> not)
    {
        for (long until = Environment.TickCount64 + Patience; ;)
        {
            int[] workers = Workers();
            if (workers.Length == count && !workers.Intersect(not).Any() && Array.TrueForAll(workers, id => ThreadsOf(id) >= 3))
            {
                return workers;
            }

            if (Environment.TickCount64 > until)
            {
                Assert.Fail($"{count} workers without {string.Join(' ', not)}, but {string.Join(' ', workers)}: {Log}");
            }

            Thread.Sleep(5);
        }
    }

    private int[] Workers() => [.. ChildIds().Where(id => Read($"/proc/{id}/cmdline").Contains(_folder.Path, StringComparison.Ordinal))];

    // Zombies too, but those of tests before.
    private int Children() => ChildIds().Except(_others).Count();

    private static IEnumerable<int> ChildIds() => Directory.EnumerateDirectories("/proc/self/task")
        .SelectMany(task => Read(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    private static int ThreadsOf(int id) => Directory.Exists($"/proc/{id}/task") ? Directory.GetDirectories($"/proc/{id}/task").Length : 0;

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget ?? "")
        .Count(link => link.StartsWith("socket:", StringComparison.Ordinal) || link.StartsWith("pipe:", StringComparison.Ordinal) || link.Contains("memfd:roundtrip", StringComparison.Ordinal) || link.Contains("pidfd", StringComparison.Ordinal));

    // What is garbage now may be held by its finalizer, and that by another's.
    private static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static int Pages() => File.ReadAllLines("/proc/self/maps").Count(line => line.Contains("memfd:roundtrip-shared", StringComparison.Ordinal));

    private static void Signal(int id, int signal)
    {
        using var process = System.Diagnostics.Process.Start("kill", [$"-{signal}", $"{id}"]);
        process.WaitForExit();
    }
}
