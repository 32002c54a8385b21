using System.Buffers.Binary;

namespace Roundtrip.Http.Http2.Hpack;

/// <summary>Huffman-codes strings (RFC 7541 section 5.2).</summary>
internal static class HuffmanEncoder
{
    private static readonly uint[] Codes = HuffmanCode.BuildCodes();

    /// <summary>How many bytes <see cref="Encode"/> writes.</summary>
    public static int LengthOf(ReadOnlySpan<byte> text)
    {
        long bits = 0;
        foreach (byte symbol in text)
        {
            bits += HuffmanCode.Lengths[symbol];
        }

        return checked((int)((bits + 7) >> 3));
    }

    /// <param name="to">As many bytes as <see cref="LengthOf"/> says.</param>
    public static void Encode(ReadOnlySpan<byte> text, Span<byte> to)
    {
        ulong bits = 0;
        int count = 0;
        foreach (byte symbol in text)
        {
            int length = HuffmanCode.Lengths[symbol];
            bits = (bits << length) | Codes[symbol];
            count += length;
            if (count >= 32)
            {
                count -= 32;
                BinaryPrimitives.WriteUInt32BigEndian(to, (uint)(bits >> count));
                to = to[sizeof(uint)..];
            }
        }

        // RFC 7541 §5.2: the last byte is filled with the first bits of EOS, which are ones.
        int padding = -count & 7;
        bits = (bits << padding) | ((1UL << padding) - 1);
        count += padding;
        while (count > 0)
        {
            count -= 8;
            to[0] = (byte)(bits >> count);
            to = to[1..];
        }
    }
}
