using System.Text;
using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Site.Cors;

/// <summary>
/// <c>~REGEX</c>: the origins that a regular expression matches as a whole. Expressions that allow more than their author meant are the commonest hole in CORS, so those that show it are refused when the
/// configuration is read.
/// </summary>
internal sealed class OriginPattern : AllowedOrigin
{
    private const string Probe = "roundtrip-probe";

    private readonly ServerPattern _pattern;

    private OriginPattern(ServerPattern pattern) => _pattern = pattern;

    /// <param name="text">The expression, without the tilde.</param>
    /// <exception cref="FormatException">It is no expression, or allows strangers.</exception>
    public static new OriginPattern Parse(string text)
    {
        if (ServerPattern.Parse(text, PatternOptions.None, out string fault) is null)
        {
            throw new FormatException(fault);
        }

        if (!text.StartsWith('^') || !text.EndsWith('$') || text.EndsWith("\\$", StringComparison.Ordinal))
        {
            throw new FormatException($"'~{text}' is not anchored, so it matches strangers' origins that only have it in them: begin it with ^ and end it with $");
        }

        List<string> literals = LiteralsOf(text);

        // The anchors of ^a|b$ hold for one alternative each; the group makes them hold for all.
        ServerPattern whole = ServerPattern.Parse($"^(?:{text})$", PatternOptions.None, out fault) ?? throw new FormatException(fault);
        var pattern = new OriginPattern(whole);
        foreach (string stranger in Strangers(literals))
        {
            if (pattern.Allows(Encoding.ASCII.GetBytes(stranger)))
            {
                throw new FormatException($"'~{text}' matches too much: {stranger} as well");
            }
        }

        return pattern;
    }

    // What is no origin in form is not given to an expression: the author thought of hosts, and .* would run across a path.
    public override bool Allows(ReadOnlySpan<byte> origin) => SerializedOrigin.IsTuple(origin)
        && _pattern.Match(Encoding.ASCII.GetString(origin)) is { IsMatch: true, Index: 0 } match && match.Length == origin.Length;

    // Sites that anybody may have, and names that only begin or end as one's own do.
    private static IEnumerable<string> Strangers(List<string> literals)
    {
        foreach (string scheme in (string[])["https", "http"])
        {
            yield return $"{scheme}://{Probe}.test";
            yield return $"{scheme}://www.{Probe}.org";
            yield return $"{scheme}://{Probe}.com:8443";
            foreach (string literal in literals)
            {
                yield return $"{scheme}://{Probe}{literal}";
                yield return $"{scheme}://{literal}.{Probe}.test";
            }
        }
    }

    // The stretches of an expression that are a domain's name as it stands.
    private static List<string> LiteralsOf(string text)
    {
        var found = new List<string>();
        var literal = new StringBuilder();
        bool isInClass = false;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : '\0';
            if (c == '\\' && i + 1 < text.Length && text[i + 1] == '.' && !isInClass)
            {
                literal.Append('.');
                i++;
                continue;
            }

            if (!isInClass && (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            {
                literal.Append(c);
                continue;
            }

            string name = literal.ToString().Trim('.');
            literal.Clear();
            if (name.Contains('.') && char.IsAsciiLetterOrDigit(name[0]))
            {
                found.Add(name);
            }

            if (c == '.' && !isInClass && (i + 1 == text.Length || text[i + 1] is not ('*' or '+' or '?' or '{')))
            {
                throw new FormatException($"'~{text}': a dot stands for any character; write \\. for a dot");
            }

            i += c == '\\' ? 1 : 0;
            isInClass = c switch { '[' => true, ']' => false, _ => isInClass };
        }

        return found;
    }
}
