namespace Roundtrip.Trace;

/// <summary>How far a trace came.</summary>
public enum TraceOutcome
{
    /// <summary>It has not ended.</summary>
    Running,

    /// <summary>The target answered.</summary>
    Reached,

    /// <summary>A router said that it cannot or may not go on.</summary>
    Unreachable,

    /// <summary>The same routers come again and again.</summary>
    Loop,

    /// <summary>As many hops as may be, and the target was not among them.</summary>
    NotReached,
}
