using Roundtrip.Packets;

namespace Roundtrip.Fuzz;

/// <summary>
/// A packet of IPv4 or IPv6 as the network gives it, and what it carries, down to the packet that an ICMP error quotes. What was read of a header is written to the same.
/// </summary>
public static class PacketsTarget
{
    public static void Run(ReadOnlySpan<byte> input) => ReadPacket(input, isQuoted: false);

    private static void ReadPacket(ReadOnlySpan<byte> packet, bool isQuoted)
    {
        Span<byte> again = stackalloc byte[Ipv6Header.Size];
        if (Ipv4Header.TryRead(packet, out Ipv4Header v4, out ReadOnlySpan<byte> payload))
        {
            v4.Write(again, Math.Min((int)v4.TotalLength, Ipv4Header.LargestPacket) - Ipv4Header.Size);
            Require(Ipv4Header.TryRead(again, out Ipv4Header written, out _) && written == v4, "A header of IPv4 is not read as it was written.");
            ReadPayload(v4.Protocol, payload, isV6: false, isQuoted);
        }
        else if (Ipv6Header.TryRead(packet, out Ipv6Header v6, out payload))
        {
            v6.Write(again, v6.PayloadLength);
            bool isExtension = v6.Protocol is IpProtocol.HopByHopOptions or IpProtocol.Routing or IpProtocol.DestinationOptions or IpProtocol.Fragment;
            Require(isExtension || (Ipv6Header.TryRead(again, out Ipv6Header written, out _) && written == v6), "A header of IPv6 is not read as it was written.");
            ReadPayload(v6.Protocol, payload, isV6: true, isQuoted);
        }
    }

    private static void ReadPayload(IpProtocol protocol, ReadOnlySpan<byte> payload, bool isV6, bool isQuoted)
    {
        Require(protocol != IpProtocol.Udp || !UdpHeader.TryRead(payload, out UdpHeader udp, out ReadOnlySpan<byte> data) || data.Length <= udp.Length - UdpHeader.Size, "Data longer than their length.");
        bool isWhole = TcpHeader.TryRead(payload, out TcpHeader tcp, out _);
        bool isQuotable = TcpHeader.TryReadQuoted(payload, out TcpHeader part);
        Require(!isWhole || (isQuotable && part.Sequence == tcp.Sequence), "A whole header of TCP differs from its beginning.");
        if (isQuoted || protocol is not (IpProtocol.Icmp or IpProtocol.IcmpV6) || !IcmpHeader.TryRead(payload, out IcmpHeader header, out ReadOnlySpan<byte> body))
        {
            return;
        }

        var quote = IcmpQuote.Read(header, body, isV6);
        Require(MplsLabel.ReadStack(quote.Extensions).Length * MplsLabel.Size <= body.Length, "More labels than bytes.");
        IcmpExtensions extensions = quote.Extensions;
        int objects = 0;
        while (extensions.TryRead(out _, out _, out ReadOnlySpan<byte> content))
        {
            objects += IcmpExtensions.HeaderSize + content.Length;
        }

        Require(quote.Packet.Length + objects <= body.Length, "Quote and objects overlap.");
        ReadPacket(quote.Packet, isQuoted: true);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
