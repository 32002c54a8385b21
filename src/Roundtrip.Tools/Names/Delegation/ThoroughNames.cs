using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Packets.Dns;

namespace Roundtrip.Tools.Names.Delegation;

/// <summary>
/// Names by walking the delegations from the root: PTR of the address, and then whether A or AAAA of that name leads back to it. Anybody can claim any name for an address of theirs; only who has
/// the name can confirm it.
/// </summary>
public sealed class ThoroughNames
{
    // An address may have a name for each of its services; so many are held against it.
    private const int MostNames = 4;

    /// <summary>So long a walk takes at most, from the address to the name and back.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    private readonly ConcurrentDictionary<PeerAddress, ThoroughName> _found = new();
    private readonly RootHints _hints;
    private readonly DelegationWalk _walk;

    public ThoroughNames(RootHints hints)
        : this(hints, new DnsExchange())
    {
    }

    internal ThoroughNames(RootHints hints, IDnsExchange exchange) => (_hints, _walk) = (hints, new DelegationWalk(exchange, hints));

    /// <summary>What has been found so far, by addresses without ports.</summary>
    public IReadOnlyDictionary<PeerAddress, ThoroughName> Found => _found;

    /// <summary>The name, if it is confirmed: what a <see cref="NameCache"/> asks for.</summary>
    public async Task<string?> Confirmed(IPAddress address)
    {
        using var timed = new CancellationTokenSource(Longest);
        ThoroughName name;
        try
        {
            name = await Of(address, timed.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            name = new ThoroughName(null, false, "the walk from the root took too long");
        }

        _found[PeerAddress.From(address, 0)] = name;
        return name.IsConfirmed ? name.Name : null;
    }

    /// <summary>Walks from the root to the address's name and back.</summary>
    public async Task<ThoroughName> Of(IPAddress address, CancellationToken cancellation)
    {
        if (_hints.IsPublic && ReverseName.IsLocal(address))
        {
            return new ThoroughName(null, false, "no address of the public DNS (RFC 6303)");
        }

        var budget = new WalkBudget();
        Resolved reverse = await _walk.Resolve(ReverseName.Of(address), DnsType.DomainNamePointer, budget, cancellation).ConfigureAwait(false);
        var zones = reverse.Zones.ToList();
        string remark = reverse.Break;
        string? claimed = null;
        foreach (DnsName name in reverse.Records.Where(record => record.Target is not null).Select(record => record.Target!.Value).Distinct().Take(MostNames))
        {
            string shown = SafeName.Of(name.Text) ?? ".";
            claimed ??= shown;
            (bool isBack, string why) = await LeadsBack(name, address, zones, budget, cancellation).ConfigureAwait(false);
            if (isBack)
            {
                return Result(shown, true, "");
            }

            remark = $"PTR says {shown}, which does not lead back: {why}";
        }

        return Result(claimed, false, claimed is null ? $"no PTR: {remark}" : remark);

        ThoroughName Result(string? name, bool isConfirmed, string why) => new(name, isConfirmed, why) { Zones = [.. zones.Select(zone => zone.ToString())] };
    }

    private async Task<(bool IsBack, string Why)> LeadsBack(DnsName name, IPAddress address, List<DnsName> zones, WalkBudget budget, CancellationToken cancellation)
    {
        if (name.IsRoot || !DnsName.TryParse(name.Text, out _))
        {
            return (false, "it is no host's name");
        }

        DnsType type = address.AddressFamily == AddressFamily.InterNetwork ? DnsType.A : DnsType.Aaaa;
        Resolved forward = await _walk.Resolve(name, type, budget, cancellation).ConfigureAwait(false);
        zones.AddRange(forward.Zones);
        PeerAddress wanted = PeerAddress.From(address, 0);
        PeerAddress[] addresses = [.. forward.Records.Where(record => record.Address is not null).Select(record => record.Address!.Value)];
        return forward.Kind != ReferralKind.Answer ? (false, forward.Break)
            : addresses.Any(other => other.Bits == wanted.Bits) ? (true, "")
            : (false, $"it has {string.Join(", ", addresses.Take(MostNames).Select(other => other.ToIPAddress()))}");
    }
}
