using System.Globalization;
using System.Text;

namespace Roundtrip.Server.Logs;

/// <summary>The items of ErrorLogFormat: a new one is a line here. Each gives its text for a line and what stood in its braces; null for nothing.</summary>
internal static class ErrorLogItems
{
    public static readonly Dictionary<char, Func<ErrorEvent, string, string?>> All = new()
    {
        ['a'] = static (what, _) => what.Connection?.Remote.ToString() ?? what.Client,
        ['A'] = static (what, _) => what.Connection?.Local.ToString(),
        ['e'] = static (what, name) => Escaped(what.Context?.Variable(name)),

        // The number of a system's error: messages here have its text in them.
        ['E'] = static (_, _) => null,
        ['F'] = static (what, _) => what.Line == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(what.File)}({what.Line})"),
        ['i'] = static (what, name) => Escaped(what.Exchange?.Request.ListOf(name)),
        ['k'] = static (what, _) => what.Exchange?.IndexOnConnection.ToString(CultureInfo.InvariantCulture),
        ['l'] = static (what, _) => LogLevels.NameOf(what.Level),
        ['L'] = static (what, which) => which is "c" or "C" ? what.Connection?.LogId : what.Exchange?.LogId,
        ['m'] = static (what, _) => what.Module,
        ['M'] = static (what, _) => Escaped(what.Message),
        ['n'] = static (what, name) => Escaped(what.Context?.Note(name)),
        ['P'] = static (_, _) => Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        ['t'] = Time,
        ['T'] = static (_, _) => SystemThread.Id.ToString(CultureInfo.InvariantCulture),
        ['v'] = static (what, _) => Escaped(what.ServerName),
        ['V'] = static (what, _) => Escaped(what.UsesCanonicalName || what.Exchange is not { Request.Host: [_, ..] host } ? what.ServerName : Encoding.Latin1.GetString(host)),
    };

    // What a peer sent may stand in a value: a control character could forge a line, or speak to a terminal.
    private static string? Escaped(string? text)
    {
        if (text is null || !text.Any(char.IsControl))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            _ = char.IsControl(c) ? escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : escaped.Append(c);
        }

        return escaped.ToString();
    }

    // u: with microseconds; c: compact, as ISO 8601 has it.
    private static string Time(ErrorEvent what, string how)
    {
        bool isCompact = how.Contains('c', StringComparison.Ordinal);
        bool isFine = how.Contains('u', StringComparison.Ordinal);
        string format = (isCompact, isFine) switch
        {
            (true, true) => "yyyy-MM-dd HH:mm:ss.ffffff",
            (true, false) => "yyyy-MM-dd HH:mm:ss",
            (false, true) => "ddd MMM dd HH:mm:ss.ffffff yyyy",
            _ => "ddd MMM dd HH:mm:ss yyyy",
        };
        return what.Time.ToString(format, CultureInfo.InvariantCulture);
    }
}
