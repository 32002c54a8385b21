using System.Buffers.Text;
using System.Text;

namespace Roundtrip.Http;

/// <summary>The Range field (RFC 9110 section 14.2) in the bytes unit.</summary>
public static class ByteRanges
{
    // httpd's MaxRanges, MaxRangeOverlaps and MaxRangeReversals, with their defaults. Past any of them the whole is sent (RFC 9110 §14.2
    // allows it), so that a request cannot ask for a small file a million times over.
    public const int MaxRanges = 200;
    public const int MaxOverlaps = 20;
    public const int MaxReversals = 20;

    /// <summary>Reads the field's value for a representation of <paramref name="length"/> bytes.</summary>
    /// <param name="ranges">Room for <see cref="MaxRanges"/>. Ranges that touch or overlap the one before them are joined with it.</param>
    /// <param name="count">How many were put there; 0 unless the result is <see cref="RangeResult.Partial"/>.</param>
    public static RangeResult Parse(ReadOnlySpan<byte> value, long length, Span<ByteRange> ranges, out int count)
    {
        count = 0;
        int equals = value.IndexOf((byte)'=');

        // RFC 9110 §14.1: range units are case-insensitive; one that is not understood is ignored.
        if (equals < 0 || !Ascii.EqualsIgnoreCase(value[..equals], "bytes"u8))
        {
            return RangeResult.Whole;
        }

        var list = new Collector(ranges, length);
        ReadOnlySpan<byte> rest = value[(equals + 1)..];
        bool any = false;
        while (true)
        {
            int comma = rest.IndexOf((byte)',');
            ReadOnlySpan<byte> item = FieldRules.Trim(comma < 0 ? rest : rest[..comma]);

            // RFC 9110 §5.6.1.2: empty list elements are skipped. A malformed one makes the whole field invalid, and then it is ignored.
            if (!item.IsEmpty)
            {
                any = true;
                if (!list.TryAdd(item))
                {
                    return RangeResult.Whole;
                }
            }

            if (comma < 0)
            {
                break;
            }

            rest = rest[(comma + 1)..];
        }

        if (!any)
        {
            return RangeResult.Whole;
        }

        if (list.Count > 0)
        {
            count = list.Count;
            return RangeResult.Partial;
        }

        // A suffix of something empty is all of it, which no Content-Range can say: it is sent whole.
        return list.HasEmptySuffix ? RangeResult.Whole : RangeResult.Unsatisfiable;
    }

    private ref struct Collector(Span<ByteRange> ranges, long length)
    {
        private readonly Span<ByteRange> _ranges = ranges;
        private ByteRange _previous;
        private int _specs;
        private int _overlaps;
        private int _reversals;

        public int Count { get; private set; }

        public bool HasEmptySuffix { get; private set; }

        /// <returns>False when the field is invalid or asks for too much.</returns>
        public bool TryAdd(ReadOnlySpan<byte> item)
        {
            int dash = item.IndexOf((byte)'-');
            if (dash < 0 || ++_specs > MaxRanges)
            {
                return false;
            }

            long first;
            long last = length - 1;
            if (dash == 0)
            {
                // RFC 9110 §14.1.2: the last so many bytes; all of them where there are fewer.
                if (!TryNumber(item[1..], out long suffix))
                {
                    return false;
                }

                HasEmptySuffix |= suffix > 0 && length == 0;
                first = suffix == 0 ? length : Math.Max(0, length - suffix);
            }
            else
            {
                if (!TryNumber(item[..dash], out first))
                {
                    return false;
                }

                if (dash < item.Length - 1)
                {
                    // RFC 9110 §14.1.1: an int-range whose last-pos is less than its first-pos is invalid.
                    if (!TryNumber(item[(dash + 1)..], out long asked) || asked < first)
                    {
                        return false;
                    }

                    last = Math.Min(last, asked);
                }
            }

            return first >= length || Take(new ByteRange(first, last - first + 1));
        }

        private bool Take(ByteRange range)
        {
            if (Count > 0)
            {
                bool overlaps = range.Offset < _previous.End && _previous.Offset < range.End;
                _overlaps += overlaps ? 1 : 0;
                _reversals += range.Offset < _previous.Offset ? 1 : 0;
                if (_overlaps > MaxOverlaps || _reversals > MaxReversals)
                {
                    return false;
                }

                if (overlaps || range.Offset == _previous.End)
                {
                    long offset = Math.Min(range.Offset, _previous.Offset);
                    range = new ByteRange(offset, Math.Max(range.End, _previous.End) - offset);
                    Count--;
                }
            }

            _previous = range;
            _ranges[Count++] = range;
            return true;
        }

        // 1*DIGIT. A number past 63 bits is as far as a number goes: it is past every file's end.
        private static bool TryNumber(ReadOnlySpan<byte> digits, out long value)
        {
            value = 0;
            if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                return false;
            }

            if (!Utf8Parser.TryParse(digits, out value, out int used) || used != digits.Length)
            {
                value = long.MaxValue;
            }

            return true;
        }
    }
}

/// <summary>What a Range field asks for.</summary>
public enum RangeResult : byte
{
    /// <summary>Everything: the field is invalid, of another unit, or asks for more than is allowed.</summary>
    Whole,

    /// <summary>The ranges that were found: 206.</summary>
    Partial,

    /// <summary>Nothing that is there: 416.</summary>
    Unsatisfiable,
}
