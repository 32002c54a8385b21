using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Paths;

namespace Roundtrip.Program;

/// <summary>What there is to say of all paths that their drawing does not.</summary>
internal static class PathsRemarks
{
    public static IEnumerable<string> Of(string host, PathsResult result)
    {
        if (result.Loop is { } loop)
        {
            yield return $"routing loop: hops {loop.First} to {loop.First + loop.Length - 1} come again and again; {host} cannot be reached";
        }
        else if (result.Outcome == TraceOutcome.Unreachable)
        {
            yield return $"{host} cannot be reached: hop {result.Graph.Nodes[^1].TimeToLive} says so";
        }
        else if (result.Outcome == TraceOutcome.NotReached)
        {
            yield return $"{host} has not answered within {result.Request.Options.MaximumTimeToLive} hops";
        }

        if (result.Graph.Nodes.FirstOrDefault(node => node.Answer is { IsTranslated: true }) is { } translated)
        {
            yield return $"addresses are translated (NAT) before hop {translated.TimeToLive}";
        }

        foreach (PathNode node in result.Graph.Nodes.Where(node => node.Withholds))
        {
            yield return $"{node.Address!.Value.ToIPAddress()} at hop {node.TimeToLive} limits its answers: {node.Statistics.Lost} of {node.Statistics.Sent} were not given, and nothing was lost that went through it";
        }

        if (result.Outcome == TraceOutcome.Running)
        {
            yield return $"the search was broken off after {result.Probes} probes: there may be more paths";
        }
        else if (!result.Graph.IsWhole)
        {
            yield return $"the search ended after {result.Probes} probes and {result.Took / Span.Second} s, as far as it may go: there may be more paths";
        }

        if (result.Untold > 0)
        {
            yield return $"{result.Untold} answers quoted too little to tell whose they are, and their hops look silent; with -I, or as root, they are told";
        }
    }
}
