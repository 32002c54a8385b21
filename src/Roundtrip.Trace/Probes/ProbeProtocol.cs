namespace Roundtrip.Trace.Probes;

/// <summary>What a probe is.</summary>
public enum ProbeProtocol
{
    /// <summary>A datagram to a port where nobody should be: the target answers Port Unreachable.</summary>
    Udp,

    /// <summary>An echo request: the target answers with an echo reply.</summary>
    Icmp,

    /// <summary>A SYN: the target answers SYN and ACK where the port is open, RST where it is closed.</summary>
    Tcp,
}
