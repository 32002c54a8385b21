using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Http.WebSocket.Deflate;

/// <summary>
/// Reads DEFLATE (RFC 1951) as it comes, cut anywhere, into a message that has a limit. What it may look back at is the message itself and the history that the connection keeps, so that it has no
/// window of its own: it is rented for as long as a compressed message is on its way. Order of calls: <see cref="Begin"/>, <see cref="Inflate"/> for each piece, <see cref="End"/>.
/// This file has the way through the blocks; Inflater.Codes.cs how a block describes its codes (RFC 1951 section 3.2.7), Inflater.Symbols.cs what is in it (section 3.2.5).
/// </summary>
internal sealed partial class Inflater
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
