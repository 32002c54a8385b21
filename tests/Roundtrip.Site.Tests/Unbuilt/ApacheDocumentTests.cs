using System.Runtime.CompilerServices;
using Roundtrip.Site.Unbuilt;

namespace Roundtrip.Site.Tests.Unbuilt;

/// <summary>docs/apache.md says of each directive what the code does with it.</summary>
public class ApacheDocumentTests
{
    // What the loader and the builder obey themselves.
    private static readonly string[] OfLanguage =
    [
        "Define", "UnDefine", "Include", "IncludeOptional", "ServerRoot", "Error", "LoadModule", "LoadFile", "IfDefine", "IfDirective", "IfFile", "IfModule", "IfSection", "IfVersion",
        "Directory", "DirectoryMatch", "Files", "FilesMatch", "Location", "LocationMatch", "If", "ElseIf", "Else", "VirtualHost", "Macro", "UndefMacro", "Use",
    ];

    private static readonly Dictionary<string, (string Kind, string How)> Rows = File.ReadLines(Document())
        .SkipWhile(line => line != "## Directives").Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Trim('|').Split('|'))
        .Where(cells => cells[0].Trim() != "directive").ToDictionary(cells => cells[0].Trim(), cells => (cells[1].Trim(), cells[2].Trim()), StringComparer.OrdinalIgnoreCase);

    [Fact]
    public void What_is_not_built_is_said_to_be_inert_or_guarding() => Assert.Equal(
        UnbuiltModules.Table.Select(entry => $"{entry.Name} {(entry.IsGuarding ? "guarding" : "inert")} {entry.Module}").Order(StringComparer.OrdinalIgnoreCase),
        Rows.Where(row => row.Value.Kind is "inert" or "guarding").Select(row => $"{row.Key} {row.Value.Kind} {row.Value.How}").Order(StringComparer.OrdinalIgnoreCase));

    [Fact]
    public void What_is_said_to_work_is_built()
    {
        HashSet<string> built = [.. Modules.All.SelectMany(module => module.Directives).Select(directive => directive.Name).Concat(OfLanguage).Select(name => name.ToUpperInvariant())];

        Assert.Empty(Rows.Where(row => row.Value.Kind is "works" or "differs" or "ignored" && !built.Contains(row.Key.ToUpperInvariant())).Select(row => row.Key));
    }

    [Fact]
    public void What_is_built_has_a_row_or_is_named_as_ones_own()
    {
        string text = File.ReadAllText(Document());

        Assert.All(Modules.All.SelectMany(module => module.Directives).Select(directive => directive.Name), name =>
            Assert.True(Rows.ContainsKey(name) || text.Contains($"`{name}`", StringComparison.Ordinal), $"docs/apache.md lacks {name}"));
    }

    private static string Document([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/apache.md");
}
