using System.Globalization;

namespace Roundtrip.Peers.Tests.Wsgi.Processes;

/// <summary>What server and supervisor keep of workers that are gone: nothing.</summary>
public class LeakTests
{
    private const int Processes = 4;
    private const int Rounds = 50;

    // By then all code has run and been compiled, and buffers and pools are as large as they get.
    private const int WarmUp = 15;

    // Of anything else; what the last ones may not have given back yet. 140 would be one for each.
    private const int Settling = 40;

    // Bytes a worker; measured are 2 to 5 KiB, and 16 to 20 where 16 are kept of each.
    private const int Noise = 10 * 1024;

    // Garbage is collected when it is half a MiB, and code is compiled once: what a process has resident is then little more than what it keeps.
    private static readonly (string, string)[] Steady = [("DOTNET_GCgen0size", "0x80000"), ("DOTNET_gcConcurrent", "0"), ("DOTNET_TieredCompilation", "0")];

    [Fact]
    public void Two_hundred_workers_leave_no_memory_no_descriptor_and_no_process_with_server_and_supervisor()
    {
        // By SIGTERM: those that crash one after another have successors later and later.
        using var server = new WsgiServer(server => server.Prepare(Applications.Evil, $"processes={Processes} threads=2"), isSupervised: true, Steady);
        UntilReady(server);
        var seen = new HashSet<int>(server.Workers);
        int[] both = [server.ServerId, server.MainId];
        Kept[] before = [], last = [];
        long[] taken = new long[both.Length];
        for (int i = 0; i < Rounds; i++)
        {
            IReadOnlyList<int> ended = server.Workers;
            Run.Program("kill", ["-TERM", .. ended.Select(id => $"{id}")]);
            UntilReady(server, ended);
            seen.UnionWith(server.Workers);
            server.Get();
            Kept[] now = [.. both.Select(Kept.By)];
            if (i < WarmUp)
            {
                before = now;
            }
            else
            {
                // Once or twice the collector gives MiBs back, in which a leak would hide: what is taken is counted alone.
                taken = [.. taken.Select((sum, of) => sum + Math.Max(0, now[of].Resident - last[of].Resident))];
            }

            last = now;
        }

        // A list of processes that come and go may lack one.
        Assert.InRange(seen.Count, Rounds * Processes, int.MaxValue);
        Assert.Equal(both[0], server.ServerId);
        Assert.All(both, (_, of) => Assert.InRange(last[of].Held - before[of].Held, int.MinValue, Settling));
        Assert.All(taken, sum => Assert.InRange(sum / ((Rounds - WarmUp) * Processes), 0, Noise));
    }

    // It is Python by now, and its two threads are there besides the first: before that SIGTERM would be a death.
    private static void UntilReady(WsgiServer server, params IReadOnlyList<int> not)
    {
        server.UntilWorkers(Processes, not);
        WsgiServer.Until(() => server.Workers.All(id => File.ReadAllText($"/proc/{id}/comm").StartsWith("(wsgi", StringComparison.Ordinal) && Directory.GetDirectories($"/proc/{id}/task").Length >= 3), () => server.Log);
    }

    /// <param name="Resident">Bytes of its memory that are no file's, and of what it shares with others.</param>
    /// <param name="Held">Descriptors, mappings of memory that it shares with workers, and children, zombies too.</param>
    private sealed record Kept(long Resident, int Held)
    {
        public static Kept By(int id) => new(
            File.ReadLines($"/proc/{id}/status").Where(line => line.StartsWith("RssAnon:", StringComparison.Ordinal) || line.StartsWith("RssShmem:", StringComparison.Ordinal)).Sum(KibibytesOf) * 1024,
            Directory.GetFileSystemEntries($"/proc/{id}/fd").Length
                + File.ReadLines($"/proc/{id}/maps").Count(line => line.Contains("memfd:roundtrip-shared", StringComparison.Ordinal))
                + WsgiServer.Children(id).Count());

        private static long KibibytesOf(string line) => long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
