using System.Collections.Immutable;
using Roundtrip.Core;

namespace Roundtrip.Site.Access;

/// <summary>What is looked up: the addresses of a name, or the verified name of an address.</summary>
/// <param name="Name">Null to ask for that of <paramref name="Address"/>.</param>
/// <param name="Address">Without its port.</param>
public readonly record struct NameQuestion(string? Name, PeerAddress Address);

/// <summary>What came of a lookup.</summary>
/// <param name="Name">The client's name; null where it has none that leads back to it.</param>
/// <param name="Addresses">The name's addresses.</param>
/// <param name="IsFailure">Whether it could not be found out.</param>
public sealed record NameAnswer(string? Name, ImmutableArray<PeerAddress> Addresses, bool IsFailure)
{
    public static readonly NameAnswer Failed = new(null, [], true);

    public static readonly NameAnswer Nothing = new(null, [], false);
}
