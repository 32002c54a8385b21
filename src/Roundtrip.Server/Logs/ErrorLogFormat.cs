using System.Globalization;
using System.Text;

namespace Roundtrip.Server.Logs;

/// <summary>
/// ErrorLogFormat: fields, each a text with items, divided by blanks. A field of which an item has nothing to say is left out with the blank before it. Immutable.
/// </summary>
public sealed class ErrorLogFormat
{
    /// <summary>What httpd writes where nothing is said. Deviates: it has the number of an APR error too, which nothing here has.</summary>
    public static readonly ErrorLogFormat Default = Parse("[%{u}t] [%-m:%l] [pid %P:tid %T] %7F: [client\\ %a] %M% ,\\ referer:\\ %{Referer}i");

    /// <summary>The same for syslog, which has the time itself.</summary>
    public static readonly ErrorLogFormat DefaultForSyslog = Parse("[%-m:%l] [pid %P:tid %T] %7F: [client\\ %a] %M% ,\\ referer:\\ %{Referer}i");

    private readonly Item[] _items;

    private ErrorLogFormat(Item[] items) => _items = items;

    /// <exception cref="FormatException">An item is unknown; the message says which.</exception>
    public static ErrorLogFormat Parse(string format) => new([.. new Parser(format).Parse()]);

    /// <returns>The line without its end; empty where an item that must be there (<c>%+</c>) is not.</returns>
    internal string Write(in ErrorEvent what)
    {
        var line = new StringBuilder(160);
        int field = 0;
        bool isLeftOut = false;
        foreach (Item item in _items)
        {
            if (item.BeginsField)
            {
                field = isLeftOut ? field : line.Length;
                isLeftOut = false;
            }

            // The message is never left out, whatever else its field has.
            if (isLeftOut && !item.IsMessage)
            {
                continue;
            }

            string? text = item.LeastLevel > (int)what.Level ? null : item.Write(what, item.Argument);
            if (!string.IsNullOrEmpty(text))
            {
                line.Append(text);
            }
            else if (item.IsRequired)
            {
                return "";
            }
            else if (item.HasDash && item.LeastLevel <= (int)what.Level)
            {
                line.Append('-');
            }
            else if (!item.IsMessage)
            {
                line.Length = field;
                isLeftOut = true;
            }
        }

        return line.Length > 0 && line[0] == ' ' ? line.ToString(1, line.Length - 1) : line.ToString();
    }

    private readonly record struct Item(Func<ErrorEvent, string, string?> Write, string Argument)
    {
        public bool BeginsField { get; init; }

        public bool IsRequired { get; init; }

        public bool HasDash { get; init; }

        public bool IsMessage { get; init; }

        public int LeastLevel { get; init; }
    }

    private sealed class Parser(string format)
    {
        private int _at;

        public IEnumerable<Item> Parse()
        {
            while (_at < format.Length)
            {
                yield return Next();
            }
        }

        private Item Next()
        {
            bool beginsField = format[_at] == ' ';

            // "% " divides fields and writes nothing.
            if (format[_at] == '%' && _at + 1 < format.Length && format[_at + 1] == ' ')
            {
                _at += 2;
                return _at == format.Length ? Literal("", true) : Next() with { BeginsField = true };
            }

            if (format[_at] != '%')
            {
                return Literal(ReadText(), beginsField);
            }

            if (_at + 1 < format.Length && format[_at + 1] == '%')
            {
                _at += 2;
                return Literal("%", false);
            }

            return ReadItem();
        }

        private static Item Literal(string text, bool beginsField) => new(static (_, text) => text, text) { BeginsField = beginsField };

        // Up to the next item, or the next blank that is not the first.
        private string ReadText()
        {
            var text = new StringBuilder();
            for (bool isFirst = true; _at < format.Length && format[_at] != '%' && (format[_at] != ' ' || isFirst); isFirst = false)
            {
                char c = format[_at++];
                if (c == '\\' && _at < format.Length)
                {
                    char escaped = format[_at++];
                    c = escaped switch
                    {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        _ => escaped,
                    };
                }

                text.Append(c);
            }

            return text.ToString();
        }

        private Item ReadItem()
        {
            int start = _at++;
            var item = new Item(static (_, _) => null, "");
            for (; _at < format.Length; _at++)
            {
                char c = format[_at];
                switch (c)
                {
                    case '{':
                        int end = format.IndexOf('}', _at);
                        if (end < 0)
                        {
                            throw new FormatException($"'{format[start..]}' lacks its closing brace");
                        }

                        item = item with { Argument = format[(_at + 1)..end] };
                        _at = end;
                        break;
                    case '+':
                        item = item with { IsRequired = true };
                        break;
                    case '-':
                        item = item with { HasDash = true };
                        break;
                    case >= '0' and <= '9':
                        item = item with { LeastLevel = ParseLevel() };
                        break;
                    default:
                        _at++;
                        return ErrorLogItems.All.TryGetValue(c, out Func<ErrorEvent, string, string?>? write)
                            ? item with { Write = write, IsMessage = c == 'M' }
                            : throw new FormatException($"Unrecognized error log format directive %{c}");
                }
            }

            throw new FormatException("Ran off end of error log format parsing args to some directive");
        }

        private int ParseLevel()
        {
            int end = _at;
            while (end < format.Length && char.IsAsciiDigit(format[end]))
            {
                end++;
            }

            int level = int.TryParse(format.AsSpan(_at, end - _at), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new FormatException($"'{format[_at..end]}' is no level");
            _at = end - 1;
            return level;
        }
    }
}
