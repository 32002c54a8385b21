namespace Roundtrip.Http.WebSocket.Deflate;

/// <summary>A canonical Huffman code (RFC 1951 section 3.2.2) that is read: short codes by one look, longer ones bit by bit.</summary>
internal sealed class HuffmanDecoder
{
    /// <summary>The bits that are there are the beginning of a code.</summary>
    public const int NeedsMore = -1;

    /// <summary>No code begins so.</summary>
    public const int NoCode = -2;

    private const int FastBits = 9;

    // Of each beginning of nine bits: the symbol, times sixteen, and the length of its code; 0 where the code is longer, or none.
    private readonly ushort[] _fast = new ushort[1 << FastBits];
    private readonly ushort[] _counts = new ushort[DeflateFormat.LongestCode + 1];
    private readonly ushort[] _symbols = new ushort[288];

    /// <returns>False where the lengths are of no code: more than there is room for, or less, unless one code of one bit, or none, is all.</returns>
    public bool TryBuild(ReadOnlySpan<byte> lengths, bool allowsIncomplete)
    {
        Array.Clear(_counts);
        foreach (byte length in lengths)
        {
            _counts[length]++;
        }

        int used = lengths.Length - _counts[0];
        _counts[0] = 0;
        int left = 1;
        for (int length = 1; length <= DeflateFormat.LongestCode; length++)
        {
            left = (left << 1) - _counts[length];
            if (left < 0)
            {
                return false;
            }
        }

        if (left > 0 && !(allowsIncomplete && (used == 0 || (used == 1 && _counts[1] == 1))))
        {
            return false;
        }

        Fill(lengths);
        return true;
    }

    /// <param name="bits">What comes next, the first bit lowest.</param>
    /// <param name="available">How many of them are there.</param>
    /// <param name="length">The bits of the code.</param>
    /// <returns>The symbol, or <see cref="NeedsMore"/>, or <see cref="NoCode"/>.</returns>
    public int Decode(ulong bits, int available, out int length)
    {
        int entry = _fast[(int)bits & ((1 << FastBits) - 1)];
        if (entry != 0)
        {
            length = entry & 15;
            return length <= available ? entry >> 4 : NeedsMore;
        }

        int code = 0, first = 0, index = 0;
        for (length = 1; length <= DeflateFormat.LongestCode; length++)
        {
            if (length > available)
            {
                return NeedsMore;
            }

            code |= (int)(bits >> (length - 1)) & 1;
            int count = _counts[length];
            if (code - count < first)
            {
                return _symbols[index + (code - first)];
            }

            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }

        return NoCode;
    }

    private void Fill(ReadOnlySpan<byte> lengths)
    {
        Span<ushort> next = stackalloc ushort[DeflateFormat.LongestCode + 1];
        Span<ushort> offsets = stackalloc ushort[DeflateFormat.LongestCode + 1];
        next.Clear();
        offsets.Clear();
        for (int length = 1; length < DeflateFormat.LongestCode; length++)
        {
            next[length + 1] = (ushort)((next[length] + _counts[length]) << 1);
            offsets[length + 1] = (ushort)(offsets[length] + _counts[length]);
        }

        Array.Clear(_fast);
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length == 0)
            {
                continue;
            }

            _symbols[offsets[length]++] = (ushort)symbol;
            int code = next[length]++;
            if (length <= FastBits)
            {
                for (int at = HuffmanEncoder.Reverse(code, length); at < _fast.Length; at += 1 << length)
                {
                    _fast[at] = (ushort)((symbol << 4) | length);
                }
            }
        }
    }
}
