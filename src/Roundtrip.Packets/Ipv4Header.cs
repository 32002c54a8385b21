using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Packets;

/// <summary>IPv4's header (RFC 791 section 3.1). Options are skipped by a reader and never written.</summary>
/// <param name="Source">Without a port.</param>
/// <param name="Destination">Without a port.</param>
/// <param name="Identification">Tells the fragments of one packet.</param>
public readonly record struct Ipv4Header(PeerAddress Source, PeerAddress Destination, IpProtocol Protocol, byte TimeToLive, ushort Identification)
{
    /// <summary>The bytes of a header without options.</summary>
    public const int Size = 20;

    /// <summary>The largest TotalLength.</summary>
    public const int LargestPacket = 65535;

    private const ushort DontFragmentFlag = 0x4000;
    private const ushort FragmentOffsetMask = 0x1fff;

    /// <summary>The six bits of DSCP and the two of ECN (RFC 2474, RFC 3168).</summary>
    public byte TrafficClass { get; init; }

    public bool DontFragment { get; init; }

    /// <summary>In units of eight bytes; a fragment that is not the first has no header of what it carries.</summary>
    public ushort FragmentOffset { get; init; }

    /// <summary>The bytes of header and payload, as the header says them; a router quotes fewer.</summary>
    public ushort TotalLength { get; init; }

    /// <summary>Reads the header that <paramref name="packet"/> begins with.</summary>
    /// <param name="payload">What follows, up to TotalLength or the end of what is there.</param>
    /// <returns>False if this is no IPv4 header, or not a whole one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out Ipv4Header header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (packet.Length < Size || packet[0] >> 4 != 4)
        {
            return false;
        }

        int headerLength = (packet[0] & 0xf) * 4;
        ushort totalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (headerLength < Size || headerLength > packet.Length || totalLength < headerLength)
        {
            return false;
        }

        ushort fragment = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        header = new Ipv4Header(
            PeerAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(packet[12..]), 0),
            PeerAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(packet[16..]), 0),
            (IpProtocol)packet[9],
            packet[8],
            BinaryPrimitives.ReadUInt16BigEndian(packet[4..]))
        {
            TrafficClass = packet[1],
            DontFragment = (fragment & DontFragmentFlag) != 0,
            FragmentOffset = (ushort)(fragment & FragmentOffsetMask),
            TotalLength = totalLength,
        };
        payload = packet[headerLength..Math.Min(totalLength, packet.Length)];
        return true;
    }

    /// <summary>Writes the header with its checksum; TotalLength is the header's and <paramref name="payloadLength"/>.</summary>
    /// <returns>The bytes written, <see cref="Size"/>.</returns>
    public int Write(Span<byte> destination, int payloadLength)
    {
        Span<byte> bytes = destination[..Size];
        bytes[0] = 0x45;
        bytes[1] = TrafficClass;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], checked((ushort)(Size + payloadLength)));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], Identification);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)((DontFragment ? DontFragmentFlag : 0) | FragmentOffset));
        bytes[8] = TimeToLive;
        bytes[9] = (byte)Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], (uint)Source.Bits);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], (uint)Destination.Bits);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], InternetChecksum.Of(bytes));
        return Size;
    }
}
