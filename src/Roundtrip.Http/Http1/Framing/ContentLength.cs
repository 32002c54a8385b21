namespace Roundtrip.Http.Http1;

/// <summary>RFC 9110 section 8.6: <c>Content-Length = 1*DIGIT</c>.</summary>
internal static class ContentLength
{
    /// <summary>Reads a value of 1 to 19 digits that fits 63 bits. Signs, white space, lists and anything else are refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out long length)
    {
        length = 0;
        if (value.Length is 0 or > 19)
        {
            return false;
        }

        ulong sum = 0;
        foreach (byte digit in value)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            // 19 digits fit 64 bits, so only the sign bit needs a look.
            sum = sum * 10 + (uint)(digit - '0');
        }

        length = (long)sum;
        return length >= 0;
    }
}
