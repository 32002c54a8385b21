using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Packets;

/// <summary>TCP's header (RFC 9293 section 3.1).</summary>
/// <param name="Window">As it stands, not scaled.</param>
public readonly record struct TcpHeader(ushort SourcePort, ushort DestinationPort, uint Sequence, uint Acknowledgment, TcpFlags Flags, ushort Window)
{
    /// <summary>The bytes of a header without options.</summary>
    public const int Size = 20;

    /// <summary>The bytes that every router quotes at least (RFC 792): ports and sequence number.</summary>
    public const int QuotedSize = 8;

    /// <param name="data">What follows the options.</param>
    /// <returns>False if there is no whole header with its options.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TcpHeader header, out ReadOnlySpan<byte> data)
    {
        header = default;
        data = default;
        if (bytes.Length < Size)
        {
            return false;
        }

        int length = (bytes[12] >> 4) * 4;
        if (length < Size || length > bytes.Length)
        {
            return false;
        }

        header = new TcpHeader(
            BinaryPrimitives.ReadUInt16BigEndian(bytes),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            (TcpFlags)bytes[13],
            BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]));
        data = bytes[length..];
        return true;
    }

    /// <summary>Reads the part of a header that every router quotes.</summary>
    /// <param name="header">Has ports and Sequence alone.</param>
    public static bool TryReadQuoted(ReadOnlySpan<byte> bytes, out TcpHeader header)
    {
        header = default;
        if (bytes.Length < QuotedSize)
        {
            return false;
        }

        header = new TcpHeader(
            BinaryPrimitives.ReadUInt16BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), 0, TcpFlags.None, 0);
        return true;
    }

    /// <summary>Writes a header without options before the data that stand in <paramref name="segment"/> from <see cref="Size"/> on, with its checksum. The ports are this header's.</summary>
    public void Write(Span<byte> segment, PeerAddress source, PeerAddress destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(segment, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment[4..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment[8..], Acknowledgment);
        segment[12] = (Size / 4) << 4;
        segment[13] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment[14..], Window);
        BinaryPrimitives.WriteUInt32BigEndian(segment[16..], 0);
        ushort checksum = InternetChecksum.Of(segment, InternetChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, segment.Length));
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], checksum);
    }
}
