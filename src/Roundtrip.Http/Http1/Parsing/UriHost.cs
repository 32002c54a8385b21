using System.Buffers;

namespace Roundtrip.Http.Http1;

/// <summary>RFC 3986 section 3.2.2 and RFC 9110 section 7.2: <c>uri-host [ ":" port ]</c>, with a host that is not empty.</summary>
internal static class UriHost
{
    // unreserved and sub-delims; "%" is followed up below.
    private static readonly SearchValues<byte> RegNameBytes = SearchValues.Create(
        "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~!$&'()*+,;=%"u8);

    private static readonly SearchValues<byte> FutureBytes = SearchValues.Create(
        "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~!$&'()*+,;=:"u8);

    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return false;
        }

        if (text[0] == (byte)'[')
        {
            int close = text.IndexOf((byte)']');
            return close > 0 && IsLiteral(text[1..close]) && IsPortPart(text[(close + 1)..]);
        }

        int end = text.IndexOfAnyExcept(RegNameBytes);
        if (end < 0)
        {
            end = text.Length;
        }

        return end > 0 && IsPercentEncoded(text[..end]) && IsPortPart(text[end..]);
    }

    // Nothing, or a colon and digits, which may be missing (RFC 3986 §3.2.3).
    private static bool IsPortPart(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return true;
        }

        if (text[0] != (byte)':' || text.Length > 6)
        {
            return false;
        }

        int port = 0;
        foreach (byte digit in text[1..])
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            port = port * 10 + (digit - '0');
        }

        return port <= ushort.MaxValue;
    }

    private static bool IsPercentEncoded(ReadOnlySpan<byte> text)
    {
        for (int at = text.IndexOf((byte)'%'); at >= 0; at = text.IndexOf((byte)'%'))
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[at + 1]) || !char.IsAsciiHexDigit((char)text[at + 2]))
            {
                return false;
            }

            text = text[(at + 3)..];
        }

        return true;
    }

    private static bool IsLiteral(ReadOnlySpan<byte> text) =>
        text.Length > 0 && text[0] is (byte)'v' or (byte)'V' ? IsFuture(text[1..]) : IsIPv6(text);

    // IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
    private static bool IsFuture(ReadOnlySpan<byte> text)
    {
        int dot = text.IndexOf((byte)'.');
        if (dot <= 0 || dot == text.Length - 1 || text[(dot + 1)..].ContainsAnyExcept(FutureBytes))
        {
            return false;
        }

        foreach (byte digit in text[..dot])
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }
        }

        return true;
    }

    // Eight groups of one to four digits, the last two perhaps as IPv4; one "::" stands for one or more groups of zeros.
    private static bool IsIPv6(ReadOnlySpan<byte> text)
    {
        int groups = 0;
        bool elided = false;
        int at = 0;
        if (text.StartsWith("::"u8))
        {
            elided = true;
            at = 2;
        }

        while (at < text.Length)
        {
            int length = text[at..].IndexOf((byte)':');
            ReadOnlySpan<byte> group = length < 0 ? text[at..] : text.Slice(at, length);
            if (length < 0 && group.Contains((byte)'.'))
            {
                groups += 2;
                return IsIPv4(group) && (elided ? groups < 8 : groups == 8);
            }

            if (group.Length is 0 or > 4 || !IsHex(group))
            {
                return false;
            }

            groups++;
            at += group.Length;
            if (length < 0)
            {
                break;
            }

            at++;
            if (at < text.Length && text[at] == (byte)':')
            {
                if (elided)
                {
                    return false;
                }

                elided = true;
                at++;
            }
            else if (at == text.Length)
            {
                return false;
            }
        }

        return elided ? groups < 8 : groups == 8;
    }

    private static bool IsHex(ReadOnlySpan<byte> text)
    {
        foreach (byte digit in text)
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsIPv4(ReadOnlySpan<byte> text)
    {
        for (int octets = 1; ; octets++)
        {
            int dot = text.IndexOf((byte)'.');
            ReadOnlySpan<byte> octet = dot < 0 ? text : text[..dot];
            if (octet.Length is 0 or > 3 || (octet.Length > 1 && octet[0] == (byte)'0'))
            {
                return false;
            }

            int value = 0;
            foreach (byte digit in octet)
            {
                if (!char.IsAsciiDigit((char)digit))
                {
                    return false;
                }

                value = value * 10 + (digit - '0');
            }

            if (value > 255 || dot < 0)
            {
                return value <= 255 && octets == 4;
            }

            text = text[(dot + 1)..];
        }
    }
}
