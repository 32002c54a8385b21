namespace Roundtrip.Http.Http2.Hpack;

/// <summary>
/// The code of RFC 7541 appendix B made ready for decoding: the next 12 bits give the symbol, or the two symbols, that they begin with; a longer
/// code, of a byte that hardly occurs, is found by its length.
/// </summary>
internal static class HuffmanTable
{
    public const int Bits = 12;

    // The symbols, the first in the low byte; from bit 16 on how many bits they take together, from bit 24 on those of the first. 0 where a
    // longer code begins.
    private static readonly uint[] Entries = new uint[1 << Bits];

    // For each length: the first 32 bits that no code of it or a shorter one begins, and what leads from a code to its place in Rare.
    private static readonly ulong[] Ends = new ulong[HuffmanCode.Longest + 1];
    private static readonly int[] Offsets = new int[HuffmanCode.Longest + 1];
    private static readonly short[] Rare;

    static HuffmanTable()
    {
        uint[] codes = HuffmanCode.BuildCodes();
        BuildSingles(codes);
        BuildPairs();
        Rare = BuildRare(codes);
    }

    /// <summary>What the top bits of <paramref name="bits"/> begin with; see the fields of an entry. 0 where <see cref="FindRare"/> says it.</summary>
    public static uint Find(ulong bits) => Entries[bits >> (64 - Bits)];

    /// <summary>The symbol whose code, longer than 12 bits, stands in the top bits.</summary>
    public static int FindRare(ulong bits, out int length)
    {
        uint top = (uint)(bits >> 32);
        length = Bits + 1;
        while (top >= Ends[length])
        {
            length++;
        }

        return Rare[(int)(top >> (32 - length)) + Offsets[length]];
    }

    private static void BuildSingles(uint[] codes)
    {
        for (int symbol = 0; symbol < codes.Length; symbol++)
        {
            int length = HuffmanCode.Lengths[symbol];
            if (length <= Bits)
            {
                int first = (int)codes[symbol] << (Bits - length);
                Entries.AsSpan(first, 1 << (Bits - length)).Fill((uint)(symbol | (length << 16) | (length << 24)));
            }
        }
    }

    private static void BuildPairs()
    {
        uint[] singles = [.. Entries];
        for (uint at = 0; at < singles.Length; at++)
        {
            uint first = singles[at];
            int firstLength = (int)(first >> 24);
            uint second = first == 0 ? 0 : singles[(at << firstLength) & (singles.Length - 1)];
            int both = firstLength + (int)(second >> 24);
            if (second != 0 && both <= Bits)
            {
                Entries[at] = (first & 0xff) | ((second & 0xff) << 8) | ((uint)both << 16) | ((uint)firstLength << 24);
            }
        }
    }

    private static short[] BuildRare(uint[] codes)
    {
        var rare = new List<short>();
        for (int length = Bits + 1; length <= HuffmanCode.Longest; length++)
        {
            int[] symbols = [.. Enumerable.Range(0, codes.Length).Where(symbol => HuffmanCode.Lengths[symbol] == length)];
            Ends[length] = Ends[length - 1];
            if (symbols.Length > 0)
            {
                Offsets[length] = rare.Count - (int)codes[symbols[0]];
                Ends[length] = ((ulong)codes[symbols[^1]] + 1) << (32 - length);
                rare.AddRange(symbols.Select(symbol => (short)symbol));
            }
        }

        return [.. rare];
    }
}
