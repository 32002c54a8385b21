using System.Text;

namespace Roundtrip.Configuration.Syntax;

/// <summary>
/// The words of a directive's arguments, as httpd's <c>ap_getword_conf</c> finds them. A word is in <c>"</c> or <c>'</c> when it begins so, and then ends at the same quote; otherwise it
/// ends at white space. In quotes <c>\</c> takes the meaning from the same quote and from <c>\</c>, outside them from <c>\</c> only. A quote that is not closed ends with the text.
/// </summary>
public static class Words
{
    /// <returns>All words; an empty one only where it is written <c>""</c>.</returns>
    public static IReadOnlyList<string> Split(string raw)
    {
        var words = new List<string>();
        int at = Skip(raw, 0);
        while (at < raw.Length)
        {
            words.Add(Next(raw, ref at));
        }

        return words;
    }

    /// <param name="rest">What follows the word and the white space behind it: empty at the end.</param>
    /// <returns>The first word; empty where there is none.</returns>
    public static string First(string raw, out string rest)
    {
        int at = Skip(raw, 0);
        string word = at < raw.Length ? Next(raw, ref at) : "";
        rest = raw[at..];
        return word;
    }

    /// <summary>White space as C's isspace knows it: .NET's has more.</summary>
    internal static bool IsSpace(char c) => c is ' ' or (>= '\t' and <= '\r');

    internal static string Trim(string text)
    {
        int begin = Skip(text, 0), end = text.Length;
        while (end > begin && IsSpace(text[end - 1]))
        {
            end--;
        }

        return text[begin..end];
    }

    private static int Skip(string text, int at)
    {
        while (at < text.Length && IsSpace(text[at]))
        {
            at++;
        }

        return at;
    }

    private static string Next(string raw, ref int at)
    {
        char quote = raw[at] is '"' or '\'' ? raw[at] : '\0';
        int begin = quote == '\0' ? at : at + 1;
        int end = quote == '\0' ? EndOfBare(raw, begin) : EndOfQuoted(raw, begin, quote);
        at = Skip(raw, quote != '\0' && end < raw.Length ? end + 1 : end);
        return Unescape(raw.AsSpan(begin, end - begin), quote);
    }

    private static int EndOfBare(string raw, int at)
    {
        while (at < raw.Length && !IsSpace(raw[at]))
        {
            at++;
        }

        return at;
    }

    private static int EndOfQuoted(string raw, int at, char quote)
    {
        while (at < raw.Length && raw[at] != quote)
        {
            at += raw[at] == '\\' && at + 1 < raw.Length && (raw[at + 1] == quote || raw[at + 1] == '\\') ? 2 : 1;
        }

        return at;
    }

    private static string Unescape(ReadOnlySpan<char> text, char quote)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var word = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && (text[i + 1] == '\\' || (quote != '\0' && text[i + 1] == quote)))
            {
                i++;
            }

            word.Append(text[i]);
        }

        return word.ToString();
    }
}
