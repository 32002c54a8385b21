using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Packets;

/// <summary>The eight bytes that ICMP messages of both families begin with (RFC 792, RFC 4443 section 2.1).</summary>
/// <param name="Rest">The second four bytes: identifier and sequence number of an echo, the MTU and lengths of an error.</param>
public readonly record struct IcmpHeader(byte Type, byte Code, uint Rest)
{
    public const int Size = 8;

    /// <summary>As it stood in what was read.</summary>
    public ushort Checksum { get; init; }

    /// <summary>Of an echo.</summary>
    public ushort Identifier => (ushort)(Rest >> 16);

    /// <summary>Of an echo.</summary>
    public ushort Sequence => (ushort)Rest;

    public static IcmpHeader Echo(byte type, ushort identifier, ushort sequence) => new(type, 0, (uint)identifier << 16 | sequence);

    /// <param name="body">What follows: an echo's data, or what an error quotes with its extensions.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, out IcmpHeader header, out ReadOnlySpan<byte> body)
    {
        header = default;
        body = default;
        if (message.Length < Size)
        {
            return false;
        }

        header = new IcmpHeader(message[0], message[1], BinaryPrimitives.ReadUInt32BigEndian(message[4..])) { Checksum = BinaryPrimitives.ReadUInt16BigEndian(message[2..]) };
        body = message[Size..];
        return true;
    }

    /// <summary>Writes the header before the body that stands in <paramref name="message"/> from <see cref="Size"/> on, with its checksum.</summary>
    /// <param name="pseudoHeader">What <see cref="InternetChecksum.PseudoHeader"/> gives for ICMPv6 (RFC 4443 section 2.3); 0 for ICMP.</param>
    public void Write(Span<byte> message, ushort pseudoHeader = 0)
    {
        message[0] = Type;
        message[1] = Code;
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], Rest);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Of(message, pseudoHeader));
    }

    /// <summary>What ICMPv6 has in place of 0: the sum of its pseudo-header.</summary>
    public static ushort PseudoHeader(PeerAddress source, PeerAddress destination, int length) =>
        source.IsIPv4 ? (ushort)0 : InternetChecksum.PseudoHeader(source, destination, IpProtocol.IcmpV6, length);
}
