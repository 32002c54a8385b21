using Roundtrip.Core;
using Roundtrip.Tools.Names;
using Roundtrip.Tools.Names.Delegation;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Rounds;

namespace Roundtrip.Program;

/// <summary>What the command line asks of a trace.</summary>
/// <param name="Host">A name or an address.</param>
internal sealed record TraceVerb(string Host)
{
    /// <summary>4 or 6; 0 for either.</summary>
    public int Family { get; init; }

    public bool ShowsNames { get; init; } = true;

    /// <summary>What walks the delegations for names; null where the system's resolver is asked.</summary>
    public ThoroughNames? Thorough { get; init; }

    public TraceFormat Format { get; init; }

    /// <summary>How the trace goes on; null where it shows the route once.</summary>
    public RoundOptions? Rounds { get; init; }

    /// <summary>Whom names are asked of; null where none are shown.</summary>
    public NameCache? OpenNames() => !ShowsNames ? null : Thorough is { } walk ? new NameCache(walk.Confirmed) { Patience = ThoroughNames.Longest } : new NameCache();

    /// <summary>The trace to an address of the host.</summary>
    public required Func<PeerAddress, TraceRequest> Request { get; init; }

    /// <summary>How all paths are looked for; null where one is enough.</summary>
    public PathsOptions? Paths { get; init; }
}
