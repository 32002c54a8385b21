using Roundtrip.Core;
using Roundtrip.Trace;
using Roundtrip.Trace.Mtu;

namespace Roundtrip.Tools.Tracing;

/// <summary>A trace that has ended, or was ended.</summary>
/// <param name="Source">Where it came from.</param>
/// <param name="Outcome"><see cref="TraceOutcome.Running"/> where it was cancelled.</param>
public sealed record TraceResult(TraceRequest Request, PeerAddress Source, TraceOutcome Outcome, IReadOnlyList<Hop> Hops)
{
    /// <summary>The circle in which packets go, where they do.</summary>
    public RoutingLoop? Loop { get; init; }

    /// <summary>The MTU of the first link, and where it becomes less; null where that was not asked, or not found out.</summary>
    public IReadOnlyList<MtuStep>? Mtu { get; init; }

    /// <summary>In nanoseconds.</summary>
    public long Took { get; init; }

    /// <summary>Answers that quoted too little to tell whose they are.</summary>
    public int Untold { get; init; }

    /// <summary>Whether raw sockets were allowed.</summary>
    public bool IsRaw { get; init; }
}
