using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Roundtrip.Core;
using Roundtrip.Packets.Dns;

namespace Roundtrip.Tools.Names.Delegation;

/// <summary>
/// Finds records by asking the root, then whom it delegates to, and so on down (RFC 1034 section 5.3.3), without anybody's cache but its own. Each step goes down, aliases and servers without
/// addresses are followed a few times, and all questions are counted: it ends.
/// </summary>
internal sealed class DelegationWalk(IDnsExchange exchange, RootHints hints)
{
    private const int MostAliases = 8;

    // Servers whose addresses are looked for, for servers whose addresses are looked for.
    private const int Deepest = 3;

    // Of a zone whose servers do not answer not all of them are waited for.
    private const int MostAskedOfAZone = 4;

    private readonly ConcurrentDictionary<DnsName, IReadOnlyList<DnsServer>> _known = new([new(DnsName.Root, hints.Servers)]);

    public async Task<Resolved> Resolve(DnsName name, DnsType type, WalkBudget budget, CancellationToken cancellation, int depth = 0)
    {
        var zones = new List<DnsName>();
        var aliases = new HashSet<DnsName>();
        while (true)
        {
            if (!aliases.Add(name) || aliases.Count > MostAliases)
            {
                return new Resolved(ReferralKind.Lame, zones[^1], $"its aliases (CNAME) lead in a circle, or too far: {name} again") { Zones = zones };
            }

            if (!name.CanBeWritten)
            {
                return new Resolved(ReferralKind.Lame, zones.LastOrDefault(), $"{name} cannot be asked for") { Zones = zones };
            }

            (Referral referral, DnsName zone, string why) = await WalkDown(name, type, zones, budget, depth, cancellation).ConfigureAwait(false);
            if (referral.Kind != ReferralKind.Alias)
            {
                return new Resolved(referral.Kind, zone, why) { Records = referral.Records, Zones = zones };
            }

            name = referral.Alias;
        }
    }

    private async Task<(Referral Referral, DnsName Zone, string Why)> WalkDown(
        DnsName name, DnsType type, List<DnsName> zones, WalkBudget budget, int depth, CancellationToken cancellation)
    {
        (DnsName zone, IReadOnlyList<DnsServer> servers) = Nearest(name);
        zones.AddRange(KnownAbove(zone));
        while (true)
        {
            zones.Add(zone);
            (Referral referral, string why) = await AskZone(zone, servers, name, type, budget, depth, cancellation).ConfigureAwait(false);
            if (referral.Kind != ReferralKind.Delegation)
            {
                return (referral, zone, why);
            }

            // Below the zone and above the name, or it would be no delegation: there are no more such than the name has labels.
            (zone, servers) = (referral.Zone, referral.Servers);
            _known.TryAdd(zone, servers);
        }
    }

    private (DnsName Zone, IReadOnlyList<DnsServer> Servers) Nearest(DnsName name)
    {
        DnsName zone = name;
        IReadOnlyList<DnsServer>? servers;
        while (!_known.TryGetValue(zone, out servers))
        {
            zone = zone.Parent;
        }

        return (zone, servers);
    }

    // The way there was gone before.
    private Stack<DnsName> KnownAbove(DnsName zone)
    {
        var above = new Stack<DnsName>();
        while (!zone.IsRoot)
        {
            zone = zone.Parent;
            if (_known.ContainsKey(zone))
            {
                above.Push(zone);
            }
        }

        return above;
    }

    private async Task<(Referral Referral, string Why)> AskZone(
        DnsName zone, IReadOnlyList<DnsServer> servers, DnsName name, DnsType type, WalkBudget budget, int depth, CancellationToken cancellation)
    {
        var silent = new List<string>();
        var lame = new List<string>();
        foreach (DnsServer server in servers)
        {
            if (silent.Count + lame.Count == MostAskedOfAZone || budget.IsSpent)
            {
                break;
            }

            await foreach (PeerAddress address in AddressesOf(server, name, budget, depth, cancellation).ConfigureAwait(false))
            {
                if (silent.Count + lame.Count == MostAskedOfAZone || !budget.TryTake())
                {
                    break;
                }

                DnsMessage? message = await exchange.Ask(address, name, type, cancellation).ConfigureAwait(false);
                Referral? referral = message is null ? null : Referral.Read(message, zone);
                if (referral is not null && referral.Kind != ReferralKind.Lame)
                {
                    return (referral, "");
                }

                (referral is null ? silent : lame).Add(address.ToIPAddress().ToString());
            }
        }

        return (Referral.Nothing, (silent.Count, lame.Count) switch
        {
            (0, 0) => budget.IsSpent ? "too many questions" : "none of its servers has an address that can be found",
            (_, 0) => $"none of its servers answers ({string.Join(", ", silent)})",
            (0, _) => $"none of its servers answers for it: a lame delegation ({string.Join(", ", lame)})",
            _ => $"none of its servers answers for it ({string.Join(", ", lame)} lame, {string.Join(", ", silent)} silent)",
        });
    }

    /// <summary>Those that the delegation tells, IPv4's first; where it tells none, those that the server's own zone does: of IPv6 only if somebody still wants one.</summary>
    private async IAsyncEnumerable<PeerAddress> AddressesOf(DnsServer server, DnsName name, WalkBudget budget, int depth, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (PeerAddress address in server.Addresses.OrderByDescending(address => address.IsIPv4))
        {
            yield return address;
        }

        if (server.Addresses.Count > 0 || depth == Deepest || server.Name == name)
        {
            yield break;
        }

        foreach (DnsType type in (DnsType[])[DnsType.A, DnsType.Aaaa])
        {
            Resolved found = await Resolve(server.Name, type, budget, cancellation, depth + 1).ConfigureAwait(false);
            foreach (DnsRecord record in found.Records)
            {
                yield return record.Address!.Value;
            }

            // Only a name that is there has perhaps the other kind of address.
            if (found.Kind is not (ReferralKind.Answer or ReferralKind.NoData))
            {
                yield break;
            }
        }
    }
}
