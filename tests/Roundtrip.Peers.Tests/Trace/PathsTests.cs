using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Roundtrip.Peers.Tests.Trace;

/// <summary><c>roundtrip trace --paths</c> over two parallel routers, beside the load-balancer trace of scamper.</summary>
[Collection(nameof(Topology))]
public sealed partial class PathsTests
{
    private const string Server4 = "198.18.6.2";
    private const string Server6 = "2001:db8:6::2";

    [Theory]
    [InlineData(Server4, true)]
    [InlineData(Server4, false)]
    [InlineData(Server6, true)]
    [InlineData(Server6, false)]
    public void Both_routers_of_equal_cost_are_drawn_beside_each_other(string server, bool asRoot)
    {
        string text = TraceWhole(asRoot, server);
        Assert.Matches(
            """
            ^paths to \S+ \(\S+\), 30 hops max, [68]0 byte packets, failure bound 0\.05 at each parting
             1   ●    \S+  +[0-9.]+ ms
             2   ●    \S+  +[0-9.]+ ms
             3   ●    \S+  +[0-9.]+ ms
                 ├─╮
             4a  ● │  \S+[12](::|\.)1  +[0-9.]+ ms  [ 0-9]+ %
             4b  │ ●  \S+[12](::|\.)1  +[0-9.]+ ms  [ 0-9]+ %
                 ├─╯
             5   ○    \*
             6   ●    \S+  +[0-9.]+ ms

            2 paths:
              4a: \d+ flows?, 0 of \d+ unanswered
              4b: \d+ flows?, 0 of \d+ unanswered
            \d+ probes, [0-9.]+ s
            $
            """,
            text);
        Assert.Equal(2, Routers(server).Count(address => text.Contains($" {address} ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Server4)]
    [InlineData(Server6)]
    public void By_TCP_they_are_found_too(string server)
    {
        string text = TraceWhole(true, server, "-T");

        Assert.All(Routers(server), address => Assert.Contains($" {address} ", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Linux_sends_all_echo_requests_of_two_hosts_one_way(bool asRoot)
    {
        // fib_multipath_hash_policy 1 knows ports, and hashes the addresses of what has none.
        Topology.Exec("client", "sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647");

        using var document = JsonDocument.Parse(Trace(asRoot, "--paths", "-I", "-n", "--json", Server4).Text);

        Assert.Equal(6, document.RootElement.GetProperty("nodes").GetArrayLength());
        Assert.Equal(1, document.RootElement.GetProperty("paths").GetArrayLength());
    }

    [Fact]
    public void By_TCP_an_ordinary_user_is_told_what_is_missing()
    {
        Traced trace = Trace(false, "--paths", "-T", "-n", Server4);

        Assert.Equal((3, ""), (trace.ExitCode, trace.Text));
        Assert.Matches(@"^roundtrip: all paths by TCP need raw sockets, since each SYN of this user has a port of its own; as root: setcap cap_net_raw\+ep \S+\n$", trace.Errors);
    }

    [Theory]
    [InlineData(Server4)]
    [InlineData(Server6)]
    public void Json_has_nodes_and_the_links_between_them(string server)
    {
        using var document = JsonDocument.Parse(TraceWhole(true, server, "--json"));

        JsonElement root = document.RootElement;
        JsonElement[] nodes = [.. root.GetProperty("nodes").EnumerateArray()];
        Assert.Equal(("reached", true), (root.GetProperty("outcome").GetString(), root.GetProperty("whole").GetBoolean()));
        Assert.Equal([1, 2, 3, 4, 4, 5, 6], nodes.Select(node => node.GetProperty("ttl").GetInt32()));
        Assert.Equal(Routers(server), nodes.Where(node => node.GetProperty("ttl").GetInt32() == 4).Select(node => node.GetProperty("address").GetString()!).Order());
        Assert.Equal(JsonValueKind.Null, nodes[5].GetProperty("address").ValueKind);
        Assert.Equal(
            ["0-1", "1-2", "2-3", "2-4", "3-5", "4-5", "5-6"],
            root.GetProperty("links").EnumerateArray().Select(link => $"{link.GetProperty("from")}-{link.GetProperty("to")}"));
        Assert.Equal(2, root.GetProperty("paths").GetArrayLength());
    }

    [Fact]
    public void Csv_has_a_line_for_each_router_with_those_behind_it()
    {
        string[] lines = TraceWhole(true, Server4, "--csv").TrimEnd().Split('\n');

        Assert.Equal("ttl,address,name,flows,sent,lost,withholds,best_ms,average_ms,mark,next", lines[0]);
        Assert.Matches(@"^3,198\.18\.3\.1,,\d+,\d+,0,0,[0-9.]+,[0-9.]+,,198\.18\.4[12]\.1 198\.18\.4[12]\.1$", lines[3]);
        Assert.Matches(@"^5,\*,,\d+,\d+,\d+,0,,,,198\.18\.6\.2$", lines[6]);
    }

    [Fact]
    public void What_scamper_finds_is_found()
    {
        // It waits a quarter of a second after each probe.
        string[] scampers = [.. Link().Matches(Topology.Exec("client", "scamper", "-c", "tracelb -W 15 -w 1", "-i", Server4).Text).Select(match => match.Value).Where(address => address != "*").Distinct()];
        using var document = JsonDocument.Parse(TraceWhole(true, Server4, "--json"));

        IEnumerable<string?> ours = document.RootElement.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("address").GetString());
        Assert.Contains(Server4, scampers);
        Assert.Empty(scampers.Except(ours));
    }

    [Fact]
    public void A_router_that_limits_its_answers_is_found_and_the_limit_named()
    {
        // Linux's own default, a burst of six and one a second.
        Topology.Exec("nat2", "sysctl", "-qw", "net.ipv4.icmp_ratelimit=1000");
        try
        {
            _ = Trace(true, "-q", "6", "-n", Server4);
            Traced trace = Trace(true, "--paths", "-n", Server4);

            // How wide the drawing is depends on what is found at hop 4, which the bound allows to be one router of the two.
            Assert.Matches(@"(?m)^ 2   ● +192\.168\.0\.1 .* withheld$", trace.Text);
            Assert.Contains("roundtrip: 192.168.0.1 at hop 2 limits its answers: ", trace.Errors, StringComparison.Ordinal);
        }
        finally
        {
            Topology.Exec("nat2", "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0");
        }
    }

    [Fact]
    public void Ctrl_C_draws_what_is_known()
    {
        // A router that has spent what it may say makes the search last.
        Topology.Exec("nat2", "sysctl", "-qw", "net.ipv4.icmp_ratelimit=5000");
        try
        {
            _ = Trace(true, "-q", "6", "-n", Server4);
            (_, string left, int exit) = Screen.Of("80x24", true, ["--paths", "-n", Server4], (@"^[1-9]\d* probes, [1-9]\d* answers", "^C"));

            Assert.Matches(@"\e\[Kpaths to 198\.18\.6\.2 ", left);
            Assert.Matches(@"(?m)^ 1   ● +192\.168\.7\.1 ", left);
            Assert.Matches(@"(?m)^roundtrip: the search was broken off after \d+ probes: there may be more paths\n", left);
            Assert.Equal(1, exit);
        }
        finally
        {
            Topology.Exec("nat2", "sysctl", "-qw", "net.ipv4.icmp_ratelimit=0");
        }
    }

    [Theory]
    [InlineData("--paths --classic 198.18.6.2", "--paths and --classic exclude each other")]
    [InlineData("--paths -q 5 198.18.6.2", "--queries does not go with it")]
    [InlineData("--failure-bound 0.1 198.18.6.2", "--failure-bound goes with --paths")]
    [InlineData("--paths --failure-bound 0.9 198.18.6.2", "--failure-bound takes a number from 0.0001 to 0.5")]
    public void What_contradicts_itself_is_said_in_one_line(string arguments, string text)
    {
        Traced trace = Trace(true, arguments.Split(' '));

        Assert.Equal(2, trace.ExitCode);
        Assert.Contains(text, trace.Errors.Split('\n')[0], StringComparison.Ordinal);
    }

    /// <summary>The bound allows that one of twenty searches sees but one of two routers: then once more.</summary>
    private static string TraceWhole(bool asRoot, string server, params string[] options)
    {
        for (int run = 0; ; run++)
        {
            Traced trace = Trace(asRoot, ["--paths", "-n", .. options, server]);
            Assert.Equal((0, ""), (trace.ExitCode, trace.Errors));
            if (run == 3 || Routers(server).All(address => trace.Text.Contains(address, StringComparison.Ordinal)))
            {
                return trace.Text;
            }
        }
    }

    private static string[] Routers(string server) => server == Server4 ? ["198.18.41.1", "198.18.42.1"] : ["2001:db8:41::1", "2001:db8:42::1"];

    private static Traced Trace(bool asRoot, params string[] arguments)
    {
        Finished trace = Topology.Exec("client", Topology.Trace(asRoot, arguments));
        return new Traced(trace.ExitCode, Encoding.UTF8.GetString(trace.Output), trace.Errors);
    }

    private sealed record Traced(int ExitCode, string Text, string Errors);

    [GeneratedRegex(@"(?<=^|-> )\S+(?= ->|$)", RegexOptions.Multiline)]
    private static partial Regex Link();
}
