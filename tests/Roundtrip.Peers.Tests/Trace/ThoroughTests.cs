using System.Text.Json;

namespace Roundtrip.Peers.Tests.Trace;

/// <summary><c>roundtrip trace --thorough</c> against a root and two zones of bind9.</summary>
[Collection(nameof(Topology))]
public sealed class ThoroughTests(Topology topology) : IDisposable
{
    private readonly Topology _topology = topology;
    private readonly NameServers _servers = new();

    public void Dispose() => _servers.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Names_that_lead_back_are_shown_and_of_others_where_the_chain_breaks(bool asRoot)
    {
        Finished trace = Topology.Exec("client", Topology.Trace(asRoot, "--thorough", "--root-hints", _servers.Hints, "198.18.6.2"));

        string[] lines = trace.Text.Split('\n');
        Assert.Equal(0, trace.ExitCode);
        Assert.StartsWith(" 1  192.168.7.1 (192.168.7.1)  ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith(" 3  router.example (198.18.3.1)  ", lines[3], StringComparison.Ordinal);
        Assert.StartsWith(" 4  north.example (198.18.4", lines[4], StringComparison.Ordinal);
        Assert.StartsWith(" 6  198.18.6.2 (198.18.6.2)  ", lines[6], StringComparison.Ordinal);
        Assert.Contains("roundtrip: 192.168.7.1: no PTR: zone . has no such name\n", trace.Errors, StringComparison.Ordinal);
        Assert.Contains("roundtrip: 198.18.6.2: PTR says server.example, which does not lead back: it has 198.18.6.9\n", trace.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zone_whose_servers_have_addresses_of_IPv6_alone_is_asked()
    {
        Finished trace = Topology.Exec("client", Topology.Trace(true, "--thorough", "--root-hints", _servers.Hints, "2001:db8:6::2"));

        Assert.StartsWith(" 3  gate.example (2001:db8:3::1)  ", trace.Text.Split('\n')[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_the_zones_that_were_gone_through()
    {
        using var document = JsonDocument.Parse(Topology.Exec("client", Topology.Trace(true, "--thorough", "--json", "--root-hints", _servers.Hints, "198.18.6.2")).Text);

        JsonElement name = document.RootElement.GetProperty("names").EnumerateArray().Single(name => name.GetProperty("address").GetString() == "198.18.3.1");
        Assert.Equal(("router.example", true, ""), (name.GetProperty("name").GetString(), name.GetProperty("confirmed").GetBoolean(), name.GetProperty("remark").GetString()));
        Assert.Superset(new HashSet<string?>([".", "18.198.in-addr.arpa", "example"]), name.GetProperty("zones").EnumerateArray().Select(zone => zone.GetString()).ToHashSet());
    }

    [Theory]
    [InlineData("198.18.9.2", "PTR says n")]
    [InlineData("198.18.98.1", "no PTR: zone 98.18.198.in-addr.arpa: none of its servers answers for it: a lame delegation (198.18.6.54)\n")]
    public void A_hop_whose_names_need_TCP_or_whose_zone_is_lame_is_told(string address, string remark)
    {
        Topology.Exec("server", "ip", "address", "add", $"{address}/32", "dev", "lo");
        foreach ((string node, string via) in ((string, string)[])[("silent", "198.18.6.2"), ("router", "198.18.41.1"), ("north", "198.18.51.1")])
        {
            Topology.Exec(node, "ip", "route", "replace", $"{address}/32", "via", via);
        }

        Finished trace = Topology.Exec("client", Topology.Trace(true, "--thorough", "--root-hints", _servers.Hints, address));

        Assert.Contains($"roundtrip: {address}: {remark}", trace.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-n --thorough 198.18.6.2", "-n and --thorough exclude each other")]
    [InlineData("--root-hints /etc/passwd 198.18.6.2", "--root-hints goes with --thorough")]
    [InlineData("--thorough --root-hints /etc/passwd 198.18.6.2", "--root-hints takes a file with A or AAAA records, which '/etc/passwd' is not")]
    [InlineData("--thorough --root-hints /nonexistent 198.18.6.2", "--root-hints takes a file")]
    public void What_cannot_be_asked_is_wrong_usage(string arguments, string text)
    {
        Finished trace = Topology.Exec("client", Topology.Trace(true, arguments.Split(' ')));

        Assert.Equal(2, trace.ExitCode);
        Assert.Contains(text, trace.Errors, StringComparison.Ordinal);
    }
}
