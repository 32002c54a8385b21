using System.Buffers;

namespace Roundtrip.Http;

/// <summary>Which bytes may stand where in a message (RFC 9110 section 5, RFC 3986 section 2).</summary>
public static class FieldRules
{
    /// <summary>RFC 9110 section 5.6.2: tchar.</summary>
    internal static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>RFC 9110 section 5.5: everything but VCHAR, obs-text, SP and HTAB.</summary>
    internal static readonly SearchValues<byte> ForbiddenInValue = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    public static bool IsToken(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && !bytes.ContainsAnyExcept(TokenBytes);

    public static bool IsValue(ReadOnlySpan<byte> bytes) => !bytes.ContainsAny(ForbiddenInValue);

    /// <summary>Strips SP and HTAB from both ends: RFC 9110 section 5.6.3, OWS.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> bytes) => bytes.Trim(" \t"u8);
}
