namespace Roundtrip.Site.Core;

/// <summary>What an ErrorDocument answers with.</summary>
/// <param name="Kind">Text, a path of this site, or another site's address.</param>
/// <param name="Value">The text, the path or the address; empty for the built-in page.</param>
public sealed record ErrorDocument(ErrorDocumentKind Kind, string Value)
{
    public static readonly ErrorDocument BuiltIn = new(ErrorDocumentKind.BuiltIn, "");

    /// <summary>httpd: what begins with a slash is a path, what is an absolute URL is a redirect, <c>default</c> is the built-in page, all else is text.</summary>
    public static ErrorDocument Parse(string value) => value switch
    {
        _ when value.Equals("default", StringComparison.OrdinalIgnoreCase) => BuiltIn,
        ['/', ..] => new ErrorDocument(ErrorDocumentKind.Path, value),
        _ when IsUrl(value) => new ErrorDocument(ErrorDocumentKind.Redirect, value),

        // A quote at the beginning alone was the way to write text in httpd 1.3.
        ['"', ..] => new ErrorDocument(ErrorDocumentKind.Text, value[1..]),
        _ => new ErrorDocument(ErrorDocumentKind.Text, value),
    };

    // ap_is_url: a scheme of letters and digits, a colon and two slashes.
    private static bool IsUrl(string value)
    {
        int colon = value.IndexOf("://", StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(value[0]) && value.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0;
    }

    private static readonly System.Buffers.SearchValues<char> SchemeCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");
}

public enum ErrorDocumentKind : byte
{
    BuiltIn,
    Text,
    Path,
    Redirect,
}
