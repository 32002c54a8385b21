using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Hpack;

/// <summary>Decodes a Huffman-coded string (RFC 7541 section 5.2), in one piece or in several.</summary>
internal ref struct HuffmanDecoder(ReadOnlySpan<byte> encoded)
{
    /// <summary>How many bytes longer than the string <see cref="Read"/>'s room must be to reach the string's end.</summary>
    public const int Slack = 2;

    private readonly ReadOnlySpan<byte> _encoded = encoded;
    private int _at;

    // The next bits, from the top; behind them zeros.
    private ulong _bits;
    private int _count;

    /// <summary>No less than what <see cref="Read"/> needs for a string of so many encoded bytes.</summary>
    public static long Bound(int encoded) => (encoded * 8L / HuffmanCode.Shortest) + Slack;

    /// <summary>Whether the string was read to its end.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Decodes until the string ends or <paramref name="to"/> has less than <see cref="Slack"/> bytes left.</summary>
    /// <param name="length">How many bytes were decoded. What stands behind them in <paramref name="to"/> may be overwritten.</param>
    /// <returns><see cref="EndReason.None"/>, <see cref="EndReason.HpackInvalidPadding"/> or <see cref="EndReason.HpackEndOfString"/>.</returns>
    public EndReason Read(scoped Span<byte> to, out int length)
    {
        length = 0;
        while (Fill())
        {
            // What stands ready is taken from locals, which stay in registers.
            ulong bits = _bits;
            int count = _count;
            bool isFull = false;

            // Fill gives 56 bits; a step takes 30 at most.
            while (count >= HuffmanCode.Longest && !(isFull = length > to.Length - Slack))
            {
                HuffmanEntry entry = HuffmanTable.Find(bits);
                if (entry.IsRare)
                {
                    entry = HuffmanTable.FindRare(bits);
                    if (entry.IsEndOfString)
                    {
                        // RFC 7541 §5.2: a string that contains EOS is a decoding error.
                        return EndReason.HpackEndOfString;
                    }
                }

                BinaryPrimitives.WriteUInt16LittleEndian(to[length..], entry.Symbols);
                length += entry.Count;
                bits <<= entry.Length;
                count -= entry.Length;
            }

            _bits = bits;
            _count = count;
            if (isFull)
            {
                return EndReason.None;
            }
        }

        return ReadLast(to, ref length);
    }

    // The last bits, all of which are in _bits: one symbol at a time, since ones stand behind them that are none of the string's.
    private EndReason ReadLast(scoped Span<byte> to, ref int length)
    {
        while (true)
        {
            ulong bits = _bits | (ulong.MaxValue >> _count);
            HuffmanEntry entry = HuffmanTable.Find(bits);
            if (entry.IsRare)
            {
                entry = HuffmanTable.FindRare(bits);
            }

            if (entry.FirstLength > _count)
            {
                // RFC 7541 §5.2: padding is the first bits of EOS, ones, and fewer than 8.
                IsAtEnd = true;
                return _count < 8 && bits == ulong.MaxValue ? EndReason.None : EndReason.HpackInvalidPadding;
            }

            if (entry.IsEndOfString)
            {
                return EndReason.HpackEndOfString;
            }

            if (length > to.Length - Slack)
            {
                return EndReason.None;
            }

            to[length++] = (byte)entry.Symbols;
            _bits <<= entry.FirstLength;
            _count -= entry.FirstLength;
        }
    }

    /// <returns>Whether there are 56 bits or more. If not, <c>_bits</c> has all that are left.</returns>
    private bool Fill()
    {
        if (_encoded.Length - _at >= sizeof(ulong))
        {
            _bits |= BinaryPrimitives.ReadUInt64BigEndian(_encoded[_at..]) >> _count;
            int whole = (63 - _count) >> 3;
            _at += whole;
            _count += whole * 8;

            // Bits of a byte that is not counted yet stand behind the others: they are read again.
            _bits &= ~(ulong.MaxValue >> _count);
            return true;
        }

        while (_at < _encoded.Length && _count <= 56)
        {
            _bits |= (ulong)_encoded[_at++] << (56 - _count);
            _count += 8;
        }

        return _count >= 56;
    }
}
