namespace Roundtrip.Peers.Tests.Trace;

/// <summary>The small internet of eng/topology, which is set up for the tests of a collection, one behind the other, and removed behind them.</summary>
[CollectionDefinition(nameof(Topology))]
public sealed class Topology : IDisposable, ICollectionFixture<Topology>
{
    private const string Prefix = "rtp";

    public Topology()
    {
        Assert.Equal("", Command("up").Errors);

        // Tests come one behind the other, and are not about what the one before has used up.
        foreach (string node in (string[])["nat1", "nat2", "router", "north", "south", "silent", "server"])
        {
            Exec(node, "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0");
        }
    }

    public void Dispose() => Command("down");

    /// <summary>Runs a program in a node, as root.</summary>
    internal static Finished Exec(string node, params string[] words) => Command(["exec", node, .. words]);

    /// <summary>The words that start <c>roundtrip trace</c> in the client.</summary>
    internal static string[] Trace(bool asRoot, params string[] arguments) =>
    [
        .. asRoot ? [] : (string[])["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
        "dotnet", Repository.BuiltProgram, "trace", .. arguments,
    ];

    internal static System.Diagnostics.ProcessStartInfo StartInfo(params string[] words)
    {
        System.Diagnostics.ProcessStartInfo start = Run.StartInfo(Path.Combine(Repository.Root, "eng/topology"), words);
        start.Environment["TOPOLOGY"] = Prefix;
        return start;
    }

    private static Finished Command(params string[] words) => Run.Program("env", [$"TOPOLOGY={Prefix}", Path.Combine(Repository.Root, "eng/topology"), .. words]);
}
