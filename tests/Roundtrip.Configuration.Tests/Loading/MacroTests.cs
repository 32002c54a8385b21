using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Tests.Support;

namespace Roundtrip.Configuration.Tests.Loading;

public class MacroTests
{
    private static LoadedConfiguration Load(string text) =>
        Loads.Text("LoadModule macro_module x\n" + text, Loads.With("macro_module"));

    [Theory]
    [InlineData("<Macro M $a $b>\nA $a\n<F $b>\nB\n</F>\n</Macro>\nUse M 1 2\nuse m 3 4", "A 1|F 2 { B }|A 3|F 4 { B }")]
    [InlineData("<Macro M $a $ab>\nA $ab-$a\n</Macro>\nUse M 1 2", "A 2-1")]
    [InlineData("<Macro M $a>\nA $a\n</Macro>\nUse M $a$a", "A $a$a")]
    [InlineData("<Macro M @a>\nA @a\n</Macro>\nUse M 'x \"y'", "A \"x \\\"y\"")]
    [InlineData("<Macro M $a>\nA $a\n</Macro>\nUse M \"x y\"", "A x y")]
    [InlineData("<Macro M $a>\n$a\n</Macro>\n<Macro N>\nUse M B\nC\n</Macro>\nUse N\nD", "B|C|D")]
    [InlineData("<Macro M>\n<F a>\n</Macro>\nUse M\nA\n</F>", "F a { A }")]
    [InlineData("<Macro M>\n# c\n\n<Macro N $x>\nA $x\n</Macro>\n</Macro>\nUse M\nUse N 1", "A 1")]
    [InlineData("<Macro M>\nA ${v}\n</Macro>\nDefine v 1\nUse M\nDefine v 2\nUse M", "A 1|A 2")]
    [InlineData("<Macro M /IgnoreEmptyArgs $a>\nA $a\n</Macro>\nUse M ''", "A")]
    public void A_macro_is_put_where_it_is_used(string text, string tree)
    {
        LoadedConfiguration loaded = Load(text);

        Assert.Empty(Loads.Errors(loaded));
        Assert.Equal(tree, string.Join('|', Loads.Tree(loaded.Nodes)));
    }

    [Theory]
    [InlineData("Use M", "/srv/a.conf:2: macro 'm' undefined")]
    [InlineData("Use", "/srv/a.conf:2: no macro name specified with Use")]
    [InlineData("<Macro M>\nA", "/srv/a.conf:2: <Macro m> was not closed")]
    [InlineData("<Macro M $a $a>\n</Macro>", "/srv/a.conf:2: macro 'm': two parameters have the same name")]
    [InlineData("<Macro>\n</Macro>", "/srv/a.conf:2: <Macro> definition: name not found")]
    [InlineData("<Macro M $a>\n</Macro>\nUse M", "/srv/a.conf:4: macro 'm' (defined on line 2 of \"/srv/a.conf\") used with 0 arguments instead of 1")]
    [InlineData("UndefMacro M", "/srv/a.conf:2: cannot remove undefined macro 'M'")]
    [InlineData("<Macro M>\n</Macro>\nUndefMacro m\nUse m", "/srv/a.conf:5: macro 'm' undefined")]
    [InlineData("<Macro M>\nUse M\n</Macro>\nUse M", "macro 'm' (defined on line 2 of \"/srv/a.conf\") used on line 5 of \"/srv/a.conf\":1: recursive use of macro 'm' is invalid")]
    public void A_macro_that_cannot_be_used_is_an_error(string text, string error) => Assert.Equal([error], Loads.Errors(Load(text)));

    [Fact]
    public void Without_its_module_a_macro_is_an_unknown_section() =>
        Assert.Equal(["Macro M { A }", "Use M"], Loads.Tree(Loads.Text("<Macro M>\nA\n</Macro>\nUse M").Nodes));
}
