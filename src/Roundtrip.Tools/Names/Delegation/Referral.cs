using Roundtrip.Core;
using Roundtrip.Packets.Dns;

namespace Roundtrip.Tools.Names.Delegation;

/// <summary>An answer, read for what it says of the way down.</summary>
/// <param name="Zone">Of <see cref="ReferralKind.Delegation"/>: the zone that others answer for.</param>
/// <param name="Servers">Of <see cref="ReferralKind.Delegation"/>: who they are.</param>
/// <param name="Records">Of <see cref="ReferralKind.Answer"/>.</param>
/// <param name="Alias">Of <see cref="ReferralKind.Alias"/>.</param>
internal sealed record Referral(ReferralKind Kind, DnsName Zone, IReadOnlyList<DnsServer> Servers, IReadOnlyList<DnsRecord> Records, DnsName Alias)
{
    // More of them say nothing more: an answer may hold as many as it likes.
    private const int MostServers = 13;

    /// <summary>What nobody has answered.</summary>
    public static Referral Nothing { get; } = Of(ReferralKind.Lame);

    /// <param name="zone">That the server is asked for.</param>
    public static Referral Read(DnsMessage message, DnsName zone)
    {
        DnsName name = message.Question;
        if (message.ResponseCode is not (DnsResponseCode.NoError or DnsResponseCode.NoSuchName))
        {
            return Of(ReferralKind.Lame);
        }

        if (message.IsAuthoritative)
        {
            DnsRecord[] records = [.. message.Answers.Where(record => record.Name == name && record.Type == message.Type)];
            if (records.Length > 0)
            {
                return Of(ReferralKind.Answer) with { Records = records };
            }

            // RFC 2181 section 10.1: a name has one alias at most. What the server says of the alias itself is asked of those who answer for it.
            DnsName? alias = message.Answers.FirstOrDefault(record => record.Name == name && record.Type == DnsType.CName).Target;
            return alias is { } other ? Of(ReferralKind.Alias) with { Alias = other } : Of(message.ResponseCode == DnsResponseCode.NoSuchName ? ReferralKind.NoSuchName : ReferralKind.NoData);
        }

        // Down only: to a zone below this one and not beside the name. Anything else would be a way in circles.
        DnsRecord[] delegations = [.. message.Authorities.Where(record => record.Type == DnsType.NS && name.IsWithin(record.Name) && record.Name.IsWithin(zone) && record.Name != zone)];
        if (delegations.Length == 0 || message.ResponseCode == DnsResponseCode.NoSuchName)
        {
            return Of(ReferralKind.Lame);
        }

        DnsName below = delegations[0].Name;
        IEnumerable<DnsName> servers = delegations.Where(record => record.Name == below && record.Target is not null).Select(record => record.Target!.Value).Distinct().Take(MostServers);
        return Of(ReferralKind.Delegation) with { Zone = below, Servers = [.. servers.Select(server => new DnsServer(server, GlueOf(message, server, zone)))] };
    }

    // Addresses are taken only of servers below the zone that tells them: of others this server knows no more than anybody (RFC 5452 section 6).
    private static PeerAddress[] GlueOf(DnsMessage message, DnsName server, DnsName zone) => server.IsWithin(zone)
        ? [.. message.Additional.Where(record => record.Name == server && record.Address is not null).Select(record => record.Address!.Value).Distinct().Take(MostServers)]
        : [];

    private static Referral Of(ReferralKind kind) => new(kind, default, [], [], default);
}
