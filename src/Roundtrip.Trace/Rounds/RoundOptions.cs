namespace Roundtrip.Trace.Rounds;

/// <summary>How often each hop is asked where a trace goes on.</summary>
public sealed record RoundOptions
{
    /// <summary>From the beginning of a round to that of the next, in nanoseconds.</summary>
    public long Interval { get; init; } = Span.Second;

    /// <summary>After so many it ends; null for never.</summary>
    public int? Count { get; init; }

    /// <summary>Whether the target's answers are ICMP errors, which hosts limit as routers do: so it is by UDP. Echo replies and TCP's answers are not limited.</summary>
    public bool IsTargetLimited { get; init; } = true;
}
