using System.Text.Json;

namespace Roundtrip.Peers.Tests.Trace;

/// <summary><c>roundtrip trace --live</c> in a terminal whose screen is read (screen.py), and its reports where there is none.</summary>
[Collection(nameof(Topology))]
public sealed class LiveTests(Topology topology)
{
    private const string Numbers = @" +0\.0 +0\.0 +\d+( +\d+\.\d\d){6}";

    private readonly Topology _topology = topology;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_screen_has_a_line_for_each_hop_with_its_numbers_and_its_history(bool asRoot)
    {
        (string[][] screens, string left, int exit) = Screen.Of("110x24", asRoot, ["--live", "198.18.6.2"], ("round [5-9]$", "look"), (0, "q"));

        string[] screen = screens[0];
        Assert.Matches("^192\\.168\\.7\\.2 → 198\\.18\\.6\\.2  UDP  round [5-9]$", screen[0]);
        Assert.Equal("    Host               Loss% Held%  Snt  Last   Avg  Best  Wrst StDev  Jttr  History", screen[3]);
        Assert.Matches($"^ 1\\. home\\.example {Numbers}  [▁▂▃▄▅▆▇█]{{4,}}$", screen[4]);
        Assert.Matches($"^ 2\\. 192\\.168\\.0\\.1 {Numbers}  [▁▂▃▄▅▆▇█]{{4,}}$", screen[5]);
        Assert.Matches($"^ 4\\. 198\\.18\\.4[12]\\.1 {Numbers}", screen[7]);
        Assert.Matches(@"^ 5\. \(no answer\) +0\.0 100\.0 +[4-9] +  \?{3,}$", screen[8]);
        Assert.Matches($"^ 6\\. server\\.example {Numbers}", screen[9]);
        Assert.Equal(0, exit);
        Assert.Matches(@"(?s)^trace to 198\.18\.6\.2 \(198\.18\.6\.2\), \d rounds, 60 byte packets\n    Host .*\n 1\. home\.example \(192\.168\.7\.1\) .*\n 6\. server\.example \(198\.18\.6\.2\) [^\n]*\n$", left);
    }

    [Fact]
    public void Keys_pause_it_reset_it_and_show_addresses_for_names()
    {
        (string[][] screens, _, int exit) = Screen.Of(
            "110x24",
            true,
            ["--live", "--interval", "0.5", "198.18.6.2"],
            (@"^ 1\. home\.example .*[▁▂▃▄▅▆▇█]{2}", "n"),
            (@"^ 1\. 192\.168\.7\.1 ", "look"),
            (0, "p"),
            ("  paused$", "look"),
            (1.5, "look"),
            (0, "r"),
            (@"^ 1\. \(waiting\)", "look"),
            (0, " "),
            (@"^ 1\. 192\.168\.7\.1 ", "look"),
            (0, "q"));

        Assert.StartsWith(" 1. 192.168.7.1 ", screens[0][4], StringComparison.Ordinal);
        Assert.EndsWith("  paused", screens[1][0], StringComparison.Ordinal);
        Assert.Equal(screens[1], screens[2]);
        Assert.Matches(@"^ 1\. \(waiting\) +0\.0 +0\.0 +0$", screens[3][4]);
        Assert.Matches($"^ 1\\. 192\\.168\\.7\\.1 {Numbers}", screens[4][4]);
        Assert.Equal(0, exit);
    }

    [Fact]
    public void It_fits_whatever_window_there_is()
    {
        (string[][] screens, _, _) = Screen.Of(
            "80x24",
            true,
            ["--live", "198.18.6.2"],
            (@"^ 6\. server\.example .*\.", "look"),
            (0, "60x8"),
            (@"\A192\.168\.7\.2 .*\n.*\n.*\n    Host .*\n 1\. ", "look"),
            (0, "20x3"),
            (@"\A192\.168\.7\.2 ", "look"),
            (0, "160x30"),
            ("  History$", "look"),
            (0, "d"),
            ("^    Host +History$", "look"),
            (0, "^C"));

        Assert.Equal("    Host               Loss% Held%  Snt  Last   Avg  Best  Wrst StDev  Jttr", screens[0][3]);
        Assert.DoesNotContain(screens[0], line => line.Contains("History", StringComparison.Ordinal));
        Assert.Equal((8, 3), (screens[1].Length, screens[2].Length));
        Assert.StartsWith(" 1. ", screens[1][4], StringComparison.Ordinal);
        Assert.StartsWith("192.168.7.2 ", screens[2][0], StringComparison.Ordinal);
        Assert.EndsWith("  History", screens[3][3], StringComparison.Ordinal);
        Assert.Matches("^    Host +History$", screens[4][3]);
    }

    [Fact]
    public void Ctrl_C_leaves_its_table_on_the_screen_that_was_there_before()
    {
        (_, string left, int exit) = Screen.Of("80x24", true, ["--live", "-n", "198.18.6.99"], (@"^ 4\. 198\.18\.4", "^C"));

        Assert.Contains("\n 4. 198.18.4", left, StringComparison.Ordinal);
        Assert.EndsWith("roundtrip: 198.18.6.99 has not answered\n", left, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', left);
        Assert.Equal(1, exit);
    }

    [Fact]
    public void What_cannot_be_is_said_without_another_screen()
    {
        (_, string left, int exit) = Screen.Of("80x24", true, ["--live", "-s", "192.0.2.77", "198.18.6.2"]);

        Assert.Equal(1, exit);
        Assert.Matches("^roundtrip: bind 192\\.0\\.2\\.77.*\n$", left);
    }

    public static TheoryData<string, string, bool> Modes()
    {
        var modes = new TheoryData<string, string, bool>();
        foreach (string protocol in (string[])["", "-I", "-T"])
        {
            foreach (string server in (string[])["198.18.6.2", "2001:db8:6::2"])
            {
                modes.Add(protocol, server, true);
                modes.Add(protocol, server, false);
            }
        }

        return modes;
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Where_there_is_no_terminal_it_reports_after_its_rounds(string protocol, string server, bool asRoot)
    {
        Topology.Exec("client", "sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647");

        Finished trace = Trace(asRoot, [.. protocol.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--rounds", "3", "--interval", "0.2", "-n", "--json", server]);

        Assert.Equal((0, ""), (trace.ExitCode, trace.Errors));
        using var document = JsonDocument.Parse(trace.Text);
        JsonElement[] hops = [.. document.RootElement.GetProperty("hops").EnumerateArray()];
        Assert.Equal(6, hops.Length);
        Assert.Equal(server, hops[5].GetProperty("addresses")[0].GetProperty("address").GetString());
        foreach (JsonElement hop in hops)
        {
            // Before answers of the first round have come the second may have begun: a hop beyond was then asked once less.
            int ttl = hop.GetProperty("ttl").GetInt32(), sent = hop.GetProperty("sent").GetInt32();
            Assert.InRange(sent, 1, 3);
            Assert.Equal(ttl == 5 ? 0 : sent, hop.GetProperty("received").GetInt32());
            Assert.Equal((0.0, ttl == 5 ? 1.0 : 0.0), (hop.GetProperty("loss").GetDouble(), hop.GetProperty("withheld").GetDouble()));
        }
    }

    [Fact]
    public void A_report_has_its_table_as_text_or_as_comma_separated_values()
    {
        string text = Trace(true, "--rounds", "2", "--interval", "0.2", "198.18.6.2").Text;
        string[] lines = Trace(true, "--rounds", "2", "--interval", "0.2", "--csv", "198.18.6.2").Text.TrimEnd().Split('\n');

        Assert.Matches($"(?s)^trace to 198\\.18\\.6\\.2 .*, 2 rounds, 60 byte packets\n    Host +Loss% .*\n 6\\. server\\.example \\(198\\.18\\.6\\.2\\) {Numbers}\n$", text);
        Assert.Equal(7, lines.Length);
        Assert.Matches(@"^1,192\.168\.7\.1,home\.example,([12]),\1,0\.000,0\.000(,\d+\.\d{3}){6}$", lines[1]);
        Assert.Matches(@"^5,,,[12],0,0\.000,1\.000,,,,,,$", lines[5]);
    }

    [Fact]
    public void A_router_that_limits_its_answers_loses_nothing_and_a_link_that_loses_is_seen()
    {
        Topology.Exec("nat2", "nft", "add table ip few; add chain ip few output { type filter hook output priority 0; }; add rule ip few output icmp type time-exceeded limit rate over 1/second burst 1 packets drop");
        Topology.Exec("router", "nft", "add table ip lossy; add chain ip lossy forward { type filter hook forward priority 0; }; add rule ip lossy forward udp dport 33434 numgen inc mod 2 0 drop");
        try
        {
            using var document = JsonDocument.Parse(Trace(true, "--rounds", "12", "--interval", "0.25", "--json", "198.18.6.2").Text);
            JsonElement[] hops = [.. document.RootElement.GetProperty("hops").EnumerateArray()];

            Assert.Equal((0.0, 0.0, 0.0), (Loss(0), Loss(1), Loss(2)));
            Assert.InRange(hops[1].GetProperty("withheld").GetDouble(), 0.1, 0.8);
            Assert.InRange(Loss(5), 0.2, 0.8);

            double Loss(int hop) => hops[hop].GetProperty("loss").GetDouble();
        }
        finally
        {
            Topology.Exec("nat2", "nft", "delete table ip few");
            Topology.Exec("router", "nft", "delete table ip lossy");
        }
    }

    [Theory]
    [InlineData("--rounds 3 198.18.6.2", "--rounds goes with --live")]
    [InlineData("--interval 3 198.18.6.2", "--interval goes with --live")]
    [InlineData("--live --queries 3 198.18.6.2", "--queries does not go with it")]
    [InlineData("--live --interval 0 198.18.6.2", "--interval takes seconds")]
    public void Options_that_do_not_go_together_are_wrong_usage(string arguments, string text)
    {
        Finished trace = Topology.Exec("client", Topology.Trace(true, arguments.Split(' ')));

        Assert.Equal(2, trace.ExitCode);
        Assert.Contains(text, trace.Errors, StringComparison.Ordinal);
    }

    private static Finished Trace(bool asRoot, params string[] arguments) => Topology.Exec("client", Topology.Trace(asRoot, ["--live", .. arguments]));
}
