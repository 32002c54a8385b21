using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Roundtrip.Server.Logs;

/// <summary>
/// When a log begins another file, and how that is called: what <c>|/usr/bin/rotatelogs …</c> says. It is done in-process by <see cref="RotatingFile"/>, with the same files as result.
/// </summary>
/// <param name="Path">The file's path, perhaps with conversions of strftime; without them a number is put behind it.</param>
public sealed record RotationRule(string Path)
{
    /// <summary>Seconds; files begin at multiples of it. 0 for no limit in time.</summary>
    public long Interval { get; init; }

    /// <summary>Bytes; a file that has more is followed by another. 0 for no limit in size.</summary>
    public long Size { get; init; }

    /// <summary>Minutes from UTC by which times are counted.</summary>
    public int Offset { get; init; }

    /// <summary>-l: times are counted in the server's time zone.</summary>
    public bool IsLocal { get; init; }

    /// <summary>-L: a hard link to the file that is written.</summary>
    public string? Link { get; init; }

    /// <summary>-f: the file is there from the start, and not from the first line.</summary>
    public bool OpensAtOnce { get; init; }

    /// <summary>-t: the file is emptied rather than followed by another, and has no number.</summary>
    public bool Truncates { get; init; }

    /// <summary>-n: how many files are written in turn: the path, and with <c>.1</c> and so on behind it. 0 for as many as there come.</summary>
    public int Files { get; init; }

    /// <summary>Reads a log target of httpd's: <c>|</c> or <c>||</c>, rotatelogs by any path, its arguments.</summary>
    /// <returns>False for any other program, and for what only the program itself can do: then it is to be started like any.</returns>
    public static bool TryParse(string target, [NotNullWhen(true)] out RotationRule? rule)
    {
        rule = null;
        string command = target.StartsWith("||", StringComparison.Ordinal) ? target[2..] : target.StartsWith('|') ? target[1..] : "";
        if (!TrySplit(command, out List<string> words) || words.Count < 3 || System.IO.Path.GetFileName(words[0]) != "rotatelogs")
        {
            return false;
        }

        var read = new RotationRule("");
        int at = 1;
        for (; at < words.Count && words[at].Length > 1 && words[at][0] == '-'; at++)
        {
            if (!read.TryAddOption(words, ref at, out read))
            {
                return false;
            }
        }

        if (at < words.Count && read.TryAddLimits(words[(at + 1)..], out read) && (read.Interval > 0 || read.Size > 0))
        {
            rule = read with { Path = words[at] };
        }

        return rule is not null;
    }

    // Letters may stand together, and an option's value behind it or in the next word.
    private bool TryAddOption(List<string> words, ref int at, out RotationRule rule)
    {
        rule = this;
        string letters = words[at];
        for (int i = 1; i < letters.Length; i++)
        {
            if (letters[i] is 'L' or 'n')
            {
                string value = letters[(i + 1)..];
                if (value.Length == 0 && ++at < words.Count)
                {
                    value = words[at];
                }

                bool isLink = letters[i] == 'L';
                int files = 0;
                bool isRead = isLink ? value.Length > 0 : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out files) && files > 0;
                rule = isLink ? rule with { Link = value } : rule with { Files = files };
                return isRead;
            }

            switch (letters[i])
            {
                case 'l':
                    rule = rule with { IsLocal = true };
                    break;
                case 'f':
                    rule = rule with { OpensAtOnce = true };
                    break;
                case 't':
                    rule = rule with { Truncates = true };
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private bool TryAddLimits(List<string> words, out RotationRule rule)
    {
        rule = this;
        bool hasOffset = false;
        foreach (string word in words)
        {
            int unit = word[^1] switch { 'B' => 1, 'K' => 1 << 10, 'M' => 1 << 20, 'G' => 1 << 30, _ => 0 };
            string digits = unit == 0 ? word : word[..^1];
            bool mayBeNegative = unit == 0 && (rule.Interval > 0 || rule.Size > 0);
            if (!long.TryParse(digits, mayBeNegative ? NumberStyles.AllowLeadingSign : NumberStyles.None, CultureInfo.InvariantCulture, out long number) || Math.Abs(number) > int.MaxValue)
            {
                return false;
            }

            if (unit > 0 && rule.Size == 0)
            {
                rule = rule with { Size = number * unit };
            }
            else if (unit == 0 && !mayBeNegative)
            {
                rule = rule with { Interval = number };
            }
            else if (unit == 0 && !hasOffset)
            {
                (rule, hasOffset) = (rule with { Offset = (int)number }, true);
            }
            else
            {
                return false;
            }
        }

        // rotatelogs says so too.
        return !(hasOffset && rule.IsLocal);
    }

    // Words as APR splits them: blanks between, quotes of either kind around, a backslash before what counts as itself.
    private static bool TrySplit(string command, out List<string> words)
    {
        words = [];
        var word = new System.Text.StringBuilder();
        char quote = '\0';
        bool isWord = false;
        for (int i = 0; i < command.Length; i++)
        {
            char c = command[i];
            if (quote == '\0' && c is (' ' or '\t'))
            {
                if (isWord)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                isWord = false;
                continue;
            }

            isWord = true;
            if (c == quote || quote == '\0' && c is ('"' or '\''))
            {
                quote = quote == '\0' ? c : '\0';
            }
            else
            {
                word.Append(c == '\\' && i + 1 < command.Length ? command[++i] : c);
            }
        }

        if (isWord)
        {
            words.Add(word.ToString());
        }

        return quote == '\0' && !words.Contains("");
    }
}
