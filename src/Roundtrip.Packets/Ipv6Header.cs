using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Packets;

/// <summary>IPv6's header (RFC 8200 section 3).</summary>
/// <param name="Protocol">What is carried: the Next Header of the last extension header, where there are any.</param>
public readonly record struct Ipv6Header(PeerAddress Source, PeerAddress Destination, IpProtocol Protocol, byte HopLimit)
{
    /// <summary>The bytes of the header without extension headers.</summary>
    public const int Size = 40;

    public byte TrafficClass { get; init; }

    /// <summary>20 bits; what load balancers may hash in place of ports (RFC 6438).</summary>
    public uint FlowLabel { get; init; }

    /// <summary>The bytes after the header, extension headers among them, as the header says them; a router quotes fewer.</summary>
    public ushort PayloadLength { get; init; }

    /// <summary>Reads the header that <paramref name="packet"/> begins with and skips extension headers.</summary>
    /// <param name="payload">What is carried, up to PayloadLength or the end of what is there; empty in a fragment that is not the first.</param>
    /// <returns>False if this is no IPv6 header, or it or an extension header is not whole.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out Ipv6Header header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (packet.Length < Size || packet[0] >> 4 != 6)
        {
            return false;
        }

        uint first = BinaryPrimitives.ReadUInt32BigEndian(packet);
        ushort length = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        var protocol = (IpProtocol)packet[6];
        payload = packet[Size..Math.Min(Size + length, packet.Length)];
        if (!TrySkipExtensions(ref protocol, ref payload))
        {
            payload = default;
            return false;
        }

        header = new Ipv6Header(PeerAddress.FromIPv6(packet[8..], 0), PeerAddress.FromIPv6(packet[24..], 0), protocol, packet[7])
        {
            TrafficClass = (byte)(first >> 20),
            FlowLabel = first & 0xf_ffff,
            PayloadLength = length,
        };
        return true;
    }

    /// <summary>Writes the header.</summary>
    /// <returns>The bytes written, <see cref="Size"/>.</returns>
    public int Write(Span<byte> destination, int payloadLength)
    {
        Span<byte> bytes = destination[..Size];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, 6u << 28 | (uint)TrafficClass << 20 | FlowLabel & 0xf_ffff);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], checked((ushort)payloadLength));
        bytes[6] = (byte)Protocol;
        bytes[7] = HopLimit;
        BinaryPrimitives.WriteUInt128BigEndian(bytes[8..], Source.Bits);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[24..], Destination.Bits);
        return Size;
    }

    private static bool TrySkipExtensions(ref IpProtocol protocol, ref ReadOnlySpan<byte> payload)
    {
        while (protocol is IpProtocol.HopByHopOptions or IpProtocol.Routing or IpProtocol.DestinationOptions or IpProtocol.Fragment)
        {
            if (payload.Length < 8)
            {
                return false;
            }

            // RFC 8200 section 4.5: a fragment header is eight bytes, and its second is no length.
            bool isFragment = protocol == IpProtocol.Fragment;
            bool isLaterFragment = isFragment && BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) >> 3 != 0;
            int length = isFragment ? 8 : (payload[1] + 1) * 8;
            if (length > payload.Length)
            {
                return false;
            }

            protocol = (IpProtocol)payload[0];
            payload = payload[length..];
            if (isLaterFragment)
            {
                payload = default;
                return true;
            }
        }

        return true;
    }
}
