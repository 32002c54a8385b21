namespace Roundtrip.Http;

/// <summary>Entity tags in If-Match, If-None-Match and If-Range (RFC 9110 section 8.8.3).</summary>
public static class EntityTags
{
    public static bool IsWeak(ReadOnlySpan<byte> tag) => tag.StartsWith("W/"u8);

    /// <summary>RFC 9110 §8.8.3.2: strong comparison. Both are strong and the same.</summary>
    public static bool EqualsStrongly(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => !IsWeak(left) && left.SequenceEqual(right);

    /// <summary>RFC 9110 §8.8.3.2: weak comparison. The opaque tags are the same.</summary>
    public static bool EqualsWeakly(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => Opaque(left).SequenceEqual(Opaque(right));

    /// <summary>
    /// Whether a list (<c>#entity-tag</c>, or <c>*</c>) has the tag of a representation that exists. What is malformed in it, and all behind that,
    /// matches nothing.
    /// </summary>
    public static bool ListMatches(ReadOnlySpan<byte> list, ReadOnlySpan<byte> tag, bool strongly)
    {
        if (FieldRules.Trim(list).SequenceEqual("*"u8))
        {
            return true;
        }

        while (true)
        {
            list = list.TrimStart(" \t,"u8);
            int length = LengthOfTag(list);
            if (length == 0)
            {
                return false;
            }

            ReadOnlySpan<byte> candidate = list[..length];
            if (strongly ? EqualsStrongly(candidate, tag) : EqualsWeakly(candidate, tag))
            {
                return true;
            }

            list = list[length..].TrimStart(" \t"u8);
            if (list.IsEmpty || list[0] != ',')
            {
                return false;
            }
        }
    }

    // A comma may stand within the quotes. 0 where there is no tag.
    private static int LengthOfTag(ReadOnlySpan<byte> text)
    {
        int quote = IsWeak(text) ? 2 : 0;
        if (text.Length <= quote || text[quote] != '"')
        {
            return 0;
        }

        int closing = text[(quote + 1)..].IndexOf((byte)'"');
        return closing < 0 ? 0 : quote + closing + 2;
    }

    private static ReadOnlySpan<byte> Opaque(ReadOnlySpan<byte> tag) => IsWeak(tag) ? tag[2..] : tag;
}
