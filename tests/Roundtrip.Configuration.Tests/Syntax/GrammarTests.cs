using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Tests.Support;

namespace Roundtrip.Configuration.Tests.Syntax;

/// <summary>Lines, sections and variables. The rules for closing brackets, comments that are continued and whole-line expansion were tried with httpd 2.4.</summary>
public class GrammarTests
{
    [Theory]
    [InlineData("A x\nB y z\n", "A x|B y z")]
    [InlineData("A x\r\n\r\nB\r\n", "A x|B")]
    [InlineData("  A   x  \n", "A x")]
    [InlineData("# c\n   # c\nA x # y\n", "A x # y")]
    [InlineData("A x \\\n   y\nB\n", "A x    y|B")]
    [InlineData("A x\\\r\ny\r\n", "A xy")]
    [InlineData("# c \\\nA x\nB\n", "B")]
    [InlineData("A x \\\n# y\n", "A x # y")]
    [InlineData("A x\\\\\ny\n", "A x\\y")]
    [InlineData("A x\\", "A x\\")]
    [InlineData("A x\\\n", "A x")]
    [InlineData("\"A\" x", "A x")]
    [InlineData("<F a>\nA\n</F>\n", "F a { A }")]
    [InlineData("<F a>\n</f>   \n", "F a {  }")]
    [InlineData("<R>\nA\n</R>\nB", "R { A }|B")]
    [InlineData("<F a > b>\n</F>", "F a > b {  }")]
    [InlineData("<F \"a b\" >\n</F>", "F \"a b\" {  }")]
    [InlineData("<F a>\n<G b>\nA\n</G>\nB\n</F>", "F a { G b { A }; B }")]
    [InlineData("<F a>\n</F> trailing", "F a {  }")]
    public void A_text_is_read_as_httpd_reads_it(string text, string tree)
    {
        LoadedConfiguration loaded = Loads.Text(text);

        Assert.Empty(Loads.Errors(loaded));
        Assert.Equal(tree, string.Join('|', Loads.Tree(loaded.Nodes)));
    }

    [Theory]
    [InlineData("<F a>\nA\n", "/srv/a.conf:1: <F> was not closed before the end at line 2")]
    [InlineData("A\n<F a>\n</G>\n</F>", "/srv/a.conf:3: Expected </F> for <F> of /srv/a.conf:2 but saw </G>")]
    [InlineData("<F a>\n<G b>\n</F>", "/srv/a.conf:3: Expected </G> for <G> of /srv/a.conf:2 but saw </F>")]
    [InlineData("</F>", "/srv/a.conf:1: </F> without matching <F> section")]
    [InlineData("<F a\n</F>", "/srv/a.conf:1: <F> directive missing closing '>'")]
    [InlineData("<F\n</F>", "/srv/a.conf:1: <F> directive missing closing '>'")]
    [InlineData("<F> rest\n</F>", "/srv/a.conf:1: <F> directive missing closing '>'")]
    [InlineData("<F a>\n</F a>", "/srv/a.conf:2: </F> directive missing closing '>'")]
    [InlineData("<>\n</>", "/srv/a.conf:1: A section's name is missing behind <")]
    [InlineData("A\nB\0\n", "/srv/a.conf:2: The file holds a NUL: it is not a configuration")]
    public void A_section_that_does_not_match_is_an_error_that_names_both_lines(string text, string error) =>
        Assert.Equal([error], Loads.Errors(Loads.Text(text)));

    [Fact]
    public void Reading_goes_on_after_an_error_and_reports_them_all()
    {
        LoadedConfiguration loaded = Loads.Text("<F\nA\n</F>\n</G>\nDefine a:b\nB\n");

        Assert.Equal(["F { A }", "B"], Loads.Tree(loaded.Nodes));
        Assert.Equal([1, 4, 5], loaded.Errors.Select(error => error.Position.Line));
    }

    [Fact]
    public void A_continued_line_is_named_by_its_first_line()
    {
        LoadedConfiguration loaded = Loads.Text("A \\\n x\nB\n");

        Assert.Equal(["/srv/a.conf:1", "/srv/a.conf:3"], loaded.Nodes.Select(node => node.Position.ToString()));
    }

    [Fact]
    public void Names_are_compared_without_regard_to_case() => Assert.True(Loads.Text("serveradmin x").Nodes[0].Is("ServerAdmin"));

    [Theory]
    [InlineData("Define a 1\nA ${a}${A}", "A 11")]
    [InlineData("Define a \"x y\"\nA ${a}", "A x y")]
    [InlineData("Define a B\n${a} x", "B x")]
    [InlineData("Define a <F\n${a} x>\n</F>", "F x {  }")]
    [InlineData("Define a '${b}'\nDefine b 1\nA ${a}", "A ${b}")]
    [InlineData("A ${HOME} $HOME $ {HOME}", "A /root $HOME $ {HOME}")]
    [InlineData("Define HOME 2\nA ${HOME}", "A 2")]
    [InlineData("A ${m:key}", "A ${m:key}")]
    [InlineData("A ${HOME", "A ${HOME")]
    [InlineData("A ${x${HOME}", "A ${x/root")]
    public void A_variable_is_expanded_once_in_the_whole_line(string text, string tree)
    {
        LoadedConfiguration loaded = Loads.From(new InMemorySource().WithVariable("HOME", "/root"), text);

        Assert.Empty(Loads.Errors(loaded));
        Assert.Equal(tree, string.Join('|', Loads.Tree(loaded.Nodes)));
    }

    [Fact]
    public void A_variable_that_is_not_defined_stays_and_is_warned_of()
    {
        LoadedConfiguration loaded = Loads.Text("A ${foo}\nDefine foo 1\n# ${bar}\nB ${m:x}\n");

        Assert.Equal(["A ${foo}", "B ${m:x}"], Loads.Tree(loaded.Nodes));
        Assert.Equal(["/srv/a.conf:1: Config variable ${foo} is not defined"], Loads.Warnings(loaded));
    }
}
