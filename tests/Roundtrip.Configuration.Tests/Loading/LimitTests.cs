using Roundtrip.Configuration.Loading;
using Roundtrip.Configuration.Tests.Support;

namespace Roundtrip.Configuration.Tests.Loading;

public class LimitTests
{
    private static readonly ConfigurationLimits Small = new()
    {
        LineLength = 100,
        Text = 5000,
        Nodes = 50,
        SectionDepth = 8,
        IncludeDepth = 3,
        DirectoryDepth = 3,
        MacroDepth = 4,
        Messages = 10,
    };

    private static readonly LoadOptions Options = Loads.With("macro_module") with { Limits = Small };

    private static string Many(int count, Func<int, string> line) => string.Join('\n', Enumerable.Range(0, count).Select(line)) + "\n";

    [Fact]
    public void A_line_has_a_longest_length()
    {
        LoadedConfiguration loaded = Loads.Text($"A {new string('x', 98)}\nB {new string('x', 99)}\nC {new string('x', 60)}\\\n{new string('x', 60)}\nD", Options);

        Assert.Equal([2, 3], loaded.Errors.Select(error => error.Position.Line));
        Assert.Equal("/srv/a.conf:2: The line is longer than 100 characters", loaded.Errors[0].ToString());
        Assert.Equal(["A", "D"], loaded.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void A_line_may_not_grow_too_long_by_its_variables()
    {
        LoadedConfiguration loaded = Loads.Text("Define a 0123456789\n" + Many(9, i => "Define a ${a}${a}"), Options);

        Assert.Contains("when its variables are expanded", loaded.Errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_text_together_has_a_limit()
    {
        var source = new InMemorySource().With("/srv/b", Many(10, i => "# " + new string('x', 90)));
        LoadedConfiguration loaded = Loads.From(source, Many(8, i => "Include b") + "A", Options);

        Assert.Equal(["/srv/a.conf:6: The configuration is larger than 5000 characters with all that it includes and expands"], Loads.Errors(loaded));
        Assert.Empty(loaded.Nodes);
    }

    [Fact]
    public void The_tree_has_a_limit()
    {
        LoadedConfiguration loaded = Loads.Text(Many(60, i => "A"), Options);

        Assert.Equal(["/srv/a.conf:51: The configuration has more than 50 directives and sections"], Loads.Errors(loaded));
        Assert.Equal(50, loaded.Nodes.Count);
    }

    [Fact]
    public void Sections_nest_to_a_limit()
    {
        LoadedConfiguration loaded = Loads.Text(Many(9, i => "<F a>") + Many(9, i => "</F>"), Options);

        Assert.Contains("/srv/a.conf:9: <F> lies more than 8 sections deep", Loads.Errors(loaded));
        Assert.Empty(Loads.Errors(Loads.Text(Many(8, i => "<F a>") + Many(8, i => "</F>"), Options)));
    }

    [Fact]
    public void The_sections_around_an_include_count()
    {
        var source = new InMemorySource().With("/srv/b", Many(5, i => "<G a>") + Many(5, i => "</G>"));
        LoadedConfiguration loaded = Loads.From(source, Many(5, i => "<F a>") + "Include b\n" + Many(5, i => "</F>"), Options);

        Assert.Contains("/srv/b:4: <G> lies more than 8 sections deep", Loads.Errors(loaded));
    }

    [Fact]
    public void Files_include_one_another_to_a_limit()
    {
        var source = new InMemorySource();
        foreach (int i in Enumerable.Range(1, 5))
        {
            source.With($"/srv/{i}", $"Include {i + 1}");
        }

        Assert.Equal(["/srv/3:1: /srv/4 is included by more than 3 files in one another"], Loads.Errors(Loads.From(source, "Include 1", Options)));
    }

    [Fact]
    public void An_included_directory_is_read_to_a_depth()
    {
        var source = new InMemorySource().With("/d/1/2/3/4/a", "A");

        Assert.Equal(["/srv/a.conf:1: Directory /d/1/2/3 lies more than 3 directories deep in an included one"], Loads.Errors(Loads.From(source, "Include /d", Options)));
    }

    [Fact]
    public void Macros_nest_to_a_limit()
    {
        string text = string.Concat(Enumerable.Range(1, 6).Select(i => $"<Macro m{i}>\nUse m{i + 1}\n</Macro>\n"));
        LoadedConfiguration loaded = Loads.Text("LoadModule macro_module x\n" + text + "Use m1", Options);

        Assert.EndsWith("macro 'm5' is used more than 4 macros deep", Assert.Single(Loads.Errors(loaded)), StringComparison.Ordinal);
    }

    [Fact]
    public void Macros_that_multiply_end_at_the_limit_of_text()
    {
        string text = string.Concat(Enumerable.Range(1, 3).Select(i => $"<Macro m{i}>\n" + Many(20, _ => $"Use m{i + 1}") + "</Macro>\n"));
        LoadedConfiguration loaded = Loads.Text("LoadModule macro_module x\n" + text + "<Macro m4>\n</Macro>\nUse m1", Options);

        Assert.Contains("is larger than 5000 characters", Assert.Single(Loads.Errors(loaded)), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_so_many_errors_are_reported()
    {
        LoadedConfiguration loaded = Loads.Text(Many(20, i => "</F>"), Options);

        Assert.Equal(11, loaded.Errors.Count);
        Assert.Equal("/srv/a.conf:10: More than 10 errors; the rest was not read", loaded.Errors[^1].ToString());
    }
}
