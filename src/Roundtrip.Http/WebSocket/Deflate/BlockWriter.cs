namespace Roundtrip.Http.WebSocket.Deflate;

/// <summary>Literals and matches to a block of the type that is shortest for them (RFC 1951 sections 3.2.4 to 3.2.7).</summary>
internal sealed class BlockWriter
{
    public const int MaximumTokens = 16 * 1024;

    private const int LargestStored = 0xffff;
    private const int LongestCodeLengthCode = 7;

    private readonly uint[] _tokens = new uint[MaximumTokens];
    private readonly HuffmanEncoder _literals = new(DeflateFormat.LiteralSymbols);
    private readonly HuffmanEncoder _distances = new(DeflateFormat.DistanceSymbols);
    private readonly HuffmanEncoder _codeLengths = new(19);
    private readonly HuffmanEncoder _fixedLiterals = new(288);
    private readonly HuffmanEncoder _fixedDistances = new(DeflateFormat.DistanceSymbols);

    // The code lengths of both codes, by the symbols of theirs; the extra bits stand above the symbol.
    private readonly ushort[] _lengthTokens = new ushort[DeflateFormat.LiteralSymbols + DeflateFormat.DistanceSymbols];
    private readonly byte[] _allLengths = new byte[DeflateFormat.LiteralSymbols + DeflateFormat.DistanceSymbols];
    private int _count;
    private long _extraBits;

    public BlockWriter()
    {
        _fixedLiterals.UseLengths(DeflateFormat.FixedLength);
        _fixedDistances.UseLengths(static _ => 5);
    }

    public bool IsFull => _count == MaximumTokens;

    public bool IsEmpty => _count == 0;

    public void AddLiteral(byte value)
    {
        _tokens[_count++] = value;
        _literals.Frequencies[value]++;
    }

    public void AddMatch(int length, int distance)
    {
        _tokens[_count++] = ((uint)distance << 16) | (uint)length;
        int lengthIndex = DeflateFormat.LengthIndex(length), distanceSymbol = DeflateFormat.DistanceSymbol(distance);
        _literals.Frequencies[DeflateFormat.FirstLength + lengthIndex]++;
        _distances.Frequencies[distanceSymbol]++;
        _extraBits += DeflateFormat.LengthOf(lengthIndex).Extra + DeflateFormat.DistanceOf(distanceSymbol).Extra;
    }

    /// <summary>Writes what was added, as one block or more, and begins anew.</summary>
    /// <param name="content">The bytes that it stands for.</param>
    public void Write(BitWriter writer, ReadOnlySpan<byte> content)
    {
        _literals.Frequencies[DeflateFormat.EndOfBlock] = 1;
        _literals.Build(DeflateFormat.LongestCode);
        _distances.Build(DeflateFormat.LongestCode);
        (int literalCount, int distanceCount, int lengthTokens, int codeLengthCount) = MeasureCodes();

        long dynamicBits = 3 + 14 + (3 * codeLengthCount) + BitsOfLengths(lengthTokens) + Bits(_literals, _literals) + Bits(_distances, _distances) + _extraBits;
        long fixedBits = 3 + Bits(_literals, _fixedLiterals) + Bits(_distances, _fixedDistances) + _extraBits;
        long storedBits = (8L * content.Length) + (40 * ((content.Length + LargestStored - 1) / LargestStored));
        if (storedBits <= Math.Min(fixedBits, dynamicBits))
        {
            WriteStored(writer, content);
        }
        else if (fixedBits <= dynamicBits)
        {
            writer.Write(0b010, 3);
            WriteTokens(writer, _fixedLiterals, _fixedDistances);
        }
        else
        {
            writer.Write(0b100, 3);
            WriteCodes(writer, literalCount, distanceCount, lengthTokens, codeLengthCount);
            WriteTokens(writer, _literals, _distances);
        }

        _count = 0;
        _extraBits = 0;
        Array.Clear(_literals.Frequencies);
        Array.Clear(_distances.Frequencies);
    }

    private static long Bits(HuffmanEncoder counted, HuffmanEncoder code)
    {
        long bits = 0;
        for (int symbol = 0; symbol < counted.Frequencies.Length; symbol++)
        {
            bits += (long)counted.Frequencies[symbol] * code.Lengths[symbol];
        }

        return bits;
    }

    private static void WriteStored(BitWriter writer, ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            int length = Math.Min(content.Length, LargestStored);
            writer.Write(0b000, 3);
            writer.Align();
            writer.Write((uint)length | ((ulong)(uint)(length ^ 0xffff) << 16), 32);
            writer.WriteBytes(content[..length]);
            content = content[length..];
        }
    }

    private void WriteTokens(BitWriter writer, HuffmanEncoder literals, HuffmanEncoder distances)
    {
        foreach (uint token in _tokens.AsSpan(0, _count))
        {
            int distance = (int)(token >> 16);
            if (distance == 0)
            {
                writer.Write(literals.Codes[token], literals.Lengths[token]);
                continue;
            }

            int length = (int)(token & 0xffff);
            int index = DeflateFormat.LengthIndex(length);
            (int lengthBase, int lengthExtra) = DeflateFormat.LengthOf(index);
            int symbol = DeflateFormat.DistanceSymbol(distance);
            (int distanceBase, int distanceExtra) = DeflateFormat.DistanceOf(symbol);

            // 48 bits at most: 15 and 5, 15 and 13.
            int bits = literals.Lengths[DeflateFormat.FirstLength + index];
            ulong match = literals.Codes[DeflateFormat.FirstLength + index] | ((ulong)(length - lengthBase) << bits);
            bits += lengthExtra;
            match |= (ulong)distances.Codes[symbol] << bits;
            bits += distances.Lengths[symbol];
            match |= (ulong)(distance - distanceBase) << bits;
            writer.Write(match, bits + distanceExtra);
        }

        writer.Write(literals.Codes[DeflateFormat.EndOfBlock], literals.Lengths[DeflateFormat.EndOfBlock]);
    }

    // RFC 1951 §3.2.7: the lengths of both codes as one row, runs of them shortened, by a code of their own.
    private (int Literals, int Distances, int LengthTokens, int CodeLengths) MeasureCodes()
    {
        int literalCount = CountOf(_literals.Lengths, 257);
        int distanceCount = CountOf(_distances.Lengths, 1);
        _literals.Lengths.AsSpan(0, literalCount).CopyTo(_allLengths);
        _distances.Lengths.AsSpan(0, distanceCount).CopyTo(_allLengths.AsSpan(literalCount));
        ReadOnlySpan<byte> row = _allLengths.AsSpan(0, literalCount + distanceCount);
        Array.Clear(_codeLengths.Frequencies);
        int count = 0;
        while (!row.IsEmpty)
        {
            byte length = row[0];
            int run = row.IndexOfAnyExcept(length);
            run = run < 0 ? row.Length : run;
            (int symbol, int extra, int taken) = (length, run) switch
            {
                (0, >= 11) => (18, Math.Min(run, 138) - 11, Math.Min(run, 138)),
                (0, >= 3) => (17, run - 3, run),
                (not 0, >= 4) => (16, Math.Min(run - 1, 6) - 3, Math.Min(run - 1, 6)),
                _ => (length, 0, 1),
            };
            if (symbol == 16)
            {
                // The first of a run stands for itself.
                Add(ref count, length, 0);
                row = row[1..];
            }

            Add(ref count, symbol, extra);
            row = row[taken..];
        }

        _codeLengths.Build(LongestCodeLengthCode);
        int codeLengthCount = 19;
        while (codeLengthCount > 4 && _codeLengths.Lengths[DeflateFormat.CodeLengthOrder[codeLengthCount - 1]] == 0)
        {
            codeLengthCount--;
        }

        return (literalCount, distanceCount, count, codeLengthCount);
    }

    private void Add(ref int count, int symbol, int extra)
    {
        _lengthTokens[count++] = (ushort)((extra << 5) | symbol);
        _codeLengths.Frequencies[symbol]++;
    }

    private static int CountOf(ReadOnlySpan<byte> lengths, int least) => Math.Max(least, lengths.LastIndexOfAnyExcept((byte)0) + 1);

    private static int ExtraOf(int symbol) => symbol switch { 16 => 2, 17 => 3, 18 => 7, _ => 0 };

    private long BitsOfLengths(int count)
    {
        long bits = 0;
        foreach (ushort token in _lengthTokens.AsSpan(0, count))
        {
            bits += _codeLengths.Lengths[token & 31] + ExtraOf(token & 31);
        }

        return bits;
    }

    private void WriteCodes(BitWriter writer, int literalCount, int distanceCount, int lengthTokens, int codeLengthCount)
    {
        writer.Write((ulong)(literalCount - 257), 5);
        writer.Write((ulong)(distanceCount - 1), 5);
        writer.Write((ulong)(codeLengthCount - 4), 4);
        foreach (byte symbol in DeflateFormat.CodeLengthOrder[..codeLengthCount])
        {
            writer.Write(_codeLengths.Lengths[symbol], 3);
        }

        foreach (ushort token in _lengthTokens.AsSpan(0, lengthTokens))
        {
            int symbol = token & 31;
            writer.Write(_codeLengths.Codes[symbol], _codeLengths.Lengths[symbol]);
            writer.Write((ulong)(token >> 5), ExtraOf(symbol));
        }
    }
}
