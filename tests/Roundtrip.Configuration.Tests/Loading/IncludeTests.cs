using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Tests.Support;

namespace Roundtrip.Configuration.Tests.Loading;

public class IncludeTests
{
    private static InMemorySource Files() => new InMemorySource()
        .With("/srv/x/b.conf", "Xb")
        .With("/srv/x/a.conf", "Xa")
        .With("/srv/x/B.conf", "XB")
        .With("/srv/x/.h.conf", "Xh")
        .With("/srv/x/a.load", "Xl")
        .With("/srv/y/a.conf", "Ya")
        .With("/srv/y/z/a.conf", "Yza")
        .With("/other/a.conf", "Oa");

    [Theory]
    [InlineData("Include x/a.conf", "Xa")]
    [InlineData("include /other/../other/./a.conf", "Oa")]
    [InlineData("Include x/*.conf", "XB|Xa|Xb")]
    [InlineData("Include x/[ab].conf", "Xa|Xb")]
    [InlineData("Include x/.*.conf", "Xh")]
    [InlineData("Include x", "Xh|XB|Xa|Xl|Xb")]
    [InlineData("Include y", "Ya|Yza")]
    [InlineData("Include */a.conf", "Xa|Ya")]
    [InlineData("IncludeOptional /*/a.conf", "Oa")]
    [InlineData("Include y/*", "Ya|Yza")]
    [InlineData("Include y/*/*.conf", "Yza")]
    [InlineData("IncludeOptional x/*.conf", "XB|Xa|Xb")]
    [InlineData("IncludeOptional nothing", "")]
    [InlineData("IncludeOptional nothing/*.conf", "")]
    [InlineData("IncludeOptional x/*.none", "")]
    [InlineData("IncludeOptional */none/*.conf", "")]
    [InlineData("<F a>\nInclude x/a.conf\n</F>", "F a { Xa }")]
    [InlineData("ServerRoot /other\nInclude a.conf", "Oa")]
    [InlineData("Define d x\nInclude ${d}/a.conf", "Xa")]
    public void Includes_are_spliced_in_in_httpds_order(string text, string tree)
    {
        // The file itself is not a part of /*/a.conf.
        LoadedConfiguration loaded = ConfigurationLoader.Load(Files().With("/srv/main", text), "main", new LoadOptions { ServerRoot = "/srv" });

        Assert.Empty(Loads.Errors(loaded));
        Assert.Equal(tree, string.Join('|', Loads.Tree(loaded.Nodes)));
    }

    [Theory]
    [InlineData("Include nothing", "Could not open configuration file /srv/nothing: No such file or directory")]
    [InlineData("Include x/*.none", "Include: no matches for the wildcard '*.none' in '/srv/x'")]
    [InlineData("Include none/*.conf", "Include: could not open directory /srv/none: No such file or directory")]
    [InlineData("Include", "Include takes one argument, a file, a directory or a pattern")]
    [InlineData("Include a b", "Include takes one argument, a file, a directory or a pattern")]
    public void Include_of_nothing_is_an_error(string text, string error) => Assert.Equal([$"/srv/a.conf:1: {error}"], Loads.Errors(Loads.From(Files(), text)));

    [Fact]
    public void A_file_that_includes_itself_is_an_error_that_names_the_way()
    {
        LoadedConfiguration loaded = Loads.From(new InMemorySource().With("/srv/b.conf", "B\nInclude a.conf\n"), "A\nInclude b.conf\nC");

        Assert.Equal(["/srv/b.conf:2: /srv/a.conf includes itself: /srv/a.conf includes /srv/b.conf includes /srv/a.conf"], Loads.Errors(loaded));
        Assert.Equal(["A", "B", "C"], Loads.Tree(loaded.Nodes));
    }

    [Fact]
    public void A_section_must_end_in_the_file_where_it_begins()
    {
        LoadedConfiguration loaded = Loads.From(new InMemorySource().With("/srv/b.conf", "B\n</F>\n<G x>"), "<F a>\nInclude b.conf\n</F>");

        Assert.Equal(["/srv/b.conf:2: </F> without matching <F> section", "/srv/b.conf:3: <G> was not closed before the end at line 3"], Loads.Errors(loaded));
        Assert.Equal(["F a { B; G x {  } }"], Loads.Tree(loaded.Nodes));
    }

    [Fact]
    public void Every_node_keeps_its_own_place()
    {
        LoadedConfiguration loaded = Loads.From(Files(), "A\nInclude x/a.conf\n");

        Assert.Equal(["/srv/a.conf:1", "/srv/x/a.conf:1"], loaded.Nodes.Select(node => node.Position.ToString()));
    }
}
