using System.Text.Json;

namespace Roundtrip.Peers.Tests.Trace;

/// <summary>A router that answers less often than it is asked, told from one that loses packets.</summary>
[Collection(nameof(Topology))]
public sealed class LimitTests
{
    private const string Server = "198.18.6.2";

    [Fact]
    public void A_limit_is_said_to_be_one()
    {
        // Six at once, then one in five seconds: more is asked of it than it gives.
        Topology.Exec("nat2", "sysctl", "-qw", "net.ipv4.icmp_ratelimit=5000");
        try
        {
            Finished text = Topology.Exec("client", Topology.Trace(true, "-n", "-q", "12", Server));

            Assert.Matches(@"^roundtrip: hop 2 limits its answers: \d+ of 12 were not given, and nothing was lost that went through it\n$", text.Errors);
        }
        finally
        {
            Topology.Exec("nat2", "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0");
        }
    }

    [Fact]
    public void Loss_is_not()
    {
        // Of every ten packets that come to nat2, from either side, four are lost.
        Topology.Exec("nat2", "nft", "add table ip lossy; add chain ip lossy prerouting { type filter hook prerouting priority -300; }; add rule ip lossy prerouting numgen random mod 10 < 4 drop");
        try
        {
            // By chance one trace in two hundred takes such loss for a limit (Loss.IsWithheld): not three in a row.
            Assert.Contains(Enumerable.Range(0, 3), _ => !TakesLossForALimit());
        }
        finally
        {
            Topology.Exec("nat2", "nft", "delete table ip lossy");
        }
    }

    private static bool TakesLossForALimit()
    {
        Finished trace = Topology.Exec("client", Topology.Trace(true, "-n", "-q", "12", "--json", Server));
        using var document = JsonDocument.Parse(trace.Text);
        JsonElement[] hops = [.. document.RootElement.GetProperty("hops").EnumerateArray()];
        Assert.InRange(hops[5].GetProperty("loss").GetDouble(), 0.05, 1);
        return hops[1].GetProperty("withholds").GetBoolean();
    }
}
