using System.Text;
using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Loading;

/// <summary>A macro: its lines as they are written, and the names in them that stand for arguments.</summary>
internal sealed record Macro(string Name, SourcePosition Position, IReadOnlyList<string> Parameters, IReadOnlyList<string> Lines)
{
    // A macro that is defined and used in a macro has that one's place twice in its own: it would double with each.
    private const int LongestFile = 200;

    /// <summary>As mod_macro names it in what it reports.</summary>
    public string Location => $"macro '{Name}' (defined on line {Position.Line} of \"{ShortFile}\")";

    private string ShortFile => Position.File.Length <= LongestFile ? Position.File : Position.File[..LongestFile] + "...";

    /// <summary>
    /// A line with the arguments in the places of their parameters, in one pass: an argument is not looked into. Of several parameters that begin at the same place the longest counts. The
    /// argument of a parameter that begins with <c>@</c> is put in quotes.
    /// </summary>
    /// <returns>Null when the result is longer than <paramref name="maximum"/>.</returns>
    public string? Substitute(string line, IReadOnlyList<string> arguments, int maximum)
    {
        var result = new StringBuilder();
        for (int at = 0; at < line.Length;)
        {
            int chosen = ParameterAt(line, at);
            if (chosen < 0)
            {
                result.Append(line[at++]);
            }
            else
            {
                string parameter = Parameters[chosen];
                result.Append(parameter[0] == '@' ? Quote(arguments[chosen]) : arguments[chosen]);
                at += parameter.Length;
            }

            if (result.Length > maximum)
            {
                return null;
            }
        }

        return result.ToString();
    }

    private int ParameterAt(string line, int at)
    {
        int chosen = -1;
        for (int i = 0; i < Parameters.Count; i++)
        {
            if ((chosen < 0 || Parameters[i].Length > Parameters[chosen].Length) && line.AsSpan(at).StartsWith(Parameters[i]))
            {
                chosen = i;
            }
        }

        return chosen;
    }

    private static string Quote(string argument) =>
        $"\"{argument.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}

/// <summary>The lines of a macro that is used.</summary>
/// <param name="where">The file of the lines' positions.</param>
internal sealed class MacroLines(string where, IReadOnlyList<string> lines) : ILineSource
{
    private int _at;

    public bool TryNext(out LogicalLine line)
    {
        line = default;
        if (_at == lines.Count)
        {
            return false;
        }

        line = new LogicalLine(Words.Trim(lines[_at]), new SourcePosition(where, ++_at));
        return true;
    }
}
