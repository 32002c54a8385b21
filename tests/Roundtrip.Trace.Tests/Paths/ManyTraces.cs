using Roundtrip.Core;
using Roundtrip.Trace.Paths;

namespace Roundtrip.Trace.Tests.Paths;

/// <summary>What many traces with random answers come to.</summary>
internal static class ManyTraces
{
    /// <summary>How many there are.</summary>
    public const int Seeds = 200;

    /// <summary>How many of them may miss something that is missed at this rate: three standard deviations more than is usual.</summary>
    public static int Most(double rate) => (int)(Seeds * rate + 3 * Math.Sqrt(Seeds * rate * (1 - Math.Min(rate, 1))));

    /// <summary>The links that were found, by their ends.</summary>
    public static IEnumerable<(PeerAddress, PeerAddress)> LinksOf(PathGraph graph) =>
        graph.Links.Select(link => (graph.Nodes[link.From].Address!.Value, graph.Nodes[link.To].Address!.Value));
}
