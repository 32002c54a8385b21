namespace Roundtrip.Configuration.Expressions;

/// <summary>What an expression may use where it stands.</summary>
public sealed record ExpressionOptions
{
    /// <summary>
    /// Allows what looks at files or asks for other URLs: <c>-d -e -f -s -L -h -x -F -U -A</c>, <c>file</c>, <c>filesize</c>, <c>filemod</c>. httpd refuses some of them where it calls a context
    /// restricted; we refuse all, unless it is said, since a request's text must not choose which file is looked at.
    /// </summary>
    public bool AllowFileFunctions { get; init; }
}
