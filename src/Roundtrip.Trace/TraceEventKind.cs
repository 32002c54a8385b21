namespace Roundtrip.Trace;

/// <summary>What there is to show.</summary>
public enum TraceEventKind
{
    /// <summary>A hop has answered, maybe one of the target's own.</summary>
    Answered,

    /// <summary>All probes of a hop are answered or given up, and those of the hops before. Hops come in order.</summary>
    HopDone,

    /// <summary>Of the path's MTU, or of where it becomes less, more is known.</summary>
    Narrowed,

    /// <summary>Nothing more will be sent or waited for.</summary>
    Ended,
}
