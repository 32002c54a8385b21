namespace Roundtrip.Trace.Paths;

/// <summary>What finding all paths is asked to do.</summary>
public sealed record PathsOptions
{
    /// <summary>The hops that are asked for, and the longest wait. Its queries and its flows do not count here.</summary>
    public TraceOptions Trace { get; init; } = new();

    /// <summary>
    /// How often, at most, one of several equally likely routers behind another may be missed, for each router behind which paths part: n partings together n times that. More than 0, at most 0.5.
    /// </summary>
    public double FailureBound { get; init; } = 0.05;

    /// <summary>The flows that may be sent; where they are used up the search ends as it is.</summary>
    public int MaximumFlows { get; init; } = 2048;

    /// <summary>The probes that may be sent.</summary>
    public int MaximumProbes { get; init; } = 20_000;

    /// <summary>So long probes are sent, in nanoseconds: routers that limit their answers, or somebody who means no good, would make a search last as long as they like.</summary>
    public long LongestSearch { get; init; } = 120 * Span.Second;

    /// <summary>
    /// Whether a flow must have been answered by all routers before it asks the target: a NAT forgets a TCP connection with the target's RST, and what routers answer then finds no way home.
    /// </summary>
    public bool EndsFlowsLast { get; init; }
}
