using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Configuration.Tests.Patterns;

public class GlobTests
{
    [Theory]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a", "a", true)]
    [InlineData("a", "A", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "a/b", true)]
    [InlineData("?", "", false)]
    [InlineData("?", "/", true)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("**a", "bba", true)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[a-c]x", "dx", false)]
    [InlineData("[!a-c]x", "dx", true)]
    [InlineData("[^a-c]x", "bx", false)]
    [InlineData("[]a]", "]", true)]
    [InlineData("[!]a]", "]", false)]
    [InlineData("[a-]", "-", true)]
    [InlineData("[\\]]", "]", true)]
    [InlineData("[a", "[a", true)]
    [InlineData("[a", "a", false)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "a", false)]
    [InlineData("a\\", "a\\", true)]
    [InlineData("*.conf", ".conf", true)]
    public void A_text_is_matched_as_by_fnmatch(string pattern, string text, bool matches) => Assert.Equal(matches, Glob.IsMatch(pattern, text));

    [Theory]
    [InlineData("/var/*/x", "/var/a/x", true)]
    [InlineData("/var/*/x", "/var/a/b/x", false)]
    [InlineData("/var/?/x", "/var///x", false)]
    [InlineData("/var/[!a]x", "/var//x", false)]
    [InlineData("a[/]b", "a/b", false)]
    [InlineData("*/*", "a/b", true)]
    [InlineData("*/*", "a/b/c", false)]
    [InlineData("*a*/b", "xax/b", true)]
    public void With_PathName_a_slash_matches_itself_only(string pattern, string text, bool matches) =>
        Assert.Equal(matches, Glob.IsMatch(pattern, text, GlobOptions.PathName));

    [Theory]
    [InlineData("*", ".a", GlobOptions.Period, false)]
    [InlineData("?a", ".a", GlobOptions.Period, false)]
    [InlineData("[.]a", ".a", GlobOptions.Period, false)]
    [InlineData(".*", ".a", GlobOptions.Period, true)]
    [InlineData("\\.a", ".a", GlobOptions.Period, true)]
    [InlineData("*a", "b.a", GlobOptions.Period, true)]
    [InlineData("a/*", "a/.b", GlobOptions.Period, true)]
    [InlineData("a/*", "a/.b", GlobOptions.Period | GlobOptions.PathName, false)]
    [InlineData("aBc[d-f]", "AbCE", GlobOptions.CaseBlind, true)]
    [InlineData("[A-C]", "b", GlobOptions.CaseBlind, true)]
    [InlineData("[a-c]", "D", GlobOptions.CaseBlind, false)]
    [InlineData("é", "É", GlobOptions.CaseBlind, false)]
    [InlineData("\\a", "\\a", GlobOptions.NoEscape, true)]
    public void Flags_do_as_in_apr_fnmatch(string pattern, string text, GlobOptions options, bool matches) =>
        Assert.Equal(matches, Glob.IsMatch(pattern, text, options));

    [Theory]
    [InlineData("a*", true)]
    [InlineData("a?", true)]
    [InlineData("[a]", true)]
    [InlineData("[a", false)]
    [InlineData("\\*", false)]
    [InlineData("a", false)]
    public void A_pattern_is_told_by_its_characters(string text, bool isPattern) => Assert.Equal(isPattern, Glob.IsPattern(text));

    [Fact]
    public void Many_stars_cost_no_more_than_both_lengths() =>
        Assert.False(Glob.IsMatch(string.Concat(Enumerable.Repeat("a*", 1000)) + "b", new string('a', 20_000)));

    [Fact]
    public void Whatever_the_pattern_is_the_outcome_is_that_of_trying_everything()
    {
        string[] pieces = ["*", "?", "a", "b", "/", ".", "[ab]", "[!a]", "[", "\\*"];
        var random = new Random(3);
        for (int i = 0; i < 100_000; i++)
        {
            string pattern = string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => pieces[random.Next(pieces.Length)]));
            string text = string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => "ab/."[random.Next(4)]));
            var options = (GlobOptions)random.Next(4);
            Assert.True(Slow(pattern, 0, text, 0, options) == Glob.IsMatch(pattern, text, options), $"{pattern} {text} {options}");
        }
    }

    private static bool Slow(string pattern, int p, string text, int t, GlobOptions options)
    {
        bool isPath = options.HasFlag(GlobOptions.PathName);
        bool isLeading = options.HasFlag(GlobOptions.Period) && t < text.Length && text[t] == '.' && (t == 0 || (isPath && text[t - 1] == '/'));
        if (p == pattern.Length)
        {
            return t == text.Length;
        }

        bool isClosed = pattern[p] == '[' && p + 1 < pattern.Length && pattern.IndexOf(']', p + 2) is var end && end > 0 && !(isPath && pattern[p..end].Contains('/'));
        switch (pattern[p])
        {
            case '*':
                for (int to = t; !isLeading && to <= text.Length; to++)
                {
                    if (Slow(pattern, p + 1, text, to, options))
                    {
                        return true;
                    }

                    if (to < text.Length && isPath && text[to] == '/')
                    {
                        return false;
                    }
                }

                return false;
            case '?':
                return t < text.Length && !isLeading && !(isPath && text[t] == '/') && Slow(pattern, p + 1, text, t + 1, options);
            case '[' when isClosed:
                int close = pattern.IndexOf(']', p + 2);
                string members = pattern[(p + 1)..close];
                bool isNegated = members[0] == '!';
                return t < text.Length && !isLeading && !(isPath && text[t] == '/') && members[(isNegated ? 1 : 0)..].Contains(text[t]) != isNegated
                       && Slow(pattern, close + 1, text, t + 1, options);
            default:
                int literal = pattern[p] == '\\' && p + 1 < pattern.Length ? p + 1 : p;
                return t < text.Length && text[t] == pattern[literal] && Slow(pattern, literal + 1, text, t + 1, options);
        }
    }
}
