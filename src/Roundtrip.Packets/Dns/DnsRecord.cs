using Roundtrip.Core;

namespace Roundtrip.Packets.Dns;

/// <summary>A record of the class IN.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Type">What it says.</param>
public readonly record struct DnsRecord(DnsName Name, DnsType Type)
{
    /// <summary>Of A and AAAA.</summary>
    public PeerAddress? Address { get; init; }

    /// <summary>Of NS, CNAME and PTR.</summary>
    public DnsName? Target { get; init; }
}
