using System.Diagnostics;
using Roundtrip.Live.Topics;

namespace Roundtrip.Live.Tests;

public class TopicTests
{
    [Theory]
    [InlineData("*", "anything", true)]
    [InlineData("a", "a", true)]
    [InlineData("a", "A", false)]
    [InlineData("a", "ab", false)]
    // Level 1: one segment, whatever it is; what is reserved is encoded.
    [InlineData("/books/{id}", "/books/1", true)]
    [InlineData("/books/{id}", "/books/a%20b", true)]
    [InlineData("/books/{id}", "/books/", true)]
    [InlineData("/books/{id}", "/books/1/pages", false)]
    [InlineData("/books/{id}", "/authors/1", false)]
    [InlineData("https://e.test/{a}/b/{c}", "https://e.test/x/b/y", true)]
    [InlineData("{a}", "", true)]
    [InlineData("{x,y}", "1,2", true)]
    [InlineData("{id:3}", "123", true)]
    // Level 2 and 3.
    [InlineData("/f{+path}", "/f/a/b?c", true)]
    [InlineData("/f{#part}", "/f#a/b", true)]
    [InlineData("/f{#part}", "/f", true)]
    [InlineData("/f{.kind}", "/f.json", true)]
    [InlineData("/f{/a,b}", "/f/1/2", true)]
    [InlineData("/f{/a,b}", "/f/1", true)]
    [InlineData("/f{/a,b}", "/f/1/2/3", false)]
    [InlineData("/f{/a*}", "/f/1/2/3", true)]
    [InlineData("/f{;v,w}", "/f;v=1;w", true)]
    [InlineData("/f{?q,page}", "/f?q=x&page=2", true)]
    [InlineData("/f{?q,page}", "/f?page=2", true)]
    [InlineData("/f{?q,page}", "/f?other=2", false)]
    [InlineData("/f?a=1{&q}", "/f?a=1&q=2", true)]
    [InlineData("/f{?all*}", "/f?x=1&y=2", true)]
    // Topics may be IRIs.
    [InlineData("/bücher/{id}", "/bücher/größe", true)]
    // No template: the text itself.
    [InlineData("/f{", "/f{", true)]
    [InlineData("/f{}", "/f{}", true)]
    [InlineData("/f{!x}", "/f{!x}", true)]
    [InlineData("/f{!x}", "/fa", false)]
    public void A_selector_matches_what_its_template_can_expand_to(string selector, string topic, bool matches) => Assert.Equal(matches, Drafts.Selector(selector).Matches(topic));

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    public void What_is_no_selector_is_refused(string text) => Assert.False(TopicSelector.TryParse(text, out _));

    [Fact]
    public void A_selector_has_a_longest() => Assert.False(TopicSelector.TryParse(new string('a', 1025), out _));

    [Fact]
    public void No_template_takes_longer_than_its_length_times_the_texts()
    {
        TopicSelector selector = Drafts.Selector(string.Concat(Enumerable.Repeat("{a*}", 250)) + "!");
        string text = new('a', 1024);
        var watch = Stopwatch.StartNew();
        Assert.False(selector.Matches(text));
        Assert.True(watch.ElapsedMilliseconds < 2000);
    }
}
