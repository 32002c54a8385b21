using System.Diagnostics;

namespace Roundtrip.Peers.Tests.Trace;

/// <summary>The small internet of eng/topology, which is set up for the tests of a collection, one behind the other, and removed behind them.</summary>
[CollectionDefinition(nameof(Topology))]
public sealed class Topology : IDisposable, ICollectionFixture<Topology>
{
    private static readonly string Script = Path.Combine(Repository.Root, "eng/topology");

    // This process's own: tests of another tree may run at the same time.
    private static readonly string Prefix = $"rtp{Environment.ProcessId}";
    private static readonly string DelayedPrefix = $"rtd{Environment.ProcessId}";

    public Topology()
    {
        Assert.Equal("", Command(Prefix, "up").Errors);

        // Tests come one behind the other, and are not about what the one before has used up.
        foreach (string node in (string[])["nat1", "nat2", "router", "north", "south", "silent", "server"])
        {
            Exec(node, "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0");
        }
    }

    public void Dispose() => Command(Prefix, "down");

    /// <summary>The device at an end of a link, as eng/topology names it: <c>a41</c> is the router's towards north, <c>b41</c> the other end.</summary>
    internal static string Device(string end) => $"{Prefix}-{end}";

    /// <summary>Runs a program in a node, as root.</summary>
    internal static Finished Exec(string node, params string[] words) => Command(Prefix, ["exec", node, .. words]);

    /// <summary>Runs a program in the client of another topology, whose links have a delay.</summary>
    internal static Finished ExecOverDelay(int milliseconds, params string[] words)
    {
        Finished up = Command(DelayedPrefix, "up", $"{milliseconds}");
        Assert.Equal((0, ""), (up.ExitCode, up.Errors));
        try
        {
            return Command(DelayedPrefix, ["exec", "client", .. words]);
        }
        finally
        {
            Command(DelayedPrefix, "down");
        }
    }

    /// <summary>Starts a program in a node: the process is the program's.</summary>
    internal static Process Start(string node, params string[] words)
    {
        ProcessStartInfo start = Run.StartInfo(Script, ["exec", node, .. words]);
        start.Environment["TOPOLOGY"] = Prefix;
        return Process.Start(start)!;
    }

    /// <summary>The words that start <c>roundtrip trace</c> in the client.</summary>
    internal static string[] Trace(bool asRoot, params string[] arguments) =>
    [
        .. asRoot ? [] : (string[])["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
        "dotnet", Repository.BuiltProgram, "trace", .. arguments,
    ];

    private static Finished Command(string prefix, params string[] words) => Run.Program("env", [$"TOPOLOGY={prefix}", Script, .. words]);
}
