using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Packets;

/// <summary>The checksum of IP, ICMP, UDP and TCP (RFC 1071): the one's complement of the one's complement sum of 16-bit words.</summary>
public static class InternetChecksum
{
    /// <summary>The sum of the words, not yet complemented; an odd last byte counts as a word's upper half (RFC 1071 section 4.1).</summary>
    /// <param name="sum">What was summed before, from an even number of bytes.</param>
    public static ushort Sum(ReadOnlySpan<byte> bytes, ushort sum = 0)
    {
        ulong total = sum;
        for (; bytes.Length >= 2; bytes = bytes[2..])
        {
            total += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        if (bytes.Length == 1)
        {
            total += (ulong)bytes[0] << 8;
        }

        return Fold(total);
    }

    /// <summary>The one's complement sum of two words. Adding the complement of a word takes it away.</summary>
    public static ushort Add(ushort one, ushort other) => Fold((ulong)one + other);

    /// <summary>The checksum that makes a sum, its own field counted as 0, valid.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes, ushort sum = 0) => (ushort)~Sum(bytes, sum);

    /// <summary>Whether bytes with their checksum in place are whole: the sum of all is then minus zero.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes, ushort sum = 0) => Sum(bytes, sum) == 0xffff;

    /// <summary>The sum of the pseudo-header that UDP, TCP and ICMPv6 include (RFC 768, RFC 9293 section 3.1, RFC 8200 section 8.1).</summary>
    /// <param name="length">The bytes of header and data that follow.</param>
    public static ushort PseudoHeader(PeerAddress source, PeerAddress destination, IpProtocol protocol, int length)
    {
        // IPv4's addresses are summed as their 32 bits, so the mapped form's prefix is taken off.
        UInt128 mask = source.IsIPv4 ? uint.MaxValue : UInt128.MaxValue;
        ulong total = (ulong)protocol + (uint)length / 65536 + (uint)length % 65536;
        foreach (UInt128 address in (ReadOnlySpan<UInt128>)[source.Bits & mask, destination.Bits & mask])
        {
            for (int shift = 0; shift < 128; shift += 16)
            {
                total += (ushort)(address >> shift);
            }
        }

        return Fold(total);
    }

    private static ushort Fold(ulong total)
    {
        while (total > 0xffff)
        {
            total = (total & 0xffff) + (total >> 16);
        }

        return (ushort)total;
    }
}
