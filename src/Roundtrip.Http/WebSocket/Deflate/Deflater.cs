using System.Buffers.Binary;
using System.Numerics;

namespace Roundtrip.Http.WebSocket.Deflate;

/// <summary>
/// Writes one message as DEFLATE (RFC 1951), as RFC 7692 section 7.2.1 has it end. It keeps nothing from one message to the next but memory: one serves all connections of a loop, each of which
/// gives its own history.
/// </summary>
internal sealed class Deflater
{
    private const int HashBits = 15;
    private const int WindowSize = 1 << DeflateFormat.MaximumWindowBits;

    // How many places of the same beginning are looked at; what is this long is taken at once; and how long one is behind which a longer one is looked for among fewer places.
    private const int LongestChain = 32;
    private const int GoodMatch = 32;
    private const int FairMatch = 12;

    // Where a beginning of three bytes was last seen, and for each place where it was before; 1 more than the place, 0 for nowhere.
    private readonly int[] _last = new int[1 << HashBits];
    private readonly int[] _before = new int[WindowSize];
    private readonly BlockWriter _block = new();
    private readonly BitWriter _writer = new();
    private byte[] _text = [];
    private int _shift;

    /// <summary>Compresses a message.</summary>
    /// <param name="history">What the receiver has of messages before, its end last; empty where it keeps none.</param>
    /// <param name="windowBits">How far back the receiver can look, as a power of two.</param>
    /// <returns>The payload of the message's frames: valid until the next call.</returns>
    public ReadOnlySpan<byte> Deflate(ReadOnlySpan<byte> history, ReadOnlySpan<byte> content, int windowBits)
    {
        _writer.Clear();
        ReadOnlySpan<byte> text = content;
        if (!history.IsEmpty)
        {
            // One row of bytes, so that a match may go over the border.
            int length = history.Length + content.Length;
            if (_text.Length < length)
            {
                _text = GC.AllocateUninitializedArray<byte>(Math.Max(length, _text.Length * 2));
            }

            history.CopyTo(_text);
            content.CopyTo(_text.AsSpan(history.Length));
            text = _text.AsSpan(0, length);
        }

        ForgetPlaces(text.Length);
        for (int at = 0; at < history.Length; at++)
        {
            Note(text, at);
        }

        Compress(text, history.Length, 1 << windowBits);

        // RFC 7692 §7.2.1: an empty block without compression ends the message, and its last four bytes are not sent.
        _writer.Write(0b000, 3);
        _writer.Align();
        return _writer.Written;
    }

    private void Compress(ReadOnlySpan<byte> text, int start, int window)
    {
        int at = start, blockStart = start;
        (int Length, int Distance) ahead = default;
        bool isLookedAhead = false;
        while (at < text.Length)
        {
            (int length, int distance) = isLookedAhead ? ahead : Find(text, at, window, DeflateFormat.ShortestMatch - 1, LongestChain);
            isLookedAhead = false;
            Note(text, at);
            if (length is >= DeflateFormat.ShortestMatch and < GoodMatch && at + 1 < text.Length)
            {
                // Where a longer one begins at the next byte, this byte stands for itself.
                ahead = Find(text, at + 1, window, length, length < FairMatch ? LongestChain : LongestChain / 2);
                isLookedAhead = ahead.Length > length;
            }

            if (length >= DeflateFormat.ShortestMatch && !isLookedAhead)
            {
                _block.AddMatch(length, distance);
                for (int inside = at + 1; inside < at + length; inside++)
                {
                    Note(text, inside);
                }

                at += length;
            }
            else
            {
                _block.AddLiteral(text[at++]);
            }

            if (_block.IsFull)
            {
                _block.Write(_writer, text[blockStart..at]);
                blockStart = at;
            }
        }

        if (!_block.IsEmpty)
        {
            _block.Write(_writer, text[blockStart..]);
        }
    }

    // The longest match of more than so many bytes among so many places; the nearest of those that are as long.
    private (int Length, int Distance) Find(ReadOnlySpan<byte> text, int at, int window, int best, int tries)
    {
        int most = Math.Min(text.Length - at, DeflateFormat.LongestMatch);
        if (most <= best)
        {
            return default;
        }

        ReadOnlySpan<int> before = _before;
        int distance = 0;
        int place = _last[HashOf(text, at)] - 1;

        // A longer match has the same two bytes where the best one ends.
        ushort end = TwoAt(text, at + best - 1);
        for (int oldest = Math.Max(0, at - window); tries > 0 && place >= oldest; tries--)
        {
            // A place that has been written over names a later one: the row ends there.
            if (TwoAt(text, place + best - 1) == end)
            {
                int length = CommonLength(text, place, at, most);
                if (length > best)
                {
                    (best, distance) = (length, at - place);
                    if (length == most || length >= GoodMatch)
                    {
                        break;
                    }

                    end = TwoAt(text, at + best - 1);
                }
            }

            int earlier = before[place & (WindowSize - 1)] - 1;
            if (earlier >= place)
            {
                break;
            }

            place = earlier;
        }

        return distance == 0 ? default : (best, distance);
    }

    private static ushort TwoAt(ReadOnlySpan<byte> text, int at) => BinaryPrimitives.ReadUInt16LittleEndian(text.Slice(at, 2));

    // Eight at a time: most matches are short, and the vectors of CommonPrefixLength cost more than they save.
    private static int CommonLength(ReadOnlySpan<byte> text, int place, int at, int most)
    {
        ReadOnlySpan<byte> there = text.Slice(place, most), here = text.Slice(at, most);
        int length = 0;
        while (here.Length - length >= sizeof(ulong))
        {
            ulong difference = BinaryPrimitives.ReadUInt64LittleEndian(there[length..]) ^ BinaryPrimitives.ReadUInt64LittleEndian(here[length..]);
            if (difference != 0)
            {
                return length + (BitOperations.TrailingZeroCount(difference) / 8);
            }

            length += sizeof(ulong);
        }

        while (length < here.Length && length < there.Length && there[length] == here[length])
        {
            length++;
        }

        return length;
    }

    private void Note(ReadOnlySpan<byte> text, int at)
    {
        if (at + DeflateFormat.ShortestMatch <= text.Length)
        {
            ref int last = ref _last[HashOf(text, at)];
            _before[at & (WindowSize - 1)] = last;
            last = at + 1;
        }
    }

    // A short message needs a small table, and only that is cleared.
    private void ForgetPlaces(int length)
    {
        int bits = Math.Clamp(32 - (int)uint.LeadingZeroCount((uint)length), 8, HashBits);
        _shift = 32 - bits;
        Array.Clear(_last, 0, 1 << bits);
    }

    private int HashOf(ReadOnlySpan<byte> text, int at)
    {
        ReadOnlySpan<byte> three = text.Slice(at, DeflateFormat.ShortestMatch);
        uint value = (uint)(three[0] | (three[1] << 8) | (three[2] << 16));
        return (int)((value * 0x9E3779B1) >> _shift);
    }
}
