using Roundtrip.Core;
using Roundtrip.Trace;
using Roundtrip.Trace.Paths;

namespace Roundtrip.Tools.Tracing;

/// <summary>A search for all paths that has ended, or was ended.</summary>
/// <param name="Source">Where it came from.</param>
/// <param name="Outcome"><see cref="TraceOutcome.Running"/> where it was cancelled.</param>
public sealed record PathsResult(TraceRequest Request, PathsOptions Options, PeerAddress Source, TraceOutcome Outcome, PathGraph Graph)
{
    /// <summary>The circle in which packets go, where they do.</summary>
    public RoutingLoop? Loop { get; init; }

    /// <summary>In nanoseconds.</summary>
    public long Took { get; init; }

    /// <summary>Probes sent.</summary>
    public int Probes { get; init; }

    /// <summary>Answers that quoted too little to tell whose they are.</summary>
    public int Untold { get; init; }

    /// <summary>Whether raw sockets were allowed.</summary>
    public bool IsRaw { get; init; }
}
