using Roundtrip.Core;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace.Rounds;

namespace Roundtrip.Program;

/// <summary>What the command line asks of a trace.</summary>
/// <param name="Host">A name or an address.</param>
internal sealed record TraceVerb(string Host)
{
    /// <summary>4 or 6; 0 for either.</summary>
    public int Family { get; init; }

    public bool ShowsNames { get; init; } = true;

    public TraceFormat Format { get; init; }

    /// <summary>How the trace goes on; null where it shows the route once.</summary>
    public RoundOptions? Rounds { get; init; }

    /// <summary>The trace to an address of the host.</summary>
    public required Func<PeerAddress, TraceRequest> Request { get; init; }
}
