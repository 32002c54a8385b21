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
            // Fill gives 56 bits; a step takes 30 at most.
            while (_count >= HuffmanCode.Longest)
            {
                if (length > to.Length - Slack)
                {
                    return EndReason.None;
                }

                uint entry = HuffmanTable.Find(_bits);
                if (entry == 0)
                {
                    int symbol = HuffmanTable.FindRare(_bits, out int bits);
                    if (symbol == HuffmanCode.EndOfString)
                    {
                        // RFC 7541 §5.2: a string that contains EOS is a decoding error.
                        return EndReason.HpackEndOfString;
                    }

                    to[length++] = (byte)symbol;
                    Take(bits);
                    continue;
                }

                BinaryPrimitives.WriteUInt16LittleEndian(to[length..], (ushort)entry);
                int both = (int)(entry >> 16) & 0xff;
                length += both == (int)(entry >> 24) ? 1 : 2;
                Take(both);
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
            uint entry = HuffmanTable.Find(bits);
            int symbol = (int)(entry & 0xff);
            int taken = (int)(entry >> 24);
            if (entry == 0)
            {
                symbol = HuffmanTable.FindRare(bits, out taken);
            }

            if (taken > _count)
            {
                // RFC 7541 §5.2: padding is the first bits of EOS, ones, and fewer than 8.
                IsAtEnd = true;
                return _count < 8 && bits == ulong.MaxValue ? EndReason.None : EndReason.HpackInvalidPadding;
            }

            if (symbol == HuffmanCode.EndOfString)
            {
                return EndReason.HpackEndOfString;
            }

            if (length > to.Length - Slack)
            {
                return EndReason.None;
            }

            to[length++] = (byte)symbol;
            Take(taken);
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

    private void Take(int bits)
    {
        _bits <<= bits;
        _count -= bits;
    }
}
