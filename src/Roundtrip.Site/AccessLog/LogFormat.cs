using System.Globalization;
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
    private readonly LogText _end;
    private readonly bool _hasOriginals;

    private LogFormat(LogItem[] items, LogText end, bool needsTimestamps, bool needsTrailers)
    {
        (_items, _end, NeedsTimestamps, NeedsTrailers) = (items, end, needsTimestamps, needsTrailers);
        _hasOriginals = items.Any(item => item.IsOfOriginal);
    }

    /// <summary>Whether an item takes times in microseconds, which are kept for who asks only.</summary>
    public bool NeedsTimestamps { get; }

    /// <summary>Whether an item takes trailers of requests, which are kept for who asks only.</summary>
    public bool NeedsTrailers { get; }

    /// <param name="format">A format, or the name <c>combined</c>, <c>common</c> or <c>CLF</c>.</param>
    /// <exception cref="FormatException">An item is unknown; the message says which.</exception>
    public static LogFormat Parse(string format) => format switch
    {
        "combined" => Parse(Combined),
        "common" or "CLF" => Parse(Common),
        _ => new Parser(format).Parse(),
    };

    internal void Write(ref LineWriter line, in LogFacts facts)
    {
        LogFacts original = _hasOriginals ? facts.Original : facts;
        foreach (ref readonly LogItem item in _items.AsSpan())
        {
            line.Write(item.Before);
            if (item.IsFor(facts.Exchange.Status))
            {
                item.Write(ref line, item.IsOfOriginal ? ref original : ref facts);
            }
            else
            {
                line.Write((byte)'-');
            }
        }

        line.Write(_end);
    }

    private sealed class Parser(string format)
    {
        private readonly List<LogItem> _items = [];
        private readonly StringBuilder _text = new();
        private bool _needsTimestamps;
        private bool _needsTrailers;
        private int _at;

        public LogFormat Parse()
        {
            while (_at < format.Length)
            {
                char c = format[_at++];
                if (c == '%')
                {
                    ParseItem();
                }
                else if (c == '\\' && _at < format.Length && format[_at] is '\\' or 'n' or 'r' or 't')
                {
                    _text.Append(Unescape(format[_at++]));
                }
                else
                {
                    _text.Append(c);
                }
            }

            _text.Append('\n');
            return format.Length <= MaximumLength
                ? new LogFormat([.. _items], TakeText(), _needsTimestamps, _needsTrailers)
                : throw new FormatException($"a log format has at most {MaximumLength} characters");
        }

        // What may stand between the percent sign and the item's letter, in any order and as httpd reads it: ! < > { } and statuses.
        private void ParseItem()
        {
            int start = _at - 1;
            if (_at < format.Length && format[_at] == '%')
            {
                _at++;
                _text.Append('%');
                return;
            }

            string braces = "";
            bool isExcept = false;
            bool? isOfOriginal = null;
            var statuses = new List<int>();
            for (; _at < format.Length; _at++)
            {
                switch (format[_at])
                {
                    case '!':
                        isExcept = !isExcept;
                        break;

                    // They differ after an internal redirect to an error document.
                    case '<' or '>':
                        isOfOriginal = format[_at] == '<';
                        break;
                    case ',':
                        break;
                    case '{':
                        int end = format.IndexOf('}', _at);
                        if (end < 0)
                        {
                            throw new FormatException($"'{format[start..]}' lacks its closing brace");
                        }

                        braces = format[(_at + 1)..end];
                        _at = end;
                        break;
                    case >= '0' and <= '9':
                        statuses.Add(ParseStatus());
                        break;
                    default:
                        Add(start, braces, [.. statuses], isExcept, isOfOriginal);
                        return;
                }
            }

            throw new FormatException("Ran off end of LogFormat parsing args to some directive: write %% for a percent sign");
        }

        private int ParseStatus()
        {
            int end = _at;
            while (end < format.Length && char.IsAsciiDigit(format[end]))
            {
                end++;
            }

            int status = int.TryParse(format.AsSpan(_at, end - _at), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new FormatException($"'{format[_at..end]}' is no status");
            _at = end - 1;
            return status;
        }

        private void Add(int start, string braces, int[] statuses, bool isExcept, bool? isOfOriginal)
        {
            const int CaretName = 3;
            string name = format[_at] == '^' && format.Length - _at >= CaretName ? format.Substring(_at, CaretName) : format[_at].ToString();
            _at += name.Length;
            if (!LogItems.All.TryGetValue(name, out LogItemKind kind))
            {
                throw new FormatException($"Unrecognized LogFormat directive '{format[start.._at]}'");
            }

            if (kind.IsNothing)
            {
                _text.Append('-');
                return;
            }

            _items.Add(new LogItem(TakeText(), kind.Make(braces), statuses, isExcept, isOfOriginal ?? kind.IsOfOriginal));
            _needsTimestamps |= kind.NeedsTimestamps(braces);
            _needsTrailers |= kind.NeedsTrailers;
        }

        private LogText TakeText()
        {
            var text = new LogText(Encoding.UTF8.GetBytes(_text.ToString()));
            _text.Clear();
            return text;
        }

        // httpd knows these; a backslash before anything else stands for itself.
        private static char Unescape(char c) => c switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            _ => c,
        };
    }
}
