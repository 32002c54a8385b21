namespace Roundtrip.Configuration;

/// <summary>Where something stands.</summary>
/// <param name="File">A path; within a macro, as httpd says it: <c>macro 'x' (defined on line 3 of "a.conf") used on line 7 of "b.conf"</c>.</param>
/// <param name="Line">
/// Its number, from 1: the first one of a line that is continued. Deviates: httpd names the last one, which is not where a reader looks.
/// </param>
public readonly record struct SourcePosition(string File, int Line)
{
    public override string ToString() => $"{File}:{Line}";
}
