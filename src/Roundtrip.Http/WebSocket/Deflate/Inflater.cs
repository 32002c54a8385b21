using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Http.WebSocket.Deflate;

/// <summary>
/// Reads DEFLATE (RFC 1951) as it comes, cut anywhere, into a message that has a limit. What it may look back at is the message itself and the history that the connection keeps, so that it has no
/// window of its own: it is rented for as long as a compressed message is on its way. Order of calls: <see cref="Begin"/>, <see cref="Inflate"/> for each piece, <see cref="End"/>.
/// </summary>
internal sealed class Inflater
{
    // RFC 1951 §3.2.6: the codes that a block need not describe. Nothing changes them.
    private static readonly HuffmanDecoder FixedLiterals = BuildFixed([.. Enumerable.Range(0, 288).Select(DeflateFormat.FixedLength)]);
    private static readonly HuffmanDecoder FixedDistances = BuildFixed([.. Enumerable.Repeat((byte)5, 32)]);

    private readonly HuffmanDecoder _ownLiterals = new();
    private readonly HuffmanDecoder _ownDistances = new();
    private HuffmanDecoder _literals = FixedLiterals;
    private HuffmanDecoder _distances = FixedDistances;
    private readonly byte[] _lengths = new byte[320];

    // What was taken of the input and not used; the bits above the count are those of input that is still to be taken, or 0.
    private ulong _bits;
    private int _bitCount;
    private State _state;
    private bool _isLastBlock;
    private int _storedLeft;
    private int _literalCount;
    private int _distanceCount;
    private int _codeLengthCount;
    private int _lengthsRead;

    private enum State : byte
    {
        BlockHeader,
        StoredLength,
        Stored,
        Counts,
        CodeLengthCode,
        CodeLengths,
        Symbols,
    }

    public void Begin()
    {
        (_bits, _bitCount, _state) = (0, 0, State.BlockHeader);
    }

    /// <param name="history">What messages before this one may be looked back at, its end last; as long as the window at most.</param>
    /// <param name="windowBits">How far back, as a power of two, may be looked at all.</param>
    /// <param name="limit">The most bytes that the message may have.</param>
    public InflateStatus Inflate(ReadOnlySpan<byte> input, ref MessageBuffer output, BufferPool pool, ReadOnlySpan<byte> history, int windowBits, int limit)
    {
        while (true)
        {
            Refill(ref input);
            Step step = _state switch
            {
                State.BlockHeader => ReadBlockHeader(),
                State.StoredLength => ReadStoredLength(),
                State.Stored => CopyStored(ref input, ref output, pool, limit),
                State.Counts => ReadCounts(),
                State.CodeLengthCode => ReadCodeLengthCode(),
                State.CodeLengths => ReadCodeLengths(),
                _ => ReadSymbols(ref input, ref output, pool, history, 1 << windowBits, limit),
            };

            // A step that used up the bits has more of them in the input; none needs more at once than there is room for.
            bool goesOn = step == Step.GoOn || (step == Step.NeedsMore && !input.IsEmpty);
            if (!goesOn)
            {
                return (InflateStatus)step;
            }
        }
    }

    /// <summary>The message has come whole: what its sender left away is put back (RFC 7692 section 7.2.2).</summary>
    /// <returns><see cref="InflateStatus.NeedsMore"/> where it ends as a message must: at the end of a block.</returns>
    public InflateStatus End(ref MessageBuffer output, BufferPool pool, ReadOnlySpan<byte> history, int windowBits, int limit)
    {
        InflateStatus status = Inflate(DeflateFormat.Tail, ref output, pool, history, windowBits, limit);
        return status == InflateStatus.NeedsMore && (_state != State.BlockHeader || _bitCount != 0) ? InflateStatus.Invalid : status;
    }

    private void Refill(ref ReadOnlySpan<byte> input)
    {
        if (input.Length >= 8)
        {
            _bits |= BinaryPrimitives.ReadUInt64LittleEndian(input) << _bitCount;
            int taken = (63 - _bitCount) >> 3;
            input = input[taken..];
            _bitCount += taken * 8;
            return;
        }

        while (_bitCount <= 56 && !input.IsEmpty)
        {
            _bits |= (ulong)input[0] << _bitCount;
            input = input[1..];
            _bitCount += 8;
        }
    }

    private int Take(int count)
    {
        int value = (int)(_bits & ((1UL << count) - 1));
        Drop(count);
        return value;
    }

    private void Drop(int count)
    {
        _bits >>= count;
        _bitCount -= count;
    }

    private Step ReadBlockHeader()
    {
        if (_bitCount < 3)
        {
            return Step.NeedsMore;
        }

        _isLastBlock = Take(1) == 1;
        switch (Take(2))
        {
            case 0:
                Drop(_bitCount & 7);
                _state = State.StoredLength;
                return Step.GoOn;
            case 1:
                (_literals, _distances, _state) = (FixedLiterals, FixedDistances, State.Symbols);
                return Step.GoOn;
            case 2:
                (_literals, _distances, _state) = (_ownLiterals, _ownDistances, State.Counts);
                return Step.GoOn;
            default:
                return Step.Invalid;
        }
    }

    private Step ReadStoredLength()
    {
        if (_bitCount < 32)
        {
            return Step.NeedsMore;
        }

        _storedLeft = Take(16);
        int complement = Take(16);
        _state = State.Stored;
        return (_storedLeft ^ complement) == 0xffff ? Step.GoOn : Step.Invalid;
    }

    private Step CopyStored(ref ReadOnlySpan<byte> input, ref MessageBuffer output, BufferPool pool, int limit)
    {
        if (_storedLeft > limit - output.Length)
        {
            return Step.TooLong;
        }

        while (_storedLeft > 0 && _bitCount > 0)
        {
            output.Reserve(pool, 1)[0] = (byte)Take(8);
            output.Advance(1);
            _storedLeft--;
        }

        if (_bitCount == 0)
        {
            // What stands above the count is still in the input, from where it is copied now.
            _bits = 0;
        }

        int count = Math.Min(_storedLeft, input.Length);
        if (count > 0)
        {
            input[..count].CopyTo(output.Reserve(pool, count));
            output.Advance(count);
            input = input[count..];
            _storedLeft -= count;
        }

        if (_storedLeft > 0)
        {
            return Step.NeedsMore;
        }

        EndBlock();
        return Step.GoOn;
    }

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

    private Step ReadSymbols(ref ReadOnlySpan<byte> input, ref MessageBuffer output, BufferPool pool, ReadOnlySpan<byte> history, int window, int limit)
    {
        while (true)
        {
            Refill(ref input);
            int symbol = _literals.Decode(_bits, _bitCount, out int used);
            if (symbol < 0)
            {
                return Incomplete(symbol);
            }

            if (symbol < DeflateFormat.EndOfBlock)
            {
                if (output.Length >= limit)
                {
                    return Step.TooLong;
                }

                Drop(used);
                output.Reserve(pool, 1)[0] = (byte)symbol;
                output.Advance(1);
                continue;
            }

            if (symbol == DeflateFormat.EndOfBlock)
            {
                Drop(used);
                EndBlock();
                return Step.GoOn;
            }

            Step step = ReadMatch(symbol - DeflateFormat.FirstLength, used, out int length, out int distance);
            if (step != Step.GoOn)
            {
                return step;
            }

            if (distance > window || distance > output.Length + history.Length)
            {
                return Step.Invalid;
            }

            if (length > limit - output.Length)
            {
                return Step.TooLong;
            }

            Copy(ref output, output.Reserve(pool, length), history, length, distance);
        }
    }

    // A match is taken whole or not at all: it has 48 bits at most, so that what is left of the input then has room among ours.
    private Step ReadMatch(int index, int used, out int length, out int distance)
    {
        (length, distance) = (0, 0);
        if (index >= DeflateFormat.LengthSymbols)
        {
            return Step.Invalid;
        }

        (int lengthBase, int lengthExtra) = DeflateFormat.LengthOf(index);
        if (used + lengthExtra > _bitCount)
        {
            return Step.NeedsMore;
        }

        length = lengthBase + (int)((_bits >> used) & ((1UL << lengthExtra) - 1));
        used += lengthExtra;
        int symbol = _distances.Decode(_bits >> used, _bitCount - used, out int distanceUsed);
        if (symbol < 0)
        {
            return Incomplete(symbol);
        }

        if (symbol >= DeflateFormat.DistanceSymbols)
        {
            return Step.Invalid;
        }

        used += distanceUsed;
        (int distanceBase, int distanceExtra) = DeflateFormat.DistanceOf(symbol);
        if (used + distanceExtra > _bitCount)
        {
            return Step.NeedsMore;
        }

        distance = distanceBase + (int)((_bits >> used) & ((1UL << distanceExtra) - 1));
        Drop(used + distanceExtra);
        return Step.GoOn;
    }

    private static void Copy(ref MessageBuffer output, Span<byte> room, ReadOnlySpan<byte> history, int length, int distance)
    {
        int done = 0;
        if (distance > output.Length)
        {
            // Where history and message meet the match goes on in the message.
            int back = distance - output.Length;
            done = Math.Min(back, length);
            history.Slice(history.Length - back, done).CopyTo(room);
            output.Advance(done);
        }

        ReadOnlySpan<byte> content = output.Content;
        int left = length - done;
        if (left <= 0)
        {
            return;
        }

        room = room[done..];
        ReadOnlySpan<byte> source = content[^distance..];
        if (distance >= left)
        {
            source[..left].CopyTo(room);
        }
        else
        {
            // It repeats itself.
            for (int i = 0; i < left; i++)
            {
                room[i] = i < distance ? source[i] : room[i - distance];
            }
        }

        output.Advance(left);
    }

    private void EndBlock()
    {
        _state = State.BlockHeader;
        if (_isLastBlock)
        {
            // RFC 7692 §7.2.3.5: a sender may end with such a block; another follows at the next byte.
            Drop(_bitCount & 7);
        }
    }

    private static Step Incomplete(int symbol) => symbol == HuffmanDecoder.NeedsMore ? Step.NeedsMore : Step.Invalid;

    // The first three are InflateStatus'.
    private enum Step : byte
    {
        NeedsMore = InflateStatus.NeedsMore,
        Invalid = InflateStatus.Invalid,
        TooLong = InflateStatus.TooLong,
        GoOn,
    }
}
