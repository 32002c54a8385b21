namespace Roundtrip.Http.Http2.Hpack;

/// <summary>
/// The code of RFC 7541 appendix B made ready for decoding: the next 12 bits give the symbol, or the two symbols, that they begin with; a longer
/// code, of a byte that hardly occurs, is found by its length.
/// </summary>
internal static class HuffmanTable
{
    private const int Bits = 12;

    private static readonly HuffmanEntry[] Entries = BuildEntries();

    // The symbols with longer codes, in the codes' order. For each length: the first 32 bits that no code of it or a shorter one begins, and what
    // leads from a code to its place in Rare.
    private static readonly HuffmanEntry[] Rare;
    private static readonly ulong[] Ends = new ulong[HuffmanCode.Longest + 1];
    private static readonly int[] Offsets = new int[HuffmanCode.Longest + 1];

    static HuffmanTable()
    {
        uint[] codes = HuffmanCode.BuildCodes();
        var rare = new List<HuffmanEntry>();
        for (int length = Bits + 1; length <= HuffmanCode.Longest; length++)
        {
            int[] symbols = [.. Enumerable.Range(0, codes.Length).Where(symbol => HuffmanCode.Lengths[symbol] == length)];
            Ends[length] = Ends[length - 1];
            if (symbols.Length > 0)
            {
                Offsets[length] = rare.Count - (int)codes[symbols[0]];
                Ends[length] = ((ulong)codes[symbols[^1]] + 1) << (32 - length);
                rare.AddRange(symbols.Select(symbol => HuffmanEntry.Of(symbol, length)));
            }
        }

        Rare = [.. rare];
    }

    /// <summary>What the top bits of <paramref name="bits"/> begin with, if it is not a rare symbol.</summary>
    public static HuffmanEntry Find(ulong bits) => Entries[bits >> (64 - Bits)];

    /// <summary>The symbol whose code, longer than the entries', stands in the top bits.</summary>
    public static HuffmanEntry FindRare(ulong bits)
    {
        uint top = (uint)(bits >> 32);
        int length = Bits + 1;
        while (top >= Ends[length])
        {
            length++;
        }

        return Rare[(int)(top >> (32 - length)) + Offsets[length]];
    }

    private static HuffmanEntry[] BuildEntries()
    {
        uint[] codes = HuffmanCode.BuildCodes();
        var singles = new HuffmanEntry[1 << Bits];
        for (int symbol = 0; symbol < codes.Length; symbol++)
        {
            int length = HuffmanCode.Lengths[symbol];
            if (length <= Bits)
            {
                int first = (int)codes[symbol] << (Bits - length);
                singles.AsSpan(first, 1 << (Bits - length)).Fill(HuffmanEntry.Of(symbol, length));
            }
        }

        HuffmanEntry[] entries = [.. singles];
        for (int at = 0; at < entries.Length; at++)
        {
            HuffmanEntry first = singles[at];
            HuffmanEntry second = singles[(at << first.Length) & (singles.Length - 1)];
            if (!first.IsRare && !second.IsRare && first.Length + second.Length <= Bits)
            {
                entries[at] = first.With(second);
            }
        }

        return entries;
    }
}
