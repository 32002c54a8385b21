using System.Text.Json;
using System.Text.RegularExpressions;

namespace Roundtrip.Peers.Tests.Trace;

/// <summary><c>roundtrip trace --mtu</c> where links take less: behind the third hop 1400 bytes, before the last 1300.</summary>
[Collection(nameof(Topology))]
public sealed class MtuTests : IDisposable
{
    private const string Server4 = "198.18.6.2";
    private const string Server6 = "2001:db8:6::2";

    private static readonly (string Node, string Link, int Mtu)[] Narrow = [("router", "a41", 1400), ("router", "a42", 1400), ("silent", "b6", 1300)];

    private readonly Topology _topology;

    public MtuTests(Topology topology)
    {
        _topology = topology;
        Topology.Exec("client", "sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647");
        foreach ((string node, string link, int mtu) in Narrow)
        {
            Topology.Exec(node, "ip", "link", "set", Topology.Device(link), "mtu", $"{mtu}");
        }
    }

    public void Dispose()
    {
        foreach ((string node, string link, _) in Narrow)
        {
            Topology.Exec(node, "ip", "link", "set", Topology.Device(link), "mtu", "1500");
        }
    }

    [Theory]
    [InlineData("", Server4, true)]
    [InlineData("", Server4, false)]
    [InlineData("-I", Server4, true)]
    [InlineData("-I", Server4, false)]
    [InlineData("", Server6, true)]
    [InlineData("", Server6, false)]
    [InlineData("-I", Server6, true)]
    [InlineData("-I", Server6, false)]
    public void Where_it_becomes_less_is_marked_and_the_times_are_those_of_small_packets(string protocol, string server, bool asRoot)
    {
        Finished trace = Trace(asRoot, [.. protocol.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-n", server]);

        Assert.Equal((0, ""), (trace.ExitCode, trace.Errors));
        Assert.Equal(["1 F=1500", "4 F=1400", "6 F=1300"], Marks(trace.Text));
        Assert.Equal(5 * 3, Regex.Count(trace.Text, @" ms\b"));
        Assert.DoesNotContain("!F", trace.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Traceroute_says_the_same()
    {
        Finished traceroute = Topology.Exec("client", "traceroute", "--mtu", "-n", Server4);

        Assert.Equal(Marks(traceroute.Text), Marks(Trace(true, "-n", Server4).Text));
    }

    [Theory]
    [InlineData(Server4, true)]
    [InlineData(Server4, false)]
    [InlineData(Server6, true)]
    public void A_router_that_drops_what_is_too_large_without_a_word_is_found_by_search(string server, bool asRoot)
    {
        WithBlackHole(() =>
        {
            Finished trace = Trace(asRoot, "--json", "-n", server);

            using var document = JsonDocument.Parse(trace.Text);
            JsonElement mtu = document.RootElement.GetProperty("mtu");
            JsonElement last = mtu.GetProperty("steps").EnumerateArray().Last();
            Assert.Equal((1290, 6, true), (mtu.GetProperty("path").GetInt32(), last.GetProperty("ttl").GetInt32(), last.GetProperty("black_hole").GetBoolean()));
            Assert.Equal("roundtrip: packets of more than 1290 bytes vanish without a word between hops 4 and 6: path MTU discovery does not work over this path (a black hole)\n", trace.Errors);
        });
    }

    [Fact]
    public void A_terminal_sees_how_far_the_search_is() => WithBlackHole(() =>
    {
        (string[][] looks, string left, int exit) = Screen.Of("100x24", true, ["--mtu", "-n", Server4], (@"^path MTU: from \d+ to 1[34]\d\d bytes$", "look"));

        Assert.Contains(looks[0], line => line.StartsWith("path MTU: from ", StringComparison.Ordinal));
        Assert.Matches(@"\e\[K 1  192\.168\.7\.1 .* F=1500 ", left);
        Assert.Equal(0, exit);
    });

    [Fact]
    public void Ctrl_C_shows_the_route_without_it() => WithBlackHole(() =>
    {
        (_, string left, int exit) = Screen.Of("100x24", true, ["--mtu", "-n", Server4], ("^path MTU: from ", "^C"));

        Assert.Matches(@"(?m)^ 6  198\.18\.6\.2 ", left);
        Assert.EndsWith("roundtrip: the path's MTU was not found: it was not waited for\n", left, StringComparison.Ordinal);
        Assert.Equal(0, exit);
    });

    [Theory]
    [InlineData("-T", "--mtu and --tcp exclude each other")]
    [InlineData("--live", "--mtu and --live exclude each other")]
    [InlineData("--csv", "--mtu and --csv exclude each other")]
    public void What_does_not_go_with_it_is_wrong_usage(string option, string text)
    {
        Finished trace = Trace(true, option, Server4);

        Assert.Equal(2, trace.ExitCode);
        Assert.Contains(text, trace.Errors, StringComparison.Ordinal);
    }

    private static void WithBlackHole(Action run)
    {
        foreach (string node in (string[])["north", "south"])
        {
            Topology.Exec(node, "nft", "add table inet hole; add chain inet hole forward { type filter hook forward priority 0; }; add rule inet hole forward meta length > 1290 drop");
        }

        try
        {
            run();
        }
        finally
        {
            Topology.Exec("north", "nft", "delete table inet hole");
            Topology.Exec("south", "nft", "delete table inet hole");
        }
    }

    private static Finished Trace(bool asRoot, params string[] arguments) => Topology.Exec("client", Topology.Trace(asRoot, ["--mtu", .. arguments]));

    /// <summary>The hops whose lines have an MTU.</summary>
    private static string[] Marks(string text) => [.. Regex.Matches(text, @"^ *(\d+) .* (F=\d+)", RegexOptions.Multiline).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}")];
}
