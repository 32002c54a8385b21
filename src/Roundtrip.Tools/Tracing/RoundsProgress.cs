using Roundtrip.Core;
using Roundtrip.Trace;
using Roundtrip.Trace.Rounds;

namespace Roundtrip.Tools.Tracing;

/// <summary>A trace that goes on, as it stands.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Round">Rounds begun.</param>
public sealed record RoundsProgress(TraceRequest Request, PeerAddress Source, int Round, IReadOnlyList<RoundHop> Hops)
{
    /// <summary>Whether the last hop is the target.</summary>
    public bool IsReached { get; init; }

    /// <summary>The circle in which packets go, where they do.</summary>
    public RoutingLoop? Loop { get; init; }

    /// <summary>Whether raw sockets were allowed.</summary>
    public bool IsRaw { get; init; }
}
