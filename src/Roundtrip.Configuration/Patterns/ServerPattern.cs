using System.Text.RegularExpressions;

namespace Roundtrip.Configuration.Patterns;

/// <summary>
/// A regular expression of httpd's directives: PCRE's syntax, on .NET's engines. It is run by the non-backtracking one, in time linear in the input, unless it needs what only the other
/// can do (back references, look-around, atomic groups); <see cref="IsLinear"/> says which. A search by the backtracking engine ends after <see cref="MatchTimeout"/> at the latest, one by the
/// other after <see cref="LinearTimeout"/>: it needs no limit against a pattern, only against a long input on a machine that is busy.
/// </summary>
/// <remarks>
/// Letters, digits and white space (<c>\w \d \s</c>) are ASCII's, as in PCRE without UCP. <c>\b</c> knows Unicode's letters, and without regard to case a
/// letter also matches those that Unicode holds equal to it (<c>k</c> the Kelvin sign). Groups are numbered by their opening parentheses, named ones too.
/// </remarks>
public sealed class ServerPattern
{
    /// <summary>How long one search may take by the backtracking engine, on the wall's clock.</summary>
    public static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(50);

    /// <summary>The same for a linear one.</summary>
    public static readonly TimeSpan LinearTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Characters in a pattern.</summary>
    public const int MaximumLength = 8192;

    private readonly Regex _regex;

    private ServerPattern(string text, Regex regex, int groups, IReadOnlyDictionary<string, int> names, bool isLinear)
    {
        Text = text;
        _regex = regex;
        Groups = groups;
        Names = names;
        IsLinear = isLinear;
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>How many groups it has, without the whole match.</summary>
    public int Groups { get; }

    /// <summary>The named groups' numbers.</summary>
    public IReadOnlyDictionary<string, int> Names { get; }

    /// <summary>Whether the time of a search is linear in the input.</summary>
    public bool IsLinear { get; }

    /// <param name="fault">What is wrong with the pattern; empty when nothing is.</param>
    /// <returns>Null when the pattern is wrong, or needs what .NET cannot do.</returns>
    public static ServerPattern? Parse(string text, PatternOptions options, out string fault)
    {
        if (text.Length > MaximumLength)
        {
            fault = $"The regular expression is longer than {MaximumLength} characters";
            return null;
        }

        var translation = new PcreTranslation(text, options.HasFlag(PatternOptions.Multiline));
        if (!translation.TryRun(out fault))
        {
            fault = $"Regular expression '{text}': {fault}";
            return null;
        }

        RegexOptions flags = RegexOptions.CultureInvariant | RegexOptions.Singleline
                             | (options.HasFlag(PatternOptions.IgnoreCase) ? RegexOptions.IgnoreCase : RegexOptions.None)
                             | (options.HasFlag(PatternOptions.Multiline) ? RegexOptions.Multiline : RegexOptions.None);
        return Compile(text, translation, flags, out fault);
    }

    /// <summary>Searches the input for the first match.</summary>
    public PatternMatch Match(string input) => Match(input, 0);

    /// <summary>Searches from <paramref name="start"/> on. What stands before it still counts for <c>^</c> and <c>\b</c>.</summary>
    public PatternMatch Match(string input, int start)
    {
        try
        {
            Match match = _regex.Match(input, start);
            return match.Success ? new PatternMatch(PatternOutcome.Matched, match) : default;
        }
        catch (RegexMatchTimeoutException)
        {
            return new PatternMatch(PatternOutcome.TimedOut, null);
        }
    }

    private static ServerPattern? Compile(string text, PcreTranslation translation, RegexOptions flags, out string fault)
    {
        fault = "";
        try
        {
            var linear = new Regex(translation.Result, flags | RegexOptions.NonBacktracking, LinearTimeout);
            return Warm(new ServerPattern(text, linear, translation.Groups, translation.Names, isLinear: true));
        }
        catch (NotSupportedException)
        {
            // It needs the backtracking engine.
        }
        catch (ArgumentException wrong)
        {
            fault = $"Regular expression '{text}': {wrong.Message}";
            return null;
        }

        var backtracking = new Regex(translation.Result, flags, MatchTimeout);
        return Warm(new ServerPattern(text, backtracking, translation.Groups, translation.Names, isLinear: false));
    }

    // A first search prepares what later ones use: its time is spent here, and not taken from a request's 50 ms.
    private static ServerPattern Warm(ServerPattern pattern)
    {
        pattern.Match(" ");
        return pattern;
    }
}
