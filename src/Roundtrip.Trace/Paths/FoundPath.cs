namespace Roundtrip.Trace.Paths;

/// <summary>A way that flows were seen to take from the first hop to the last.</summary>
/// <param name="Nodes">Numbers among the <see cref="PathGraph.Nodes"/>, in order.</param>
/// <param name="Flows">The flows that took it.</param>
/// <param name="Sent">Probes of these flows to the last router on it that answers.</param>
/// <param name="Lost">Those of them that were not answered.</param>
public sealed record FoundPath(IReadOnlyList<int> Nodes, int Flows, int Sent, int Lost);
