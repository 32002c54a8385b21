using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Runtime.CompilerServices;

namespace Roundtrip.Core;

/// <summary>
/// An address and port of either family in 24 bytes: IPv4 stands as an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2), so that one
/// address is one value however a socket reports it.
/// </summary>
public readonly record struct PeerAddress
{
    private readonly ulong _high;
    private readonly ulong _low;

    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    private PeerAddress(ulong high, ulong low, ushort port, uint scope) => (_high, _low, Port, Scope) = (high, low, port, scope);

    public ushort Port { get; }

    /// <summary>
    /// The number of the interface at which a link-local address is meant (RFC 4007 section 6: two links may have the same one); 0 for others. It stands where the
    /// structure would have a gap.
    /// </summary>
    public uint Scope { get; }

    public bool IsIPv4 => _high == 0 && (_low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    // RFC 4291 section 2.5.6: fe80::/10.
    private bool IsLinkLocal => _high >> 54 == 0xFE80 >> 6;

    /// <summary>The address as a number of 128 bits; that of IPv4 in its mapped form. It has neither port nor scope.</summary>
    public UInt128 Bits => new(_high, _low);

    /// <param name="address">The address as a number, most significant byte first in the text form.</param>
    public static PeerAddress FromIPv4(uint address, ushort port) => new(0, MappedPrefix | address, port, 0);

    /// <param name="address">The 16 bytes of the address, in network order.</param>
    /// <param name="scope">See <see cref="Scope"/>.</param>
    public static PeerAddress FromIPv6(ReadOnlySpan<byte> address, ushort port, uint scope = 0) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[8..]), port, scope);

    public static PeerAddress From(IPAddress address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        IPAddress mapped = address.MapToIPv6();
        mapped.TryWriteBytes(bytes, out _);
        return FromIPv6(bytes, port, (uint)mapped.ScopeId);
    }

    /// <summary>The address alone.</summary>
    public PeerAddress WithoutPort() => new(_high, _low, 0, Scope);

    /// <summary>The same address with another port.</summary>
    public PeerAddress WithPort(ushort port) => new(_high, _low, port, Scope);

    /// <summary>
    /// The key under which connections from one client are counted: an IPv4 address whole, of an IPv6 address the first 64 bits. RFC 6177 section 2 gives the smallest
    /// site a whole /64 or more, in which a host may take any address it likes (RFC 8981). Link-local addresses count whole: all of a link are in one /64.
    /// </summary>
    public PeerAddress WithoutHost() => new(_high, IsIPv4 || IsLinkLocal ? _low : 0, 0, Scope);

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _low);
        return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes, Scope);
    }

    /// <summary>Writes the address without its port and scope, as a log line has it. At most 45 bytes.</summary>
    /// <returns>The bytes written.</returns>
    public int FormatAddress(Span<byte> destination)
    {
        if (!IsIPv4)
        {
            return FormatIPv6(destination);
        }

        int at = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            at += FormatOctet((byte)(_low >> shift), destination[at..]);
            if (shift > 0)
            {
                destination[at++] = (byte)'.';
            }
        }

        return at;
    }

    public override string ToString() => IsIPv4 ? $"{ToIPAddress()}:{Port}" : $"[{ToIPAddress()}]:{Port}";

    // RFC 5952 section 4: lower case, no leading zeros, the longest run of two zero groups or more as "::", the first of equal ones.
    private int FormatIPv6(Span<byte> destination)
    {
        (int runStart, int runLength) = LongestZeroRun();
        int at = 0;
        for (int group = 0; group < 8; group++)
        {
            if (group == runStart)
            {
                "::"u8.CopyTo(destination[at..]);
                at += 2;
                group += runLength - 1;
                continue;
            }

            if (group > 0 && group != runStart + runLength)
            {
                destination[at++] = (byte)':';
            }

            Utf8Formatter.TryFormat(Group(group), destination[at..], out int written, new StandardFormat('x'));
            at += written;
        }

        return at;
    }

    private (int Start, int Length) LongestZeroRun()
    {
        (int Start, int Length) longest = (-1, 1);
        for (int start = 0; start < 8; start++)
        {
            int length = 0;
            while (start + length < 8 && Group(start + length) == 0)
            {
                length++;
            }

            if (length > longest.Length)
            {
                longest = (start, length);
            }
        }

        return longest.Start < 0 ? (-1, 0) : longest;
    }

    private ushort Group(int index) => (ushort)((index < 4 ? _high : _low) >> (48 - (16 * (index % 4))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FormatOctet(byte value, Span<byte> destination)
    {
        if (value < 10)
        {
            destination[0] = (byte)('0' + value);
            return 1;
        }

        if (value < 100)
        {
            destination[0] = (byte)('0' + value / 10);
            destination[1] = (byte)('0' + value % 10);
            return 2;
        }

        destination[0] = (byte)('0' + value / 100);
        destination[1] = (byte)('0' + value / 10 % 10);
        destination[2] = (byte)('0' + value % 10);
        return 3;
    }
}
