namespace Roundtrip.Http.WebSocket.Deflate;

// RFC 1951 §3.2.7: a block's codes, told by the lengths of theirs, which have a code of their own.
internal sealed partial class Inflater
{
    private Step ReadCounts()
    {
        if (_bitCount < 14)
        {
            return Step.NeedsMore;
        }

        _literalCount = Take(5) + 257;
        _distanceCount = Take(5) + 1;
        _codeLengthCount = Take(4) + 4;
        _lengthsRead = 0;
        Array.Clear(_lengths);
        _state = State.CodeLengthCode;
        return _literalCount <= DeflateFormat.LiteralSymbols && _distanceCount <= DeflateFormat.DistanceSymbols ? Step.GoOn : Step.Invalid;
    }

    private Step ReadCodeLengthCode()
    {
        while (_lengthsRead < _codeLengthCount)
        {
            if (_bitCount < 3)
            {
                return Step.NeedsMore;
            }

            _lengths[DeflateFormat.CodeLengthOrder[_lengthsRead++]] = (byte)Take(3);
        }

        // The code of the lengths stands where that of the literals will.
        bool isCode = _literals.TryBuild(_lengths.AsSpan(0, 19), allowsIncomplete: false);
        Array.Clear(_lengths);
        _lengthsRead = 0;
        _state = State.CodeLengths;
        return isCode ? Step.GoOn : Step.Invalid;
    }

    private Step ReadCodeLengths()
    {
        int all = _literalCount + _distanceCount;
        while (_lengthsRead < all)
        {
            int symbol = _literals.Decode(_bits, _bitCount, out int used);
            if (symbol < 0)
            {
                return Incomplete(symbol);
            }

            (int extra, int least) = symbol switch { 16 => (2, 3), 17 => (3, 3), 18 => (7, 11), _ => (0, 1) };
            if (used + extra > _bitCount)
            {
                return Step.NeedsMore;
            }

            Drop(used);
            int times = least + Take(extra);
            if (times > all - _lengthsRead || (symbol == 16 && _lengthsRead == 0))
            {
                return Step.Invalid;
            }

            byte length = symbol < 16 ? (byte)symbol : symbol == 16 ? _lengths[_lengthsRead - 1] : (byte)0;
            _lengths.AsSpan(_lengthsRead, times).Fill(length);
            _lengthsRead += times;
        }

        return UseDynamicCodes();
    }

    private Step UseDynamicCodes()
    {
        _state = State.Symbols;
        bool areCodes = _lengths[DeflateFormat.EndOfBlock] != 0
                        && _literals.TryBuild(_lengths.AsSpan(0, _literalCount), allowsIncomplete: true)
                        && _distances.TryBuild(_lengths.AsSpan(_literalCount, _distanceCount), allowsIncomplete: true);
        return areCodes ? Step.GoOn : Step.Invalid;
    }

    private static HuffmanDecoder BuildFixed(byte[] lengths)
    {
        var decoder = new HuffmanDecoder();
        decoder.TryBuild(lengths, allowsIncomplete: false);
        return decoder;
    }
}
