using Roundtrip.Core;
using Roundtrip.Trace;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Tools.Tracing;

/// <summary>A trace that somebody wants.</summary>
/// <param name="Target">Without a port.</param>
public sealed record TraceRequest(PeerAddress Target)
{
    public ProbeProtocol Protocol { get; init; }

    public TraceOptions Options { get; init; } = new();

    /// <summary>The target's port; null for UDP's 33434 and TCP's 80.</summary>
    public ushort? Port { get; init; }

    /// <summary>The address that probes come from; null for the one that the way there has.</summary>
    public PeerAddress? Source { get; init; }

    /// <summary>The interface that they leave by; null for the one that the way there has.</summary>
    public string? Interface { get; init; }

    /// <summary>Bytes of a packet with its IP header; null for 60, of IPv6 80.</summary>
    public int? Size { get; init; }

    public bool DontFragment { get; init; }

    /// <summary>Whether the path's MTU is wanted too; of UDP and ICMP.</summary>
    public bool FindsMtu { get; init; }

    /// <summary>Whether routers may not fragment the packets.</summary>
    public bool IsUnfragmented => DontFragment || FindsMtu;

    /// <summary>0 to 63.</summary>
    public byte Dscp { get; init; }

    /// <summary>Whether a flow keeps its ports also where that leaves nothing to tell a probe by.</summary>
    public bool KeepsFlows { get; init; }

    /// <summary>The bytes of a packet that were asked for, or are usual. A SYN has no more than its headers.</summary>
    public int PacketSize => (Size, Protocol, Target.IsIPv4) switch
    {
        (_, ProbeProtocol.Tcp, true) => 40,
        (_, ProbeProtocol.Tcp, false) => 60,
        ({ } asked, _, _) => Math.Max(asked, ProbeWriter.LeastSize(!Target.IsIPv4)),
        (_, _, true) => 60,
        _ => 80,
    };
}
