namespace Roundtrip.Http.StructuredFields;

/// <summary>
/// What stands between the colons of a Byte Sequence (RFC 9651 section 4.2.7). Padding may be left out, and the bits behind the last byte may be anything: the section asks
/// parsers to be lenient there. Padding that is there must be right.
/// </summary>
internal static class Base64Text
{
    public static bool IsValid(ReadOnlySpan<byte> raw)
    {
        ReadOnlySpan<byte> digits = raw.TrimEnd((byte)'=');
        int padding = raw.Length - digits.Length;
        foreach (byte digit in digits)
        {
            if (Value(digit) < 0)
            {
                return false;
            }
        }

        return digits.Length % 4 != 1 && (padding == 0 || (padding <= 2 && raw.Length % 4 == 0));
    }

    public static int Decode(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        int count = 0;
        int bits = 0;
        int held = 0;
        foreach (byte digit in raw.TrimEnd((byte)'='))
        {
            held = ((held << 6) | Value(digit)) & 0xFFFF;
            bits += 6;
            if (bits >= 8)
            {
                bits -= 8;
                destination[count++] = (byte)(held >> bits);
            }
        }

        return count;
    }

    private static int Value(byte digit) => digit switch
    {
        >= (byte)'A' and <= (byte)'Z' => digit - 'A',
        >= (byte)'a' and <= (byte)'z' => digit - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => digit - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };
}
