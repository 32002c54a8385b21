namespace Roundtrip.Transport.RawSockets;

/// <summary>What a probe's socket is to the system.</summary>
public enum ProbeSocketKind
{
    /// <summary>Sends UDP.</summary>
    Datagram,

    /// <summary>Begins a TCP connection.</summary>
    Stream,

    /// <summary>Sends echo requests and gets their replies; allowed to the groups of net.ipv4.ping_group_range.</summary>
    Ping,

    /// <summary>Gets all ICMP that arrives; needs CAP_NET_RAW, as the next two.</summary>
    RawIcmp,

    /// <summary>Gets all TCP that arrives.</summary>
    RawTcp,

    /// <summary>Sends whole packets, with their IP header.</summary>
    Packet,
}
