namespace Roundtrip.Tools.Names;

/// <summary>A name that somebody else chose, so that it can be shown: a PTR record may hold any bytes, a terminal's commands among them.</summary>
public static class SafeName
{
    // RFC 1035 section 2.3.4.
    private const int Longest = 255;

    /// <returns>The name with a question mark for each character that no host's name has (RFC 952, RFC 1123; the underscore is used all the same); null if nothing is left.</returns>
    public static string? Of(string? name) => string.IsNullOrEmpty(name) || name.Length > Longest
        ? null
        : string.Concat(name.TrimEnd('.').Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' ? character : '?')) is { Length: > 0 } safe ? safe : null;
}
