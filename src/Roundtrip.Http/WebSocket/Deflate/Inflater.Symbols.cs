using Roundtrip.Core;

namespace Roundtrip.Http.WebSocket.Deflate;

// RFC 1951 §3.2.3 and §3.2.5: literals, and matches of what came before.
internal sealed partial class Inflater
{
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
}
