using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Roundtrip.Peers.Tests.Trace;

/// <summary>What a trace's options make of its packets, as tcpdump sees them arrive at the first router.</summary>
[Collection(nameof(Topology))]
public sealed class WireTests
{
    private const string Server4 = "198.18.6.2";
    private const string Server6 = "2001:db8:6::2";

    private const string Neighbour = "192.168.7.1";
    private const int EndPort = 9;

    private readonly Topology _topology;

    public WireTests(Topology topology)
    {
        _topology = topology;
        Topology.Exec("client", "sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647");
        Topology.Exec("client", "ip", "address", "add", "192.168.7.9/24", "dev", Topology.Device("a1"));
    }

    [Theory]
    [InlineData("-s 192.168.7.9 --dscp 46 -p 5555 --size 100", @"tos 0xb8, .* proto UDP \(17\), length 100\) 192\.168\.7\.9\.\d+ > 198\.18\.6\.2\.5555: ", true)]
    [InlineData("-s 192.168.7.9 --dscp 46 -p 5555 --size 100", @"tos 0xb8, .* proto UDP \(17\), length 100\) 192\.168\.7\.9\.\d+ > 198\.18\.6\.2\.5555: ", false)]
    [InlineData("-I -s 192.168.7.9 --dscp 1 --size 200", @"tos 0x4, .* proto ICMP \(1\), length 200\) 192\.168\.7\.9 > 198\.18\.6\.2: ICMP echo request", true)]
    [InlineData("-I -s 192.168.7.9 --dscp 1 --size 200", @"tos 0x4, .* proto ICMP \(1\), length 200\) 192\.168\.7\.9 > 198\.18\.6\.2: ICMP echo request", false)]
    [InlineData("-T -s 192.168.7.9 --dscp 10 -p 443", @"tos 0x28, .* proto TCP \(6\), length \d+\) 192\.168\.7\.9\.\d+ > 198\.18\.6\.2\.443: Flags \[S\]", true)]
    [InlineData("-T -s 192.168.7.9 --dscp 10 -p 443", @"tos 0x28, .* proto TCP \(6\), length \d+\) 192\.168\.7\.9\.\d+ > 198\.18\.6\.2\.443: Flags \[S\]", false)]
    [InlineData("--df", @"flags \[DF\], proto UDP \(17\), length 60\) 192\.168\.7\.2\.\d+ > 198\.18\.6\.2\.33434: ", true)]
    [InlineData("--df", @"flags \[DF\], proto UDP \(17\), length 60\) 192\.168\.7\.2\.\d+ > 198\.18\.6\.2\.33434: ", false)]
    [InlineData("", @"flags \[none\], proto UDP \(17\), length 60\) 192\.168\.7\.2\.\d+ > 198\.18\.6\.2\.33434: ", true)]
    [InlineData("", @"flags \[none\], proto UDP \(17\), length 60\) 192\.168\.7\.2\.\d+ > 198\.18\.6\.2\.33434: ", false)]
    public void IPv4_packets_have_what_was_asked_for(string options, string packet, bool asRoot)
    {
        string[] packets = Captured(asRoot, options, Server4);

        Assert.InRange(packets.Length, 6, 100);
        Assert.All(packets, line => Assert.Matches(packet, line));
    }

    [Theory]
    [InlineData("--dscp 46 -p 5555 --size 120", @"class 0xb8, .*next-header UDP \(17\) payload length: 80\) 2001:db8:1::2\.\d+ > 2001:db8:6::2\.5555: ", true)]
    [InlineData("--dscp 46 -p 5555 --size 120", @"class 0xb8, .*next-header UDP \(17\) payload length: 80\) 2001:db8:1::2\.\d+ > 2001:db8:6::2\.5555: ", false)]
    [InlineData("-I --dscp 1 --size 200", @"class 0x04, .*next-header ICMPv6 \(58\) payload length: 160\) 2001:db8:1::2 > 2001:db8:6::2: .*ICMP6, echo request", true)]
    [InlineData("-I --dscp 1 --size 200", @"class 0x04, .*next-header ICMPv6 \(58\) payload length: 160\) 2001:db8:1::2 > 2001:db8:6::2: .*ICMP6, echo request", false)]
    public void IPv6_packets_have_what_was_asked_for(string options, string packet, bool asRoot)
    {
        string[] packets = Captured(asRoot, options, Server6);

        Assert.InRange(packets.Length, 6, 100);
        Assert.All(packets, line => Assert.Matches(packet, line));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_TTL_is_sent_but_those_that_were_asked_for(bool asRoot)
    {
        Assert.Equal(["2", "3"], Captured(asRoot, "-f 2 -m 3", Server4).Select(line => Regex.Match(line, @"ttl (\d+)").Groups[1].Value).Distinct().Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Packets_leave_by_the_interface_that_was_asked_for_though_the_way_there_is_by_another(bool asRoot)
    {
        Topology.Exec("client", "ip", "link", "add", "other", "type", "veth", "peer", "name", "nowhere");
        Topology.Exec("client", "ip", "link", "set", "nowhere", "up");
        Topology.Exec("client", "ip", "link", "set", "other", "up");
        Topology.Exec("client", "ip", "route", "add", $"{Server4}/32", "dev", "other");
        Topology.Exec("client", "ip", "route", "add", $"{Server4}/32", "via", "192.168.7.1", "dev", Topology.Device("a1"), "metric", "500");
        try
        {
            Assert.Empty(Captured(asRoot, "-w 0.2 -m 2", Server4));
            Assert.NotEmpty(Captured(asRoot, $"-i {Topology.Device("a1")}", Server4));
        }
        finally
        {
            Topology.Exec("client", "ip", "link", "delete", "other");
            Topology.Exec("client", "ip", "route", "delete", $"{Server4}/32");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-I")]
    [InlineData("-T")]
    public void Over_links_with_a_delay_IPv6_lacks_no_answer_and_round_trips_are_as_long_as_the_way(string protocol)
    {
        Finished trace = Topology.ExecOverDelay(10, Topology.Trace(true, [.. protocol.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-n", Server6]));

        Assert.Equal(0, trace.ExitCode);
        string[] lines = trace.Text.TrimEnd().Split('\n')[1..];
        Assert.Matches(@"^ 5  \* \* \*$", string.Join('\n', lines.Where(line => line.StartsWith(" 5", StringComparison.Ordinal))));
        int hop = 0;
        foreach (string line in lines)
        {
            hop = int.TryParse(line[..2], out int number) ? number : hop;
            Assert.True(hop == 5 || !line.Contains('*', StringComparison.Ordinal), trace.Text);
            Assert.All(Regex.Matches(line, @"([0-9.]+) ms"), time => Assert.True(double.Parse(time.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) >= hop * 20, trace.Text));
        }
    }

    private static string[] Captured(bool asRoot, string options, string server)
    {
        // Neighbours know each other then, and nothing of a test before is on its way.
        Topology.Exec("client", Topology.Trace(true, "-n", server));
        string protocol = options.StartsWith("-I", StringComparison.Ordinal) ? "(icmp or icmp6)" : options.StartsWith("-T", StringComparison.Ordinal) ? "tcp" : "udp";
        string filter = $"(dst host {server} and {protocol}) or (dst host {Neighbour} and udp dst port {EndPort})";
        using Process tcpdump = Topology.Start("nat1", "tcpdump", "-i", Topology.Device("b1"), "-nn", "-v", "-l", "--immediate-mode", filter);
        try
        {
            while (tcpdump.StandardError.ReadLine() is { } line && !line.Contains("listening on", StringComparison.Ordinal))
            {
            }

            Topology.Exec("client", Topology.Trace(asRoot, [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-n", server]));

            // Behind all that was sent comes a packet of our own.
            Topology.Exec("client", "bash", "-c", $"echo end >/dev/udp/{Neighbour}/{EndPort}");
            var text = new StringBuilder();
            while (ReadLine(tcpdump.StandardOutput) is { } line && !line.Contains($" > {Neighbour}.{EndPort}: ", StringComparison.Ordinal))
            {
                text.Append(line).Append('\n');
            }

            // A packet of IPv4 has two lines: the second is indented.
            return [.. Regex.Replace(text.ToString(), @"\r?\n +", " ").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(packet => packet.Contains($" > {server}", StringComparison.Ordinal))];
        }
        finally
        {
            tcpdump.Kill();
            tcpdump.WaitForExit();
        }
    }

    private static string? ReadLine(StreamReader reader)
    {
        Task<string?> line = reader.ReadLineAsync();
        Assert.True(line.Wait(TimeSpan.FromSeconds(30)), "tcpdump has not seen the packet that is sent behind all others");
        return line.Result;
    }
}
