namespace Roundtrip.Packets;

/// <summary>The body of an ICMP error taken apart: the packet that it quotes, and the extension structure behind it (RFC 4884).</summary>
public readonly ref struct IcmpQuote
{
    // RFC 4884 section 3: with extensions the quote is padded to 128 bytes at least.
    private const int LeastBeforeExtensions = 128;

    private IcmpQuote(ReadOnlySpan<byte> packet, IcmpExtensions extensions)
    {
        Packet = packet;
        Extensions = extensions;
    }

    /// <summary>The quoted packet from its IP header on; zero bytes of padding may follow it.</summary>
    public ReadOnlySpan<byte> Packet { get; }

    /// <summary>Empty where there are none, or their checksum is wrong.</summary>
    public IcmpExtensions Extensions { get; }

    /// <param name="header">Of the error; RFC 4884 section 4 lets Destination Unreachable, Time Exceeded and (in ICMP) Parameter Problem be extended.</param>
    /// <param name="body">What followed the header.</param>
    public static IcmpQuote Read(in IcmpHeader header, ReadOnlySpan<byte> body, bool isV6)
    {
        bool canBeExtended = isV6
            ? header.Type is IcmpV6Type.DestinationUnreachable or IcmpV6Type.TimeExceeded
            : header.Type is IcmpType.DestinationUnreachable or IcmpType.TimeExceeded or IcmpType.ParameterProblem;

        // RFC 4884 sections 4.1 and 4.4: ICMP counts words of 32 bits in its sixth byte, ICMPv6 words of 64 bits in its fifth.
        int length = !canBeExtended ? 0 : isV6 ? (int)(header.Rest >> 24) * 8 : (int)(header.Rest >> 16 & 0xff) * 4;
        if (length > 0 && length <= body.Length)
        {
            return new IcmpQuote(body[..length], IcmpExtensions.Read(body[length..]));
        }

        // RFC 4884 section 5: routers older than the RFC give no length and put their extensions behind 128 bytes. Their checksum alone tells them from a longer quote, so there must be one.
        if (canBeExtended && length == 0 && body.Length > LeastBeforeExtensions && IcmpExtensions.ReadWithChecksum(body[LeastBeforeExtensions..]) is { IsEmpty: false } old)
        {
            return new IcmpQuote(body[..LeastBeforeExtensions], old);
        }

        return new IcmpQuote(body, default);
    }
}
