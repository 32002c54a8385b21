using System.Text;

namespace Roundtrip.Site.AccessLog;

/// <summary>A format of httpd's mod_log_config, ready to write lines. Immutable; shared by the loops.</summary>
public sealed class LogFormat
{
    public const string Combined = "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"";

    public const string Common = "%h %l %u %t \"%r\" %>s %b";

    // The text between the items must leave room for them in a block.
    private const int MaximumLength = 4096;

    private readonly LogItem[] _items;

    private LogFormat(LogItem[] items) => _items = items;

    /// <param name="format">A format, or the name <c>combined</c> or <c>common</c>.</param>
    /// <exception cref="FormatException">An item is unknown; the message says which.</exception>
    public static LogFormat Parse(string format) => format switch
    {
        "combined" => Parse(Combined),
        "common" => Parse(Common),
        _ => new LogFormat(new Parser(format).Parse()),
    };

    internal void Write(ref LineWriter line, in LogFacts facts)
    {
        foreach (ref readonly LogItem item in _items.AsSpan())
        {
            item.Write(ref line, facts, item.Argument);
        }

        line.Write((byte)'\n');
    }

    private sealed class Parser(string format)
    {
        private readonly List<LogItem> _items = [];
        private readonly StringBuilder _text = new();
        private int _at;

        public LogItem[] Parse()
        {
            while (_at < format.Length)
            {
                char c = format[_at++];
                if (c == '%')
                {
                    ParseItem();
                }
                else if (c == '\\' && _at < format.Length)
                {
                    _text.Append(Unescape(format[_at++]));
                }
                else
                {
                    _text.Append(c);
                }
            }

            EndText();
            return format.Length <= MaximumLength ? [.. _items] : throw new FormatException($"a log format has at most {MaximumLength} characters");
        }

        private void ParseItem()
        {
            int start = _at - 1;

            // %>s and %<s differ only after an internal redirect.
            if (_at < format.Length && format[_at] is '>' or '<')
            {
                _at++;
            }

            string? argument = null;
            if (_at < format.Length && format[_at] == '{')
            {
                int end = format.IndexOf('}', _at);
                if (end < 0)
                {
                    throw new FormatException($"'{format[start..]}' lacks its closing brace");
                }

                argument = format[(_at + 1)..end];
                _at = end + 1;
            }

            if (_at == format.Length)
            {
                throw new FormatException("a log format ends within an item: write %% for a percent sign");
            }

            char letter = format[_at++];
            Dictionary<char, LogItemWriter> table = argument is null ? LogItems.Plain : LogItems.WithArgument;
            if (!table.TryGetValue(letter, out LogItemWriter? writer))
            {
                throw new FormatException($"'{format[start.._at]}' is no item of a log format that is supported");
            }

            if (argument is not null && LogItems.Arguments.TryGetValue(letter, out string[]? allowed) && !allowed.Contains(argument))
            {
                throw new FormatException($"'{format[start.._at]}': the braces may have {string.Join(", ", allowed)}");
            }

            EndText();
            _items.Add(new LogItem(writer, Encoding.UTF8.GetBytes(argument ?? "")));
        }

        private void EndText()
        {
            if (_text.Length > 0)
            {
                _items.Add(new LogItem(LogItems.Literal, Encoding.UTF8.GetBytes(_text.ToString())));
                _text.Clear();
            }
        }

        // httpd knows \n and \t; a backslash before anything else goes with its configuration's quotes.
        private static char Unescape(char c) => c switch
        {
            'n' => '\n',
            't' => '\t',
            _ => c,
        };
    }
}
