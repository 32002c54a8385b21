using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Roundtrip.Peers.Tests.Trace;

/// <summary><c>roundtrip trace</c> over two NATs, parallel routers and a silent one, beside the tracers of Debian.</summary>
[Collection(nameof(Topology))]
public sealed partial class TraceTests(Topology topology)
{
    private const string Server4 = "198.18.6.2";
    private const string Server6 = "2001:db8:6::2";

    private readonly Topology _topology = topology;

    public static TheoryData<string, string, bool> Modes()
    {
        var modes = new TheoryData<string, string, bool>();
        foreach (string protocol in (string[])["", "-I", "-T"])
        {
            foreach (string server in (string[])[Server4, Server6])
            {
                modes.Add(protocol, server, true);
                modes.Add(protocol, server, false);
            }
        }

        return modes;
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Every_mode_gives_the_right_hops_and_stars_for_the_silent_one(string protocol, string server, bool asRoot)
    {
        Topology.Exec("client", "sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647");

        Finished trace = Trace(asRoot, [.. protocol.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-n", server]);

        Assert.Equal((0, ""), (trace.ExitCode, trace.Errors));
        string[][] hops = Hops(trace.Text);
        Assert.Equal(6, hops.Length);
        for (int i = 0; i < 6; i++)
        {
            string[] addresses = [.. hops[i].Distinct()];
            Assert.True(addresses.Length == 1 || (i == 3 && protocol == "-T"), trace.Text);
            Assert.Empty(addresses.Except(Truth(i + 1, server)));
        }
    }

    [Fact]
    public void The_lines_are_traceroutes()
    {
        Finished trace = Trace(true, Server4);

        Assert.Matches(
            $"""
            ^traceroute to 198\.18\.6\.2 \(198\.18\.6\.2\), 30 hops max, 60 byte packets
             1  home\.example \(192\.168\.7\.1\)  {Times}
             2  192\.168\.0\.1 \(192\.168\.0\.1\)  {Times}
             3  198\.18\.3\.1 \(198\.18\.3\.1\)  {Times}
             4  198\.18\.4[12]\.1 \(198\.18\.4[12]\.1\)  {Times}
             5  \* \* \*
             6  server\.example \(198\.18\.6\.2\)  {Times}
            $
            """.Replace("\r", "", StringComparison.Ordinal),
            trace.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_flows_that_vary_both_routers_of_equal_cost_are_seen_each_on_a_line(bool asRoot)
    {
        // Each run has five flows: all may go one way, but not so in a row of runs.
        var seen = new HashSet<string>();
        for (int run = 0; run < 8 && seen.Count < 2; run++)
        {
            seen.UnionWith(Hops(Trace(asRoot, "--classic", "-q", "5", "-n", Server4).Text)[3]);
        }

        Assert.Equal(["198.18.41.1", "198.18.42.1"], seen.Order());
    }

    [Theory]
    [InlineData(Server4)]
    [InlineData(Server6)]
    public void Traceroute_and_mtr_see_the_same(string server)
    {
        string[][] ours = Hops(Trace(true, "-n", server).Text);
        string[][] traceroutes = Hops(Topology.Exec("client", "traceroute", "-n", server).Text);
        string[] mtrs = [.. MtrLine().Matches(Topology.Exec("client", "mtr", "-n", "-r", "-c", "1", "-G", "1", server).Text).Select(match => match.Groups[1].Value)];

        Assert.Equal(ours.Length, traceroutes.Length);
        Assert.Equal(ours.Length, mtrs.Length);
        foreach (int hop in (int[])[0, 1, 2, 4, 5])
        {
            Assert.Equal(ours[hop][0], traceroutes[hop][0]);
            Assert.Equal(ours[hop][0].Replace("*", "???", StringComparison.Ordinal), mtrs[hop]);
        }
    }

    [Theory]
    [InlineData("-I", "-q", "3")]
    [InlineData("-T", "-p", "81")]
    [InlineData("-q", "3", "-n")]
    public void Over_links_with_a_delay_and_NATs_that_forget_a_flow_with_its_first_RST_no_hop_lacks_an_answer(params string[] options)
    {
        Finished trace = Topology.ExecOverDelay(3, Topology.Trace(true, [.. options, "-n", Server4]));

        Assert.Equal(0, trace.ExitCode);
        Assert.All(Hops(trace.Text).Where((_, hop) => hop != 4), hop => Assert.DoesNotContain("*", hop));
    }

    [Fact]
    public void Scamper_whose_traces_are_of_one_flow_too_sees_the_same()
    {
        string[][] ours = Hops(Trace(true, "-n", Server4).Text);
        string[][] scampers = Hops(Topology.Exec("client", "scamper", "-c", "trace -P udp-paris -g 3", "-i", Server4).Text);

        Assert.Equal(ours.Length, scampers.Length);
        foreach (int hop in (int[])[0, 1, 2, 4, 5])
        {
            Assert.Equal(ours[hop][0], scampers[hop][0]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_router_that_knows_no_way_is_marked_N_and_the_exit_code_says_that_the_host_was_not_reached(bool asRoot)
    {
        // By a rule, since of a route that is not there Linux says so once a second only (ip_rt_error_cost).
        Topology.Exec("router", "ip", "route", "replace", "198.18.99.0/24", "via", "198.18.41.1");
        Topology.Exec("router", "nft", "add table ip ways; add chain ip ways forward { type filter hook forward priority 0; }; add rule ip ways forward ip daddr 198.18.99.0/24 reject with icmp type net-unreachable");

        Finished trace = Trace(asRoot, "-n", "198.18.99.1");

        Assert.Matches(@" 4  198\.18\.3\.1  [0-9.]+ ms !N  [0-9.]+ ms !N  [0-9.]+ ms !N\n$", trace.Text);
        Assert.Equal((1, "roundtrip: 198.18.99.1 cannot be reached: hop 4 says so\n"), (trace.ExitCode, trace.Errors));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_that_takes_less_is_marked_with_its_MTU(bool asRoot)
    {
        Topology.Exec("router", "ip", "link", "set", Topology.Device("a41"), "mtu", "1400");
        Topology.Exec("router", "ip", "link", "set", Topology.Device("a42"), "mtu", "1400");
        try
        {
            Finished trace = Trace(asRoot, "-n", "--df", "--size", "1500", Server4);

            Assert.Matches(@" 4  198\.18\.3\.1  [0-9.]+ ms !F-1400", trace.Text);
            Assert.Equal(1, trace.ExitCode);
        }
        finally
        {
            Topology.Exec("router", "ip", "link", "set", Topology.Device("a41"), "mtu", "1500");
            Topology.Exec("router", "ip", "link", "set", Topology.Device("a42"), "mtu", "1500");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_rule_that_forbids_is_marked_X(bool asRoot)
    {
        Topology.Exec("silent", "nft", "add chain inet silence forward { type filter hook forward priority 0; }");
        Topology.Exec("silent", "nft", "add rule inet silence forward udp dport 33999 reject with icmpx type admin-prohibited");

        Finished trace = Trace(asRoot, "-n", "-p", "33999", Server4);

        Assert.Matches(@" 6  198\.18\.5[12]\.1  [0-9.]+ ms !X", trace.Text);
        Assert.Equal(1, trace.ExitCode);
    }

    [Fact]
    public void A_routing_loop_is_named()
    {
        // nat2 answers with the address at which a packet has come, at first another.
        Topology.Exec("router", "ip", "-6", "route", "add", "2001:db8:77::/64", "via", "2001:db8:3::2");

        Finished trace = Trace(true, "-n", "2001:db8:77::1");

        Assert.Equal(1, trace.ExitCode);
        Assert.StartsWith("roundtrip: routing loop: hops 3 to 4 come again and again", trace.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_right_to_send_echo_requests_the_command_that_grants_it_is_said()
    {
        Topology.Exec("client", "sysctl", "-qw", "net.ipv4.ping_group_range=1 0");

        Finished trace = Trace(false, "-I", Server4);

        Assert.Equal((3, ""), (trace.ExitCode, trace.Text));
        Assert.Equal("roundtrip: echo requests are not allowed to this user; as root: sysctl -w net.ipv4.ping_group_range='0 2147483647'\n", trace.Errors);
    }

    [Theory]
    [InlineData("no-such-host.invalid", 1, "is no host that is known")]
    [InlineData("-4 2001:db8:6::2", 1, "has no address of IPv4")]
    [InlineData("-I -T 198.18.6.2", 2, "--icmp and --tcp exclude each other")]
    [InlineData("-f 5 -m 4 198.18.6.2", 2, "--first is greater than --max-hops")]
    [InlineData("-m 256 198.18.6.2", 2, "--max-hops takes a number from 1 to 255")]
    [InlineData("-s 192.0.2.77 198.18.6.2", 1, "bind 192.0.2.77")]
    [InlineData("-i nowhere 198.18.6.2", 1, "interface nowhere")]
    [InlineData("--df --size 9000 198.18.6.2", 1, "packets of 9000 bytes are too large for the link")]
    public void What_cannot_be_is_said_in_one_line(string arguments, int exitCode, string text)
    {
        Finished trace = Trace(true, arguments.Split(' '));

        Assert.Equal(exitCode, trace.ExitCode);
        Assert.Contains(text, trace.Errors.Split('\n')[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Json_has_it_all_in_one_document(bool asRoot)
    {
        using var document = JsonDocument.Parse(Trace(asRoot, "--json", Server4).Text);

        JsonElement root = document.RootElement;
        Assert.Equal(("reached", asRoot), (root.GetProperty("outcome").GetString(), root.GetProperty("raw").GetBoolean()));
        JsonElement[] hops = [.. root.GetProperty("hops").EnumerateArray()];
        Assert.Equal([1, 2, 3, 4, 5, 6], hops.Select(hop => hop.GetProperty("ttl").GetInt32()));
        Assert.Equal("home.example", hops[0].GetProperty("probes")[0].GetProperty("name").GetString());
        Assert.All(hops[4].GetProperty("probes").EnumerateArray(), probe => Assert.Equal(JsonValueKind.Null, probe.ValueKind));
        Assert.Equal((0.0, 0.0), (hops[4].GetProperty("loss").GetDouble(), hops[5].GetProperty("loss").GetDouble()));
    }

    [Fact]
    public void Csv_has_a_line_for_each_probe()
    {
        string[] lines = Trace(true, "--csv", Server4).Text.TrimEnd().Split('\n');

        Assert.Equal("ttl,probe,address,name,rtt_ms,mark,labels", lines[0]);
        Assert.Equal(1 + 6 * 3, lines.Length);
        Assert.Matches(@"^1,1,192\.168\.7\.1,home\.example,[0-9.]+,,$", lines[1]);
        Assert.Contains("5,2,,,,,", lines);
    }

    [Fact]
    public void Ctrl_C_shows_what_is_known()
    {
        // A neighbour that is not there takes the last router three seconds to say so.
        using Process trace = Topology.Start("client", Topology.Trace(true, "-n", "198.18.6.99"));
        string? line = "";
        while (line is not null && !line.StartsWith(" 4", StringComparison.Ordinal))
        {
            line = trace.StandardOutput.ReadLine();
        }

        Run.Program("kill", "-INT", $"{trace.Id}");
        Assert.True(trace.WaitForExit(TimeSpan.FromSeconds(30)));

        Assert.Equal(1, trace.ExitCode);
        Assert.NotNull(line);
    }

    private const string Times = @"[0-9]+\.[0-9]{3} ms  [0-9]+\.[0-9]{3} ms  [0-9]+\.[0-9]{3} ms";

    private static Finished Trace(bool asRoot, params string[] arguments) => Topology.Exec("client", Topology.Trace(asRoot, arguments));

    private static string[] Truth(int hop, string server) => (hop, server) switch
    {
        (1, Server4) => ["192.168.7.1"],
        (2, Server4) => ["192.168.0.1"],
        (3, Server4) => ["198.18.3.1"],
        (4, Server4) => ["198.18.41.1", "198.18.42.1"],
        (4, _) => ["2001:db8:41::1", "2001:db8:42::1"],
        (5, _) => ["*"],
        (6, _) => [server],
        _ => [string.Create(CultureInfo.InvariantCulture, $"2001:db8:{hop}::1")],
    };

    /// <summary>Of each hop who answered, or a star, once for each run of times.</summary>
    private static string[][] Hops(string text)
    {
        var hops = new List<List<string>>();
        foreach (string line in text.Split('\n').Skip(1).Where(line => line.Length > 0))
        {
            Match number = HopNumber().Match(line);
            if (number.Success)
            {
                hops.Add([]);
            }

            hops[^1].AddRange(AddressOrStar().Matches(line[number.Length..]).Select(match => match.Value));
        }

        return [.. hops.Select(hop => hop.ToArray())];
    }

    [GeneratedRegex(@"^ ?\d+ ")]
    private static partial Regex HopNumber();

    [GeneratedRegex(@"(?<= )(\*|\d+\.\d+\.\d+\.\d+|[0-9a-f]+:[0-9a-f:]+)(?= |$)")]
    private static partial Regex AddressOrStar();

    [GeneratedRegex(@"\|-- (\S+)")]
    private static partial Regex MtrLine();
}
