namespace Roundtrip.Http.Http2.Hpack;

/// <summary>
/// What some bits begin with: one symbol or two. In one word, with the bits to take lowest, since a decoder waits for nothing but them.
/// </summary>
internal readonly record struct HuffmanEntry
{
    private const int SymbolsShift = 8;
    private const int FirstLengthShift = 24;
    private const int EndOfStringShift = 30;
    private const int PairShift = 31;

    private readonly uint _word;

    private HuffmanEntry(uint word) => _word = word;

    /// <summary>Whether a code longer than the table's entries begins there, which <see cref="HuffmanTable.FindRare"/> finds.</summary>
    public bool IsRare => _word == 0;

    public bool IsEndOfString => (_word & (1u << EndOfStringShift)) != 0;

    /// <summary>The bits that all its symbols take.</summary>
    public int Length => (int)_word & 0x3f;

    /// <summary>The bits that the first symbol takes.</summary>
    public int FirstLength => (int)(_word >> FirstLengthShift) & 0x3f;

    /// <summary>How many symbols it has: 1 or 2.</summary>
    public int Count => 1 + (int)(_word >> PairShift);

    /// <summary>The symbols, the first in the low byte.</summary>
    public ushort Symbols => (ushort)(_word >> SymbolsShift);

    public static HuffmanEntry Of(int symbol, int length) => symbol == HuffmanCode.EndOfString
        ? new HuffmanEntry((uint)(length | (length << FirstLengthShift)) | (1u << EndOfStringShift))
        : new HuffmanEntry((uint)(length | (symbol << SymbolsShift) | (length << FirstLengthShift)));

    /// <summary>This symbol and the one that stands behind it.</summary>
    public HuffmanEntry With(HuffmanEntry second) => new(
        (uint)(Length + second.Length)
        | (uint)((Symbols | (second.Symbols << 8)) << SymbolsShift)
        | (uint)(FirstLength << FirstLengthShift)
        | (1u << PairShift));
}
