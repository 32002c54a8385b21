namespace Roundtrip.Packets;

/// <summary>What an IP packet carries: IPv4's Protocol and IPv6's Next Header. Other numbers may come; they have no name here.</summary>
public enum IpProtocol : byte
{
    HopByHopOptions = 0,
    Icmp = 1,
    Tcp = 6,
    Udp = 17,
    Routing = 43,
    Fragment = 44,
    IcmpV6 = 58,
    NoNextHeader = 59,
    DestinationOptions = 60,
}
