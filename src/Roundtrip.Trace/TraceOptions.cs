namespace Roundtrip.Trace;

/// <summary>What a trace is asked to do.</summary>
public sealed record TraceOptions
{
    /// <summary>The first hop that is asked for.</summary>
    public byte FirstTimeToLive { get; init; } = 1;

    /// <summary>The last hop that is asked for.</summary>
    public byte MaximumTimeToLive { get; init; } = 30;

    /// <summary>Probes for each hop.</summary>
    public int Queries { get; init; } = 3;

    /// <summary>The longest that is waited for an answer, in nanoseconds.</summary>
    public long MaximumWait { get; init; } = 5 * Span.Second;

    /// <summary>Whether each probe is a flow of its own, as traceroute's are, which then shows hops of several paths as if they were one.</summary>
    public bool VariesFlow { get; init; }
}
