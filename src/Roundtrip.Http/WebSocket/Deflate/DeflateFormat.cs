using System.Numerics;

namespace Roundtrip.Http.WebSocket.Deflate;

/// <summary>RFC 1951 section 3.2.5 to 3.2.7: the numbers that both directions share.</summary>
internal static class DeflateFormat
{
    public const int EndOfBlock = 256;
    public const int FirstLength = 257;
    public const int LengthSymbols = 29;
    public const int LiteralSymbols = 286;
    public const int DistanceSymbols = 30;
    public const int LongestCode = 15;
    public const int ShortestMatch = 3;
    public const int LongestMatch = 258;

    /// <summary>The widest window that there is, in bits (RFC 7692 section 7.1.2).</summary>
    public const int MaximumWindowBits = 15;

    public const int MinimumWindowBits = 8;

    /// <summary>RFC 7692 section 7.2.1: the end of the empty block that ends each message, which is not sent.</summary>
    public static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xff, 0xff];

    /// <summary>In which order the lengths of the code length code stand.</summary>
    public static ReadOnlySpan<byte> CodeLengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>The code length of a symbol in the fixed code.</summary>
    public static byte FixedLength(int symbol) => symbol switch { < 144 => 8, < 256 => 9, < 280 => 7, _ => 8 };

    /// <summary>What a length symbol stands for: its smallest length, and how many extra bits follow.</summary>
    public static (int Base, int Extra) LengthOf(int index) => index switch
    {
        < 8 => (ShortestMatch + index, 0),
        28 => (LongestMatch, 0),
        _ => (ShortestMatch + ((4 + (index & 3)) << ((index >> 2) - 1)), (index >> 2) - 1),
    };

    public static (int Base, int Extra) DistanceOf(int symbol) => symbol < 4
        ? (1 + symbol, 0)
        : (1 + ((2 + (symbol & 1)) << ((symbol >> 1) - 1)), (symbol >> 1) - 1);

    /// <summary>The symbol of a length, less <see cref="FirstLength"/>.</summary>
    public static int LengthIndex(int length) => LengthIndices[length - ShortestMatch];

    private static readonly byte[] LengthIndices = [.. Enumerable.Range(ShortestMatch, LongestMatch - ShortestMatch + 1).Select(static length => (byte)IndexOf(length))];

    private static int IndexOf(int length)
    {
        int value = length - ShortestMatch;
        if (value < 8 || length == LongestMatch)
        {
            return length == LongestMatch ? 28 : value;
        }

        int log = BitOperations.Log2((uint)value);
        return (4 * (log - 1)) + ((value >> (log - 2)) & 3);
    }

    public static int DistanceSymbol(int distance)
    {
        int value = distance - 1;
        if (value < 4)
        {
            return value;
        }

        int log = BitOperations.Log2((uint)value);
        return (2 * log) + ((value >> (log - 1)) & 1);
    }
}
