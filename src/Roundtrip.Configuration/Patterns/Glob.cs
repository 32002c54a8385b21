namespace Roundtrip.Configuration.Patterns;

/// <summary>
/// Shell patterns as apr_fnmatch matches them: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a-z]</c> or <c>[^a-z]</c>, <c>\</c> before a character that stands for itself. A <c>[</c> that is not closed
/// stands for itself. Time is at most the product of both lengths, whatever the pattern.
/// </summary>
public static class Glob
{
    /// <summary>Whether the text has a character that makes it a pattern, as apr_fnmatch_test says.</summary>
    public static bool IsPattern(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '?' or '*':
                    return true;
                case '\\' when i + 1 < text.Length:
                    i++;
                    break;
                case '[' when text.IndexOf(']', i + 1) >= 0:
                    return true;
            }
        }

        return false;
    }

    /// <returns>True when the pattern matches the whole text.</returns>
    public static bool IsMatch(string pattern, string text, GlobOptions options = GlobOptions.None)
    {
        int p = 0, t = 0;

        // The last * and where the text behind it was tried: only that one can need more, since a * before it in the same component gains nothing
        // from taking more, and one in another component cannot pass the / between.
        int starPattern = -1, starText = 0;
        while (t < text.Length)
        {
            if (IsLeadingPeriod(text, t, options) && !IsPeriod(pattern, p, options))
            {
                // What stands here must be a period, and no * can have taken the text up to here otherwise.
                return false;
            }

            if (p < pattern.Length && pattern[p] == '*')
            {
                starPattern = ++p;
                starText = t;
            }
            else if (p < pattern.Length && MatchOne(pattern, ref p, text[t], options))
            {
                t++;
            }
            else if (starPattern >= 0 && !(options.HasFlag(GlobOptions.PathName) && text[starText] == '/'))
            {
                p = starPattern;
                t = ++starText;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    private static bool IsLeadingPeriod(string text, int at, GlobOptions options) =>
        text[at] == '.' && options.HasFlag(GlobOptions.Period)
        && (at == 0 || (options.HasFlag(GlobOptions.PathName) && text[at - 1] == '/'));

    private static bool IsPeriod(string pattern, int at, GlobOptions options)
    {
        ReadOnlySpan<char> rest = pattern.AsSpan(at);
        return rest.StartsWith(".") || (rest.StartsWith(@"\.") && !options.HasFlag(GlobOptions.NoEscape));
    }

    private static bool MatchOne(string pattern, ref int p, char c, GlobOptions options)
    {
        bool isSlash = c == '/' && options.HasFlag(GlobOptions.PathName);
        switch (pattern[p])
        {
            case '?':
                p++;
                return !isSlash;
            case '[' when Set(pattern, p, c, options, out int end) is { } isIn:
                p = end;
                return isIn && !isSlash;
            case '\\' when p + 1 < pattern.Length && !options.HasFlag(GlobOptions.NoEscape):
                p += 2;
                return Fold(pattern[p - 1], options) == Fold(c, options);
            default:
                return Fold(pattern[p++], options) == Fold(c, options);
        }
    }

    /// <returns>Whether the character is in the set; null when no set ends.</returns>
    private static bool? Set(string pattern, int p, char c, GlobOptions options, out int end)
    {
        end = p;
        int at = p + 1;
        bool isNegated = at < pattern.Length && pattern[at] is '!' or '^';
        at += isNegated ? 1 : 0;
        bool isIn = false;
        for (int first = at; at < pattern.Length;)
        {
            if (pattern[at] == ']' && at > first)
            {
                end = at + 1;
                return isIn != isNegated;
            }

            if (pattern[at] == '/' && options.HasFlag(GlobOptions.PathName))
            {
                return null;
            }

            if (!TryMember(pattern, ref at, options, out char low))
            {
                return null;
            }

            char high = low;
            if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
            {
                at++;
                if (!TryMember(pattern, ref at, options, out high))
                {
                    return null;
                }
            }

            isIn |= (c >= low && c <= high) || (options.HasFlag(GlobOptions.CaseBlind) && IsWithin(Fold(c, options), low, high, options));
        }

        return null;
    }

    private static bool IsWithin(char c, char low, char high, GlobOptions options) => c >= Fold(low, options) && c <= Fold(high, options);

    private static bool TryMember(string pattern, ref int at, GlobOptions options, out char member)
    {
        at += pattern[at] == '\\' && !options.HasFlag(GlobOptions.NoEscape) ? 1 : 0;
        member = at < pattern.Length ? pattern[at] : '\0';
        return at++ < pattern.Length;
    }

    private static char Fold(char c, GlobOptions options) =>
        options.HasFlag(GlobOptions.CaseBlind) && c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c;
}
