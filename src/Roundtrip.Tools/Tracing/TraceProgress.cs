using Roundtrip.Trace;

namespace Roundtrip.Tools.Tracing;

/// <summary>Something to show of a trace that runs.</summary>
/// <param name="Hop">As it was when it happened; null where it is no hop that has something to show.</param>
public sealed record TraceProgress(TraceEventKind Kind, Hop? Hop)
{
    /// <summary>Of <see cref="TraceEventKind.Narrowed"/>: packets of so many bytes come through, and larger ones than the second do not.</summary>
    public (int Passes, int AtMost)? Mtu { get; init; }

    /// <summary>At the end: all that was found.</summary>
    public TraceResult? Result { get; init; }
}
