using Roundtrip.Trace;

namespace Roundtrip.Tools.Tracing;

/// <summary>Something to show of a trace that runs.</summary>
/// <param name="Hop">As it was when it happened; null at the end.</param>
public sealed record TraceProgress(TraceEventKind Kind, Hop? Hop)
{
    /// <summary>At the end: all that was found.</summary>
    public TraceResult? Result { get; init; }
}
