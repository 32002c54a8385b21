using Roundtrip.Core;

namespace Roundtrip.Http.Http1;

/// <summary>RFC 9112 section 5: <c>field-name ":" OWS field-value OWS</c>, in heads and trailers, of requests and responses.</summary>
internal static class FieldLine
{
    /// <summary>Takes a line apart that <see cref="LineScanner"/> found: it has no control character but HTAB.</summary>
    /// <param name="text">The line, not empty.</param>
    /// <param name="offset">Where the line begins in its section: the slices count from the section's first byte.</param>
    /// <param name="isFirst">Whether it is the section's first line.</param>
    /// <returns><see cref="EndReason.None"/>, or what is wrong.</returns>
    public static EndReason Parse(ReadOnlySpan<byte> text, int offset, bool isFirst, out Slice name, out Slice value)
    {
        int colon = text.IndexOfAnyExcept(FieldRules.TokenBytes);
        if (colon <= 0 || text[colon] != (byte)':')
        {
            name = value = default;
            return WhatIsWrong(text, colon, isFirst);
        }

        int begin = colon + 1;
        int end = text.Length;
        while (begin < end && text[begin] is (byte)' ' or (byte)'\t')
        {
            begin++;
        }

        while (end > begin && text[end - 1] is (byte)' ' or (byte)'\t')
        {
            end--;
        }

        name = new Slice(offset, colon);
        value = new Slice(offset + begin, end - begin);
        return EndReason.None;
    }

    /// <summary>The reason for a control character in a line, of which <paramref name="before"/> is what stands before it.</summary>
    public static EndReason ForControlCharacter(ReadOnlySpan<byte> before) =>
        before.Contains((byte)':') ? EndReason.InvalidFieldValue : EndReason.InvalidFieldName;

    private static EndReason WhatIsWrong(ReadOnlySpan<byte> text, int at, bool isFirst)
    {
        if (text[0] is (byte)' ' or (byte)'\t')
        {
            // RFC 9112 §2.2 for the first line, §5.2 for the others: reject, never unfold, since the next hop may not.
            return isFirst ? EndReason.WhitespaceBeforeFirstField : EndReason.ObsoleteLineFolding;
        }

        int colon = text.IndexOf((byte)':');
        if (colon < 0)
        {
            return EndReason.MissingColon;
        }

        // RFC 9112 §5.1: no white space between name and colon; a server MUST answer 400.
        return at > 0 && text[at..colon].Trim(" \t"u8).IsEmpty ? EndReason.WhitespaceBeforeColon : EndReason.InvalidFieldName;
    }
}
