using Roundtrip.Packets.Dns;

namespace Roundtrip.Tools.Names.Delegation;

/// <summary>Where a walk down from the root has come to.</summary>
/// <param name="Kind">An answer, its absence, or <see cref="ReferralKind.Lame"/> where the way ends before.</param>
/// <param name="Zone">The zone that said so, or whose servers did not.</param>
/// <param name="Why">Of <see cref="ReferralKind.Lame"/>: what went wrong.</param>
internal sealed record Resolved(ReferralKind Kind, DnsName Zone, string Why)
{
    public IReadOnlyList<DnsRecord> Records { get; init; } = [];

    /// <summary>The zones that were gone through, the root first; of an alias again from where its own way begins.</summary>
    public IReadOnlyList<DnsName> Zones { get; init; } = [];

    /// <summary>What there is to say where there is no answer.</summary>
    public string Break => Kind switch
    {
        ReferralKind.NoSuchName => $"zone {Zone} has no such name",
        ReferralKind.NoData => $"zone {Zone} has the name, without such a record",
        _ => $"zone {Zone}: {Why}",
    };
}
