using System.CommandLine;
using System.Net;
using Roundtrip.Tools.Names.Delegation;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Rounds;

namespace Roundtrip.Program;

/// <summary><c>roundtrip trace HOST</c>: the route to a host. The options that traceroute has too have its names.</summary>
internal static class TraceCommand
{
    // RFC 791 section 3.1 gives TTL and total length eight and sixteen bits, RFC 2474 section 3 gives DSCP six.
    private const int GreatestSize = 65535;

    public static Command Create()
    {
        var host = new Argument<string>("host") { Description = "Where to: a name or an address." };
        var icmp = new Option<bool>("--icmp", "-I") { Description = "Sends ICMP echo requests instead of UDP." };
        var tcp = new Option<bool>("--tcp", "-T") { Description = "Sends TCP SYNs instead of UDP." };
        var version4 = new Option<bool>("-4") { Description = "Uses IPv4 alone." };
        var version6 = new Option<bool>("-6") { Description = "Uses IPv6 alone." };
        Option<int> queries = Number("--queries", "-q", 3, 1, 100, "Probes for each hop.");
        Option<int> first = Number("--first", "-f", 1, 1, 255, "The TTL to begin with.");
        Option<int> maximum = Number("--max-hops", "-m", 30, 1, 255, "The greatest TTL.");
        Option<int> port = Number("--port", "-p", 0, 0, 65535, "The target's port: 33434 for UDP, 80 for TCP unless said.");
        var source = new Option<string?>("--source", "-s") { Description = "The address to send from.", HelpName = "address" };
        var interfaceName = new Option<string?>("--interface", "-i") { Description = "The interface to send by.", HelpName = "name" };
        Option<int> size = Number("--size", null, 0, 0, GreatestSize, "Bytes of a packet with its IP header: 60, of IPv6 80 unless said. A SYN has its own size.");
        var dontFragment = new Option<bool>("--df", "-F") { Description = "Forbids routers to fragment the packets." };
        Option<int> dscp = Number("--dscp", null, 0, 0, 63, "The packets' DSCP.");
        var wait = new Option<double>("--wait", "-w") { Description = "Seconds to wait for an answer at most; as a rule it takes much less.", HelpName = "seconds", DefaultValueFactory = _ => 5 };
        var classic = new Option<bool>("--classic") { Description = "Makes each probe a flow of its own, as traceroute does: load balancers may send each another way." };
        var paths = new Option<bool>("--paths") { Description = "Finds every parallel path." };
        var bound = new Option<double>("--failure-bound")
        {
            Description = "Of --paths: how often, at most, one of several equally likely routers behind another may be missed. It holds for each router behind which paths part: for a whole trace with n of them it is n times that.",
            HelpName = "part",
            DefaultValueFactory = _ => 0.05,
        };
        var numeric = new Option<bool>("-n") { Description = "Shows addresses without names." };
        var json = new Option<bool>("--json") { Description = "Reports the trace in one JSON document on standard output." };
        var csv = new Option<bool>("--csv") { Description = "Writes a line of comma-separated values for each probe." };
        var thorough = new Option<bool>("--thorough") { Description = "Finds names by walking the delegations from the DNS root, and shows those whose own addresses lead back." };
        var rootHints = new Option<string?>("--root-hints") { Description = "Of --thorough: a file as IANA's named.root with the servers of another root.", HelpName = "file" };
        var mtu = new Option<bool>("--mtu") { Description = "Finds the largest packet that comes through unfragmented, and where it becomes less; needs UDP or ICMP." };
        var live = new Option<bool>("--live") { Description = "Goes on, round after round, on a screen like mtr's; where there is no terminal, reports after --rounds." };
        Option<int> rounds = Number("--rounds", null, 0, 1, int.MaxValue, "Of --live: the rounds after which it ends; 10 unless said where there is no terminal.");
        var interval = new Option<double>("--interval") { Description = "Of --live: seconds from one round to the next.", HelpName = "seconds", DefaultValueFactory = _ => 1 };
        var command = new Command("trace", "Shows the route to a host.")
        {
            host, icmp, tcp, version4, version6, queries, first, maximum, port, source, interfaceName, size, dontFragment, dscp, wait, classic, numeric, json, csv, thorough, rootHints, mtu, live, rounds, interval,
        };
        command.SetAction((parsed, cancellation) => Contradiction(parsed) is { } fault ? Refuse(fault) : TraceRun.Run(
            new TraceVerb(parsed.GetRequiredValue(host))
            {
                Family = parsed.GetValue(version4) ? 4 : parsed.GetValue(version6) ? 6 : 0,
                ShowsNames = !parsed.GetValue(numeric),
                Thorough = parsed.GetValue(thorough) ? new ThoroughNames(RootOf(parsed.GetValue(rootHints)) ?? RootHints.Public) : null,
                Format = parsed.GetValue(json) ? TraceFormat.Json : parsed.GetValue(csv) ? TraceFormat.Csv : TraceFormat.Text,
                Rounds = parsed.GetValue(live) ? new RoundOptions { Count = parsed.GetValue(rounds) is > 0 and int count ? count : null, Interval = (long)(parsed.GetValue(interval) * Span.Second) } : null,
                Request = target => new TraceRequest(target)
                {
                    Protocol = parsed.GetValue(icmp) ? ProbeProtocol.Icmp : parsed.GetValue(tcp) ? ProbeProtocol.Tcp : ProbeProtocol.Udp,
                    Port = parsed.GetValue(port) is > 0 and int chosen ? (ushort)chosen : null,
                    Source = parsed.GetValue(source) is { } from ? Core.PeerAddress.From(IPAddress.Parse(from), 0) : null,
                    Interface = parsed.GetValue(interfaceName),
                    Size = parsed.GetValue(size) is > 0 and int bytes ? bytes : null,
                    FindsMtu = parsed.GetValue(mtu),
                    DontFragment = parsed.GetValue(dontFragment),
                    Dscp = (byte)parsed.GetValue(dscp),
                    Options = new TraceOptions
                    {
                        FirstTimeToLive = (byte)parsed.GetValue(first),
                        MaximumTimeToLive = (byte)parsed.GetValue(maximum),
                        Queries = parsed.GetValue(queries),
                        MaximumWait = (long)(parsed.GetValue(wait) * Span.Second),
                        VariesFlow = parsed.GetValue(classic),
                    },
                },
                Paths = parsed.GetValue(paths) ? new PathsOptions { FailureBound = parsed.GetValue(bound) } : null,
            },
            cancellation));
        command.Options.Add(paths);
        command.Options.Add(bound);
        return command;

        // In the action, since a validator cannot ask for the value of an option that is wrong by itself.
        string? Contradiction(ParseResult parsed)
        {
            foreach ((Option<bool> one, Option<bool> other) in (ReadOnlySpan<(Option<bool>, Option<bool>)>)[(icmp, tcp), (version4, version6), (json, csv), (paths, classic), (paths, live), (paths, mtu), (mtu, tcp), (mtu, live), (mtu, csv), (numeric, thorough)])
            {
                if (parsed.GetValue(one) && parsed.GetValue(other))
                {
                    return $"{one.Name} and {other.Name} exclude each other";
                }
            }

            if (parsed.GetValue(paths) && parsed.GetResult(queries) is { Implicit: false })
            {
                return "--paths sends as many probes as it takes: --queries does not go with it";
            }

            if (parsed.GetResult(bound) is { Implicit: false } && (!parsed.GetValue(paths) || parsed.GetValue(bound) is not (>= 0.0001 and <= 0.5)))
            {
                return parsed.GetValue(paths) ? "--failure-bound takes a number from 0.0001 to 0.5" : "--failure-bound goes with --paths";
            }

            return parsed.GetValue(first) > parsed.GetValue(maximum) ? "--first is greater than --max-hops"
                : parsed.GetValue(wait) is not (> 0 and <= 3600) ? "--wait takes seconds, more than 0 and at most 3600"
                : parsed.GetValue(source) is { } text && !IPAddress.TryParse(text, out _) ? $"--source takes an address of this machine, not '{text}'"
                : parsed.GetValue(interval) is not (>= 0.01 and <= 3600) ? "--interval takes seconds, at least 0.01 and at most 3600"
                : !parsed.GetValue(thorough) && parsed.GetValue(rootHints) is not null ? "--root-hints goes with --thorough"
                : parsed.GetValue(rootHints) is { } file && RootOf(file) is null ? $"--root-hints takes a file with A or AAAA records, which '{file}' is not"
                : !parsed.GetValue(live) && parsed.GetValue(rounds) > 0 ? "--rounds goes with --live"
                : !parsed.GetValue(live) && parsed.GetResult(interval) is { Implicit: false } ? "--interval goes with --live"
                : parsed.GetValue(live) && parsed.GetResult(queries) is { Implicit: false } ? "--live sends one probe to each hop a round: --queries does not go with it"
                : null;
        }
    }

    private static RootHints? RootOf(string? file)
    {
        try
        {
            return file is null ? null : RootHints.Parse(File.ReadLines(file));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Task<int> Refuse(string fault)
    {
        Console.Error.WriteLine($"roundtrip: {fault}");
        return Task.FromResult(ExitCode.Usage);
    }

    /// <param name="usual">What stands for it where it is not there; 0 for what the rest of the command line decides.</param>
    private static Option<int> Number(string name, string? alias, int usual, int least, int greatest, string description)
    {
        var option = new Option<int>(name, alias is null ? [] : [alias])
        {
            Description = description,
            HelpName = "number",
            CustomParser = result =>
            {
                if (!int.TryParse(result.Tokens[0].Value, out int value) || value < least || value > greatest)
                {
                    result.AddError($"{name} takes a number from {least} to {greatest}, not '{result.Tokens[0].Value}'");
                }

                return value;
            },
        };
        if (usual > 0)
        {
            option.DefaultValueFactory = _ => usual;
        }

        return option;
    }
}
