using System.Text;

namespace Roundtrip.Configuration.Patterns;

/// <summary>What a substitution's text may have besides <c>$0</c> to <c>$9</c>.</summary>
[Flags]
public enum SubstitutionOptions
{
    /// <summary>As httpd's ap_pregsub: <c>$0</c> to <c>$9</c>; <c>\</c> takes the meaning from what follows it.</summary>
    None = 0,

    /// <summary><c>&amp;</c> is the whole match.</summary>
    Ampersand = 1,

    /// <summary><c>\0</c> to <c>\9</c> are groups too.</summary>
    BackslashDigit = 2,
}

/// <summary>Puts what a match caught into a text, in one pass: what is put in is not looked into again.</summary>
public static class Substitution
{
    /// <summary>Characters in a result.</summary>
    public const int DefaultMaximum = 64 * 1024;

    /// <returns>Null when the result is longer than <paramref name="maximum"/> characters.</returns>
    public static string? Write(string template, PatternMatch match, SubstitutionOptions options = SubstitutionOptions.None, int maximum = DefaultMaximum)
    {
        var result = new StringBuilder();
        for (int i = 0; i < template.Length; i++)
        {
            char c = template[i];
            char next = i + 1 < template.Length ? template[i + 1] : '\0';
            bool isGroup = char.IsAsciiDigit(next) && (c == '$' || (c == '\\' && options.HasFlag(SubstitutionOptions.BackslashDigit)));
            if (isGroup)
            {
                result.Append(match.Group(next - '0'));
                i++;
            }
            else if (c == '&' && options.HasFlag(SubstitutionOptions.Ampersand))
            {
                result.Append(match.Group(0));
            }
            else if (c == '\\' && i + 1 < template.Length)
            {
                result.Append(next);
                i++;
            }
            else
            {
                result.Append(c);
            }

            if (result.Length > maximum)
            {
                return null;
            }
        }

        return result.ToString();
    }
}
