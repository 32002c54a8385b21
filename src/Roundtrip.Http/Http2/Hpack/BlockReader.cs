using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Hpack;

/// <summary>Reads the primitive types of RFC 7541 section 5 from a header block.</summary>
internal ref struct BlockReader(ReadOnlySpan<byte> block)
{
    /// <summary>Five bytes behind the prefix hold more than 31 bits: a longer encoding is either too large or padded with zeros.</summary>
    private const int LastShift = 28;

    private readonly ReadOnlySpan<byte> _block = block;
    private int _at;

    public readonly bool IsAtEnd => _at == _block.Length;

    /// <summary>The next byte, which is not taken. Not at the end.</summary>
    public readonly byte Next => _block[_at];

    /// <summary>RFC 7541 section 5.1. Not at the end.</summary>
    /// <param name="prefix">How many of the first byte's low bits are the integer's.</param>
    /// <param name="value">0 to 2^31 - 1.</param>
    public EndReason ReadInteger(int prefix, out int value)
    {
        int largest = (1 << prefix) - 1;
        value = _block[_at++] & largest;
        return value < largest ? EndReason.None : ReadContinuation(ref value);
    }

    /// <summary>RFC 7541 section 5.2.</summary>
    public EndReason ReadString(out StringLiteral literal)
    {
        literal = default;
        if (IsAtEnd)
        {
            return EndReason.HpackTruncated;
        }

        bool isHuffman = (Next & 0x80) != 0;
        EndReason reason = ReadInteger(7, out int length);
        if (reason != EndReason.None)
        {
            return reason;
        }

        if (length > _block.Length - _at)
        {
            return EndReason.HpackTruncated;
        }

        literal = new StringLiteral(_block.Slice(_at, length), isHuffman);
        _at += length;
        return EndReason.None;
    }

    private EndReason ReadContinuation(ref int value)
    {
        long sum = value;
        for (int shift = 0; shift <= LastShift; shift += 7)
        {
            if (IsAtEnd)
            {
                return EndReason.HpackTruncated;
            }

            byte next = _block[_at++];
            sum += (long)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                value = (int)sum;
                return sum <= int.MaxValue ? EndReason.None : EndReason.HpackIntegerTooLarge;
            }
        }

        // RFC 7541 §5.1: an implementation limits value and length of what it reads.
        return EndReason.HpackIntegerTooLarge;
    }
}
