using System.Buffers;

namespace Roundtrip.Http.StructuredFields;

/// <summary>RFC 9651 section 4.2.3.1: the eight kinds of bare items, told apart by their first byte.</summary>
internal ref partial struct Scanner
{
    private const int MostIntegerDigits = 15;
    private const int MostDecimalDigits = 12;
    private const int MostFractionDigits = 3;

    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~:/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>The printable ASCII but the quote and what escapes.</summary>
    private static readonly SearchValues<byte> PlainStringBytes = SearchValues.Create(Printable("\"\\"u8));

    private static readonly SearchValues<byte> DisplayStringBytes = SearchValues.Create(Printable("\""u8));

    public static bool IsToken(ReadOnlySpan<byte> token) =>
        !token.IsEmpty && (char.IsAsciiLetter((char)token[0]) || token[0] == '*') && !token.ContainsAnyExcept(TokenBytes);

    private bool TryBareItem(out BareItem item)
    {
        switch (First)
        {
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                return TryNumber(out item);
            case (byte)'"':
                return TryString(out item);
            case (byte)'*' or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z'):
                int length = _rest.IndexOfAnyExcept(TokenBytes);
                item = BareItem.OfText(ItemKind.Token, Take(length < 0 ? _rest.Length : length));
                return true;
            case (byte)':':
                return TryByteSequence(out item);
            case (byte)'?':
                return TryBoolean(out item);
            case (byte)'@':
                return TryDate(out item);
            case (byte)'%':
                return TryDisplayString(out item);
            default:
                item = default;
                return false;
        }
    }

    // §4.2.4: at most fifteen digits, or twelve before the point and one to three behind it.
    private bool TryNumber(out BareItem item)
    {
        item = default;
        int sign = TryTake((byte)'-') ? -1 : 1;
        ReadOnlySpan<byte> whole = TakeDigits();
        if (whole.IsEmpty || whole.Length > MostIntegerDigits)
        {
            return false;
        }

        if (!TryTake((byte)'.'))
        {
            item = BareItem.OfNumber(ItemKind.Integer, sign * Value(whole));
            return true;
        }

        ReadOnlySpan<byte> fraction = TakeDigits();
        if (whole.Length > MostDecimalDigits || fraction.IsEmpty || fraction.Length > MostFractionDigits)
        {
            return false;
        }

        long thousandths = Value(fraction) * (fraction.Length switch { 1 => 100, 2 => 10, _ => 1 });
        item = BareItem.OfNumber(ItemKind.Decimal, sign * ((Value(whole) * 1000) + thousandths));
        return true;
    }

    // §4.2.5: a backslash stands before a quote or a backslash, and before nothing else.
    private bool TryString(out BareItem item)
    {
        item = default;
        int at = 1;
        while (true)
        {
            int plain = _rest[at..].IndexOfAnyExcept(PlainStringBytes);
            at += plain;
            if (plain < 0)
            {
                return false;
            }

            if (_rest[at] == '"')
            {
                item = BareItem.OfText(ItemKind.String, Take(at + 1)[1..^1]);
                return true;
            }

            if (_rest[at] != '\\' || at + 1 == _rest.Length || _rest[at + 1] is not ((byte)'"' or (byte)'\\'))
            {
                return false;
            }

            at += 2;
        }
    }

    // §4.2.7.
    private bool TryByteSequence(out BareItem item)
    {
        item = default;
        int length = _rest[1..].IndexOf((byte)':');
        if (length < 0)
        {
            return false;
        }

        item = BareItem.OfText(ItemKind.ByteSequence, Take(length + 2)[1..^1]);
        return Base64Text.IsValid(item.Raw);
    }

    // §4.2.8.
    private bool TryBoolean(out BareItem item)
    {
        item = default;
        if (_rest.Length < 2 || _rest[1] is not ((byte)'0' or (byte)'1'))
        {
            return false;
        }

        item = BareItem.OfBoolean(Take(2)[1] == '1');
        return true;
    }

    // §4.2.9: an Integer behind the sign; a Decimal is no date.
    private bool TryDate(out BareItem item)
    {
        Take(1);
        bool isDate = TryNumber(out item) && item.Kind == ItemKind.Integer;
        item = isDate ? BareItem.OfNumber(ItemKind.Date, item.Number) : default;
        return isDate;
    }

    // §4.2.10. An escaped quote is %22, so that the first quote ends it.
    private bool TryDisplayString(out BareItem item)
    {
        item = default;
        if (_rest.Length < 3 || _rest[1] != '"')
        {
            return false;
        }

        int length = _rest[2..].IndexOfAnyExcept(DisplayStringBytes);
        if (length < 0 || _rest[2 + length] != '"')
        {
            return false;
        }

        item = BareItem.OfText(ItemKind.DisplayString, Take(length + 3)[2..^1]);
        return Escapes.IsDisplayString(item.Raw);
    }

    private ReadOnlySpan<byte> TakeDigits()
    {
        int length = _rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return Take(length < 0 ? _rest.Length : length);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static long Value(ReadOnlySpan<byte> digits)
    {
        long value = 0;
        foreach (byte digit in digits)
        {
            value = (value * 10) + (digit - '0');
        }

        return value;
    }

    private static byte[] Printable(ReadOnlySpan<byte> without)
    {
        var bytes = new List<byte>();
        for (byte value = 0x20; value < 0x7F; value++)
        {
            if (!without.Contains(value))
            {
                bytes.Add(value);
            }
        }

        return [.. bytes];
    }
}
