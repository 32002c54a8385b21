namespace Roundtrip.Trace.Mtu;

/// <summary>A path whose MTU is wanted, as a trace has found it.</summary>
/// <param name="Hops">From the first; the last that has answered is the one that the MTU is sought to.</param>
/// <param name="LinkMtu">The bytes of the largest packet that this machine's own link takes.</param>
/// <param name="Passes">The bytes of the packets that have passed.</param>
public sealed record MtuOptions(IReadOnlyList<Hop> Hops, int LinkMtu, int Passes)
{
    public bool IsV6 { get; init; }

    /// <summary>The number of the first probe: none that the trace has given.</summary>
    public ushort FirstId { get; init; } = 1;

    /// <summary>When whoever is at the last hop that has answered was asked, in nanoseconds: what it may still be asked depends on that. Null for the times of that hop's probes.</summary>
    public IEnumerable<long>? LastAskedAt { get; init; }

    /// <summary>Whether the target's answers are ICMP errors, which hosts limit.</summary>
    public bool IsTargetLimited { get; init; } = true;

    /// <summary>The longest that an answer is waited for, in nanoseconds.</summary>
    public long MaximumWait { get; init; } = 5 * Span.Second;
}
