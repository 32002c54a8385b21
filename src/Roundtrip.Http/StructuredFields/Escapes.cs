using System.Buffers;
using System.Text;

namespace Roundtrip.Http.StructuredFields;

/// <summary>What stands between the quotes of a String (RFC 9651 section 4.2.5) and of a Display String (section 4.2.10).</summary>
internal static class Escapes
{
    public static int DecodeString(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        int count = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            i += raw[i] == '\\' ? 1 : 0;
            destination[count++] = raw[i];
        }

        return count;
    }

    public static int DecodeDisplayString(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        int count = 0;
        while (!raw.IsEmpty)
        {
            TryNextByte(ref raw, out destination[count++]);
        }

        return count;
    }

    /// <summary>RFC 9651 §4.2.10: escapes are lower-case hexadecimal, and what they and the rest make up is UTF-8 and nothing but UTF-8.</summary>
    public static bool IsDisplayString(ReadOnlySpan<byte> raw)
    {
        Span<byte> character = stackalloc byte[4];
        int pending = 0;
        while (!raw.IsEmpty)
        {
            if (!TryNextByte(ref raw, out character[pending++]))
            {
                return false;
            }

            switch (Rune.DecodeFromUtf8(character[..pending], out _, out _))
            {
                case OperationStatus.Done:
                    pending = 0;
                    break;
                case OperationStatus.InvalidData:
                    return false;
            }
        }

        return pending == 0;
    }

    private static bool TryNextByte(ref ReadOnlySpan<byte> raw, out byte value)
    {
        value = raw[0];
        if (value != '%')
        {
            raw = raw[1..];
            return true;
        }

        if (raw.Length < 3 || HexValue(raw[1]) < 0 || HexValue(raw[2]) < 0)
        {
            return false;
        }

        value = (byte)((HexValue(raw[1]) << 4) | HexValue(raw[2]));
        raw = raw[3..];
        return true;
    }

    private static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        _ => -1,
    };
}
