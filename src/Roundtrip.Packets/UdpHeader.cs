using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Packets;

/// <summary>UDP's header (RFC 768).</summary>
/// <param name="Length">The bytes of header and data, as the header says them.</param>
/// <param name="Checksum">0 where the sender made none, which IPv6 does not allow.</param>
public readonly record struct UdpHeader(ushort SourcePort, ushort DestinationPort, ushort Length, ushort Checksum)
{
    public const int Size = 8;

    /// <param name="data">What follows, up to Length or the end of what is there.</param>
    /// <returns>False if there is no whole header, or its length is less than its own.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out UdpHeader header, out ReadOnlySpan<byte> data)
    {
        header = default;
        data = default;
        if (bytes.Length < Size)
        {
            return false;
        }

        ushort length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (length < Size)
        {
            return false;
        }

        header = new UdpHeader(
            BinaryPrimitives.ReadUInt16BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), length, BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]));
        data = bytes[Size..Math.Min(length, bytes.Length)];
        return true;
    }

    /// <summary>Writes a header before the data that stand in <paramref name="datagram"/> from <see cref="Size"/> on, with its checksum.</summary>
    /// <param name="source">With its port.</param>
    /// <param name="destination">With its port.</param>
    public static void Write(Span<byte> datagram, PeerAddress source, PeerAddress destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(datagram, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], destination.Port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram[4..], checked((ushort)datagram.Length));
        BinaryPrimitives.WriteUInt16BigEndian(datagram[6..], 0);
        ushort checksum = InternetChecksum.Of(datagram, InternetChecksum.PseudoHeader(source, destination, IpProtocol.Udp, datagram.Length));

        // RFC 768: a checksum that comes to zero is sent as all ones, since zero says that there is none.
        BinaryPrimitives.WriteUInt16BigEndian(datagram[6..], checksum == 0 ? (ushort)0xffff : checksum);
    }
}
