namespace Roundtrip.Http.StructuredFields;

/// <summary>
/// Parses a field's value as one of RFC 9651's three types (section 4.2). A field fails or succeeds as a whole, so it is gone over once before the first value is handed out;
/// what is handed out borrows its bytes and cannot fail any more. Nothing is allocated. Where a field came on several lines, they are joined with commas first (section 4.2).
/// </summary>
public static class StructuredField
{
    /// <summary>Section 4.2.1.</summary>
    /// <returns>False when the value is no List; the field then counts as absent.</returns>
    public static bool TryParseList(ReadOnlySpan<byte> value, out Members list) => TryParse(value, haveKeys: false, out list);

    /// <summary>Section 4.2.2.</summary>
    /// <returns>False when the value is no Dictionary; the field then counts as absent.</returns>
    public static bool TryParseDictionary(ReadOnlySpan<byte> value, out Members dictionary) => TryParse(value, haveKeys: true, out dictionary);

    /// <summary>Section 4.2.3.</summary>
    /// <returns>False when the value is no Item; the field then counts as absent.</returns>
    public static bool TryParseItem(ReadOnlySpan<byte> value, out Item item)
    {
        var scanner = new Scanner(value.Trim((byte)' '));
        if (scanner.TryItem(out item) && scanner.IsAtEnd)
        {
            return true;
        }

        item = default;
        return false;
    }

    private static bool TryParse(ReadOnlySpan<byte> value, bool haveKeys, out Members members)
    {
        members = default;
        value = value.Trim((byte)' ');
        var scanner = new Scanner(value);
        while (!scanner.IsAtEnd)
        {
            if (!(haveKeys ? scanner.TryDictionaryMember(out _) : scanner.TryMember(default, out _)) || !scanner.TryEndMember())
            {
                return false;
            }
        }

        members = new Members(value, haveKeys);
        return true;
    }
}
