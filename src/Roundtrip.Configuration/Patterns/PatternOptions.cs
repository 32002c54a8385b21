namespace Roundtrip.Configuration.Patterns;

/// <summary>The flags of a regular expression, as in <c>m#…#i</c>. Dot matches a line's end and <c>$</c> the very end only, as httpd's RegexDefaultOptions say.</summary>
[Flags]
public enum PatternOptions
{
    None = 0,

    /// <summary><c>i</c>, <c>[NC]</c>: letters match without regard to case, by the invariant culture.</summary>
    IgnoreCase = 1,

    /// <summary><c>m</c>: <c>^</c> and <c>$</c> match at each line's begin and end.</summary>
    Multiline = 2,
}
