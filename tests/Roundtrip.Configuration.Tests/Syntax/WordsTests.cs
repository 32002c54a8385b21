using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Configuration.Tests.Syntax;

public class WordsTests
{
    // Words are parted by | here.
    [Theory]
    [InlineData("", "")]
    [InlineData("  \t ", "")]
    [InlineData("a", "a")]
    [InlineData("  a\tb  ", "a|b")]
    [InlineData("\"a b\" c", "a b|c")]
    [InlineData("'a b' c", "a b|c")]
    [InlineData("\"a'b\" 'c\"d'", "a'b|c\"d")]
    [InlineData("\"a\\\"b\" c", "a\"b|c")]
    [InlineData("\"a\\'b\"", "a\\'b")]
    [InlineData("\"a\\\\\" c", "a\\|c")]
    [InlineData("\"a\\nb\"", "a\\nb")]
    [InlineData("a\\\\b a\\b a\\\"b", "a\\b|a\\b|a\\\"b")]
    [InlineData("\"a\"b", "a|b")]
    [InlineData("a\"b c\"", "a\"b|c\"")]
    [InlineData("\"a b", "a b")]
    [InlineData("\"a\\", "a\\")]
    [InlineData("\"", "")]
    public void Words_are_those_of_ap_getword_conf(string raw, string expected) =>
        Assert.Equal(expected, string.Join('|', Words.Split(raw)));

    [Fact]
    public void An_empty_word_is_one_that_is_written_so()
    {
        Assert.Equal(["a", "", "b"], Words.Split("a \"\" b"));
        Assert.Equal([""], Words.Split("''"));
        Assert.Empty(Words.Split(" "));
    }

    [Fact]
    public void The_first_word_leaves_the_rest_as_it_is_written()
    {
        Assert.Equal("a b", Words.First(" \"a b\"  \"c\" d ", out string rest));
        Assert.Equal("\"c\" d ", rest);
        Assert.Equal("", Words.First("  ", out string nothing));
        Assert.Equal("", nothing);
    }

    [Fact]
    public void Only_the_white_space_of_C_parts_words() => Assert.Equal(["a\u00A0b", "c"], Words.Split("a\u00A0b\vc\f"));
}
