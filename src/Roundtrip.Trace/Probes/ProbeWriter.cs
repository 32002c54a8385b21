using Roundtrip.Packets;

namespace Roundtrip.Trace.Probes;

/// <summary>Makes a probe's packet, or that part of it which the system leaves to us.</summary>
public sealed class ProbeWriter(ProbeIdentity identity)
{
    private const ushort Window = 64240;

    /// <summary>The bytes of a packet with its IP header; what cannot be so small is as small as it can be. SYNs carry no data, and have their own size.</summary>
    public int Size { get; init; } = 60;

    /// <summary>DSCP and ECN as they stand in the header.</summary>
    public byte TrafficClass { get; init; }

    /// <summary>IPv4's; no router may fragment IPv6.</summary>
    public bool DontFragment { get; init; }

    /// <summary>The bytes of an IP header.</summary>
    public int IpSize => IpSizeOf(identity.IsV6);

    /// <summary>The bytes of a whole packet.</summary>
    public int PacketSize => PacketSizeOf(default);

    /// <summary>The bytes that IP carries.</summary>
    public int PayloadSize => PayloadSizeOf(default);

    /// <summary>The bytes of the smallest packet of UDP or ICMP.</summary>
    public static int LeastSize(bool isV6) => IpSizeOf(isV6) + UdpHeader.Size + ProbeIdentity.LeastData;

    /// <summary>The bytes of a probe's packet.</summary>
    public int PacketSizeOf(in Probe probe) => IpSize + PayloadSizeOf(probe);

    /// <summary>The bytes that IP carries of a probe.</summary>
    public int PayloadSizeOf(in Probe probe) => identity.Protocol == ProbeProtocol.Tcp ? TcpHeader.Size : IcmpHeader.Size + DataSizeOf(probe);

    /// <summary>The bytes of data behind the header of UDP or ICMP, which is of eight bytes either way.</summary>
    public int DataSizeOf(in Probe probe) => Math.Max((probe.Size > 0 ? probe.Size : Size) - IpSize - UdpHeader.Size, ProbeIdentity.LeastData);

    private static int IpSizeOf(bool isV6) => isV6 ? Ipv6Header.Size : Ipv4Header.Size;

    private IpProtocol IpProtocol => identity.Protocol switch
    {
        ProbeProtocol.Udp => IpProtocol.Udp,
        ProbeProtocol.Tcp => IpProtocol.Tcp,
        _ => identity.IsV6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp,
    };

    /// <summary>Writes what a datagram carries.</summary>
    public int WriteData(in Probe probe, Span<byte> destination)
    {
        int size = DataSizeOf(probe);
        identity.WriteData(probe, destination[..size]);
        return size;
    }

    /// <summary>Writes an echo request. Where the system sends it, that puts in its own identifier and checksum.</summary>
    public int WriteEcho(in Probe probe, Span<byte> destination)
    {
        Span<byte> message = destination[..PayloadSizeOf(probe)];
        WriteData(probe, message[IcmpHeader.Size..]);
        IcmpHeader.Echo(identity.IsV6 ? IcmpV6Type.EchoRequest : IcmpType.EchoRequest, identity.Port, probe.Id)
            .Write(message, IcmpHeader.PseudoHeader(identity.Source, identity.Target, message.Length));
        return message.Length;
    }

    /// <summary>Writes the whole packet.</summary>
    /// <returns>The bytes written, <see cref="PacketSizeOf"/>.</returns>
    public int WritePacket(in Probe probe, Span<byte> destination)
    {
        int size = PacketSizeOf(probe);
        Span<byte> payload = destination[IpSize..size];
        WritePayload(probe, payload);
        if (identity.IsV6)
        {
            // RFC 6437: load balancers may hash the label, so it is the flow's.
            new Ipv6Header(identity.Source, identity.Target, IpProtocol, probe.TimeToLive) { TrafficClass = TrafficClass, FlowLabel = (uint)(identity.Port + probe.Flow) }
                .Write(destination, payload.Length);
        }
        else
        {
            new Ipv4Header(identity.Source, identity.Target, IpProtocol, probe.TimeToLive, identity.IdentificationOf(probe.Id)) { TrafficClass = TrafficClass, DontFragment = DontFragment }
                .Write(destination, payload.Length);
        }

        return size;
    }

    private void WritePayload(in Probe probe, Span<byte> payload)
    {
        ushort sourcePort = identity.SourcePortOf(probe.Flow), targetPort = identity.TargetPortOf(probe.Flow);
        switch (identity.Protocol)
        {
            case ProbeProtocol.Udp:
                WriteData(probe, payload[UdpHeader.Size..]);
                UdpHeader.Write(payload, identity.Source.WithPort(sourcePort), identity.Target.WithPort(targetPort));
                break;

            case ProbeProtocol.Tcp:
                new TcpHeader(sourcePort, targetPort, identity.Sequence + probe.Id, 0, TcpFlags.Syn, Window).Write(payload, identity.Source, identity.Target);
                break;

            default:
                WriteEcho(probe, payload);
                break;
        }
    }
}
