using System.Buffers;

namespace Roundtrip.Http.StructuredFields;

/// <summary>
/// The parsing algorithms of RFC 9651 section 4.2 over what is left of a field. Each returns false where the section says that parsing fails, and the scanner is good for
/// nothing then. This file has what items are in; Scanner.Items.cs has the items.
/// </summary>
internal ref partial struct Scanner(ReadOnlySpan<byte> field)
{
    private static readonly SearchValues<byte> KeyBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.*"u8);

    private ReadOnlySpan<byte> _rest = field;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    private readonly byte First => _rest.IsEmpty ? (byte)0 : _rest[0];

    public static bool IsKey(ReadOnlySpan<byte> key) =>
        !key.IsEmpty && key[0] is (>= (byte)'a' and <= (byte)'z') or (byte)'*' && !key.ContainsAnyExcept(KeyBytes);

    /// <summary>Goes over spaces, but not tabs.</summary>
    public void SkipSpaces() => _rest = _rest.TrimStart((byte)' ');

    /// <summary>§4.2.1 and §4.2.2: what stands between two members, once a member was read.</summary>
    /// <returns>False where a comma is missing, or nothing follows it.</returns>
    public bool TryEndMember()
    {
        _rest = _rest.TrimStart(" \t"u8);
        if (_rest.IsEmpty)
        {
            return true;
        }

        if (!TryTake((byte)','))
        {
            return false;
        }

        _rest = _rest.TrimStart(" \t"u8);
        return !_rest.IsEmpty;
    }

    /// <summary>§4.2.2: a key, and its value, which is the Boolean true where there is none.</summary>
    public bool TryDictionaryMember(out Member member)
    {
        member = default;
        if (!TryKey(out ReadOnlySpan<byte> key))
        {
            return false;
        }

        if (TryTake((byte)'='))
        {
            return TryMember(key, out member);
        }

        if (!TryParameters(out Parameters parameters))
        {
            return false;
        }

        member = Member.OfItem(key, new Item(BareItem.OfBoolean(true), parameters));
        return true;
    }

    /// <summary>§4.2.1.1: an item or an inner list.</summary>
    public bool TryMember(ReadOnlySpan<byte> key, out Member member)
    {
        member = default;
        if (First == '(')
        {
            if (!TryInnerList(out ReadOnlySpan<byte> items) || !TryParameters(out Parameters parameters))
            {
                return false;
            }

            member = Member.OfInnerList(key, new InnerList(items, parameters));
            return true;
        }

        if (!TryItem(out Item item))
        {
            return false;
        }

        member = Member.OfItem(key, item);
        return true;
    }

    /// <summary>§4.2.3.</summary>
    public bool TryItem(out Item item)
    {
        item = default;
        if (!TryBareItem(out BareItem value) || !TryParameters(out Parameters parameters))
        {
            return false;
        }

        item = new Item(value, parameters);
        return true;
    }

    /// <summary>§4.2.3.2: one parameter, of which the semicolon is the first byte left.</summary>
    public bool TryParameter(out Parameter parameter)
    {
        parameter = default;
        _rest = _rest[1..];
        SkipSpaces();
        if (!TryKey(out ReadOnlySpan<byte> key))
        {
            return false;
        }

        BareItem value = BareItem.OfBoolean(true);
        if (TryTake((byte)'=') && !TryBareItem(out value))
        {
            return false;
        }

        parameter = new Parameter(key, value);
        return true;
    }

    private bool TryParameters(out Parameters parameters)
    {
        ReadOnlySpan<byte> before = _rest;
        while (First == ';')
        {
            if (!TryParameter(out _))
            {
                parameters = default;
                return false;
            }
        }

        parameters = new Parameters(before[..^_rest.Length]);
        return true;
    }

    // §4.2.1.2. The items are what stands between the parentheses, without the spaces at both ends.
    private bool TryInnerList(out ReadOnlySpan<byte> items)
    {
        items = default;
        _rest = _rest[1..];
        SkipSpaces();
        ReadOnlySpan<byte> before = _rest;
        while (!_rest.IsEmpty)
        {
            if (First == ')')
            {
                items = before[..^_rest.Length].TrimEnd((byte)' ');
                _rest = _rest[1..];
                return true;
            }

            if (!TryItem(out _) || First is not ((byte)' ' or (byte)')'))
            {
                return false;
            }

            SkipSpaces();
        }

        return false;
    }

    // §4.2.3.3.
    private bool TryKey(out ReadOnlySpan<byte> key)
    {
        int length = _rest.IndexOfAnyExcept(KeyBytes);
        key = length < 0 ? _rest : _rest[..length];
        _rest = _rest[key.Length..];
        return IsKey(key);
    }

    private bool TryTake(byte expected)
    {
        if (First != expected)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }
}
