namespace Roundtrip.Configuration.Expressions;

/// <summary>What an expression asks while it is evaluated. Null stands for what is not there, and reads as an empty text.</summary>
public interface IExpressionContext
{
    /// <summary>A variable of <see cref="ExpressionVariables"/>, by its name in capitals. <c>-R</c> asks for REMOTE_ADDR.</summary>
    string? Variable(string name);

    /// <param name="varies">Whether the answer depends on it, so that the field's name belongs into Vary: false for <c>req_novary</c>.</param>
    string? RequestHeader(string name, bool varies);

    string? ResponseHeader(string name);

    /// <summary>The environment of the request: <c>reqenv</c>.</summary>
    string? RequestEnvironment(string name);

    string? Note(string name);

    /// <summary>The environment of the server: <c>osenv</c>.</summary>
    string? ServerEnvironment(string name);

    /// <summary>A function that gives a list, such as mod_ssl's PeerExtList.</summary>
    IReadOnlyList<string> List(string name, string argument);

    /// <summary>What is at a path; null for nothing. Asked only with <see cref="ExpressionOptions.AllowFileFunctions"/>, as all that follows.</summary>
    ExpressionFile? File(string path);

    /// <summary>A file's text; null when it cannot be read or has more than <paramref name="maximum"/> characters.</summary>
    string? ReadFile(string path, int maximum);

    /// <summary><c>-U</c> and <c>-A</c>: whether a request for that URL path would be answered with less than 400.</summary>
    bool IsUrlAccessible(string url);

    /// <summary><c>-F</c>: whether the file is there and would be served.</summary>
    bool IsFileAccessible(string path);
}

/// <summary>What is at a path.</summary>
/// <param name="IsLink">The path itself is a symbolic link; the rest is about what it leads to.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Modified">In microseconds since 1970, as APR counts time.</param>
public readonly record struct ExpressionFile(bool IsRegular, bool IsDirectory, bool IsLink, bool IsExecutable, long Size, long Modified);
