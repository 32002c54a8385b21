using Roundtrip.Configuration.Patterns;

namespace Roundtrip.Configuration.Tests.Patterns;

public class ServerPatternTests
{
    private static ServerPattern Parse(string text, PatternOptions options = PatternOptions.None)
    {
        ServerPattern? pattern = ServerPattern.Parse(text, options, out string fault);
        Assert.True(pattern is not null, fault);
        return pattern;
    }

    [Theory]
    [InlineData("a+b", "xaab", "aab", true)]
    [InlineData("^/(.*)$", "/a/b", "/a/b", true)]
    [InlineData("[[:alpha:]]+", "12abC3", "abC", true)]
    [InlineData("[[:digit:]-]+", "a1-2", "1-2", true)]
    [InlineData("[^[:space:]]+", " ab ", "ab", true)]
    [InlineData("[[:^digit:]]+", "12ab", "ab", true)]
    [InlineData("[a-z-9]+", "m-9A", "m-9", true)]
    [InlineData("[]a]+", "x]a", "]a", true)]
    [InlineData("[^]a]", "]ab", "b", true)]
    [InlineData("[[:]+", "a[:]", "[:", true)]
    [InlineData("[[:a]+", "a[:]", "a[:", true)]
    [InlineData("[\\w.-]+", "!a.b-c!", "a.b-c", true)]
    [InlineData("[\\W]", "aé", "é", true)]
    [InlineData("\\d+", "\u06611", "1", true)]
    [InlineData("\\w+", "éa", "a", true)]
    [InlineData("a\\hb", "a\tb", "a\tb", true)]
    [InlineData("\\Qa.b\\E+", "a.bb", "a.bb", true)]
    [InlineData("\\x41\\x{42}\\007", "AB\a", "AB\a", true)]
    [InlineData("a{2}b{1,}c{,2}", "aabc{,2}", "aabc{,2}", true)]
    [InlineData("a.c", "a\nc", "a\nc", true)]
    [InlineData("(?i)AB", "ab", "ab", true)]
    [InlineData("(?i:A)B", "aB", "aB", true)]
    [InlineData("a(?#comment)b", "ab", "ab", true)]
    [InlineData("a*+b", "aab", "aab", false)]
    [InlineData("(?:ab)++c", "ababc", "ababc", false)]
    [InlineData("[ab]?+c", "abc", "bc", false)]
    [InlineData("(a)\\1", "aa", "aa", false)]
    [InlineData("(?P<x>a)(?P=x)", "aa", "aa", false)]
    [InlineData("(?<x>a)\\k<x>\\g{1}", "aaa", "aaa", false)]
    [InlineData("a(?=b)", "ab", "a", false)]
    [InlineData("(?<!a)b", "abb", "b", false)]
    [InlineData("\\.(gif|jpe?g)$", "x.jpeg", ".jpeg", true)]
    public void PCREs_syntax_means_what_it_means_there(string pattern, string input, string match, bool isLinear)
    {
        ServerPattern parsed = Parse(pattern);

        Assert.Equal(match, parsed.Match(input).Group(0));
        Assert.Equal(isLinear, parsed.IsLinear);
    }

    [Theory]
    [InlineData("a++a", "aaa")]
    [InlineData("a$", "a\n")]
    [InlineData("abc", "ABC")]
    [InlineData("[[:upper:]]", "a")]
    [InlineData("\\s", "\u00A0")]
    public void What_does_not_match_does_not(string pattern, string input) => Assert.Equal(PatternOutcome.NotMatched, Parse(pattern).Match(input).Outcome);

    [Theory]
    [InlineData("(a", "a ( is not closed")]
    [InlineData("a)", "a ) has no (")]
    [InlineData("[a", "a [ is not closed")]
    [InlineData("*a", "a quantifier has nothing to repeat")]
    [InlineData("a**", "a quantifier has nothing to repeat")]
    [InlineData("a\\", "it ends in \\")]
    [InlineData("[[:foo:]]", "there is no class [:foo:]")]
    [InlineData("(?|a|b)", "(?|a (recursion, branch reset or condition) is not known")]
    [InlineData("(?R)", "(?R) (recursion, branch reset or condition) is not known")]
    [InlineData("(?1)", "(?1) is not known")]
    [InlineData("(*UTF8)a", "verbs such as (*UTF8) are not known")]
    [InlineData("a\\Kb", "\\K is not known")]
    [InlineData("\\R", "\\R is not known")]
    [InlineData("\\p{L}", "\\p is not known")]
    [InlineData("(?P=x)", "there is no group 'x' to refer to")]
    [InlineData("(?<a>x)(?<a>y)", "the group's name 'a' is not a name, or is used twice")]
    public void What_NET_has_nothing_for_is_refused_when_it_is_read(string pattern, string fault)
    {
        Assert.Null(ServerPattern.Parse(pattern, PatternOptions.None, out string message));
        Assert.Equal($"Regular expression '{pattern}': {fault}", message);
    }

    [Fact]
    public void Groups_are_numbered_by_their_parentheses_named_ones_too()
    {
        ServerPattern pattern = Parse("(a)(?<n>b)(c)");
        PatternMatch match = pattern.Match("abc");

        Assert.Equal(["abc", "a", "b", "c", ""], Enumerable.Range(0, 5).Select(match.Group));
        Assert.Equal(3, pattern.Groups);
        Assert.Equal(2, pattern.Names["n"]);
    }

    [Fact]
    public void Flags_are_i_and_m()
    {
        Assert.True(Parse("abc", PatternOptions.IgnoreCase).Match("ABC").IsMatch);
        Assert.True(Parse("^b$", PatternOptions.Multiline).Match("a\nb\nc").IsMatch);
        Assert.False(Parse("^b$").Match("a\nb\nc").IsMatch);
    }

    [Fact]
    public void A_pattern_that_would_explode_is_linear_where_it_can_be() =>
        Assert.Equal(PatternOutcome.NotMatched, Parse("^(a+)+$").Match(new string('a', 5000) + "b").Outcome);

    [Fact]
    public void A_search_that_takes_too_long_is_neither_a_match_nor_none()
    {
        PatternMatch match = Parse("^(a+)+(?=c)$").Match(new string('a', 5000) + "b");

        Assert.Equal(PatternOutcome.TimedOut, match.Outcome);
        Assert.False(match.IsMatch);
        Assert.Equal("", match.Group(0));
    }

    [Fact]
    public void A_pattern_has_a_longest_length() => Assert.Null(ServerPattern.Parse(new string('a', 8193), PatternOptions.None, out _));

    [Fact]
    public void Whatever_is_read_nothing_is_thrown()
    {
        string[] pieces = ["a", "b", "(", ")", "(?:", "(?<n>", "(?P=n)", "[", "]", "^", "$", "*", "+", "?", "{2}", "{2,", "|", "\\", "\\d", "\\1", "\\k<n>", "[:alpha:]", "[:", ":]", "-", "\\x", "\\Q", "\\E", "(?i)", "(?#", "\0", "\\c", ".", "\\b"];
        var random = new Random(7);
        int parsed = 0;
        for (int i = 0; i < 10_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => pieces[random.Next(pieces.Length)]));
            ServerPattern? pattern = ServerPattern.Parse(text, PatternOptions.None, out string fault);
            Assert.Equal(pattern is null, fault.Length > 0);
            parsed += pattern?.Match("aabb-12").Outcome is null ? 0 : 1;
        }

        Assert.InRange(parsed, 500, 9_500);
    }

    [Theory]
    [InlineData("$1-$0-$2", SubstitutionOptions.None, "a-ab-b")]
    [InlineData("$10", SubstitutionOptions.None, "a0")]
    [InlineData("$9$x&", SubstitutionOptions.None, "$x&")]
    [InlineData("\\$1\\\\", SubstitutionOptions.None, "$1\\")]
    [InlineData("\\1", SubstitutionOptions.None, "1")]
    [InlineData("\\1&", SubstitutionOptions.BackslashDigit | SubstitutionOptions.Ampersand, "aab")]
    [InlineData("\\&$", SubstitutionOptions.Ampersand, "&$")]
    [InlineData("x\\", SubstitutionOptions.None, "x\\")]
    public void A_substitution_puts_in_what_groups_caught(string template, SubstitutionOptions options, string expected) =>
        Assert.Equal(expected, Substitution.Write(template, Parse("(a)(b)").Match("xab"), options));

    [Fact]
    public void What_is_put_in_is_not_looked_into_again_and_is_bounded()
    {
        PatternMatch match = Parse("(.*)").Match("$0$1");

        Assert.Equal("$0$1", Substitution.Write("$1", match));
        Assert.Null(Substitution.Write("$1$1", match, maximum: 7));
        Assert.Equal("$0$1$0$1", Substitution.Write("$1$1", match, maximum: 8));
    }
}
