namespace Roundtrip.Site.Wsgi;

/// <summary>How Python's modules and what is in them are named.</summary>
public static class ModuleName
{
    /// <summary>Whether it is <c>package.module:object.attribute</c>, or a module alone.</summary>
    public static bool IsApplication(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(':') is { Length: 1 or 2 } parts && parts.All(IsDotted);
    }

    /// <summary>Whether it is a name, or names with dots between them.</summary>
    public static bool IsDotted(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('.').All(IsName);
    }

    // https://docs.python.org/3/reference/lexical_analysis.html#identifiers, of ASCII alone.
    private static bool IsName(string text) => text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
