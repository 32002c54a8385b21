using System.Text;

namespace Roundtrip.Configuration.Syntax;

/// <summary>A line with those that continue it, without the white space around it.</summary>
/// <param name="IsTooLong">It is longer than is allowed; the text is empty then.</param>
internal readonly record struct LogicalLine(string Text, SourcePosition Position, bool IsTooLong = false)
{
    /// <summary>True for what httpd passes over: nothing, or a comment, which may be continued too.</summary>
    public bool IsBlank => Text.Length == 0 ? !IsTooLong : Text[0] == '#';
}

/// <summary>
/// Reads a file's lines as <c>ap_cfg_getline</c> does: LF or CRLF ends a line, <c>\</c> just before that joins the next line to it. A <c>\</c> at the end of the file stays.
/// </summary>
internal sealed class LogicalLines(string file, string text, int maximum) : ILineSource
{
    private int _at;
    private int _line;

    public bool TryNext(out LogicalLine line)
    {
        line = default;
        if (_at >= text.Length)
        {
            return false;
        }

        var position = new SourcePosition(file, _line + 1);
        ReadOnlySpan<char> first = Physical(out bool isContinued);
        long length = first.Length;
        if (!isContinued)
        {
            line = Make(first.ToString(), length, position);
            return true;
        }

        var whole = new StringBuilder().Append(first);
        while (isContinued && _at < text.Length)
        {
            ReadOnlySpan<char> next = Physical(out isContinued);
            length += next.Length;
            if (length <= maximum)
            {
                whole.Append(next);
            }
        }

        line = Make(whole.ToString(), length, position);
        return true;
    }

    private LogicalLine Make(string whole, long length, SourcePosition position) =>
        length > maximum ? new LogicalLine("", position, IsTooLong: true) : new LogicalLine(Words.Trim(whole), position);

    private ReadOnlySpan<char> Physical(out bool isContinued)
    {
        _line++;
        ReadOnlySpan<char> rest = text.AsSpan(_at);
        int end = rest.IndexOf('\n');
        isContinued = false;
        if (end < 0)
        {
            _at = text.Length;
            return rest;
        }

        _at += end + 1;
        ReadOnlySpan<char> line = rest[..end];
        line = line.EndsWith('\r') ? line[..^1] : line;
        isContinued = line.EndsWith('\\');
        return isContinued ? line[..^1] : line;
    }
}
