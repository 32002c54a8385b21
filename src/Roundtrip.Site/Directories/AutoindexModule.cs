using System.Collections.Immutable;
using Roundtrip.Configuration.Directives;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Directories;

/// <summary>mod_autoindex: the list of a directory without an index.</summary>
internal sealed class AutoindexModule : IConfigurationModule
{
    public string Name => "autoindex_module";

    public string SourceFile => "mod_autoindex.c";

    public IEnumerable<Directive> Directives =>
    [
        new("IndexOptions", Anywhere, 1, int.MaxValue, "keywords, perhaps with + or -", SetOptions),
        new("AddIcon", Anywhere, 2, int.MaxValue, "an icon's path, perhaps (ALT,path), and names", call => AddIcon(call, IndexMatch.Name)),
        new("AddIconByType", Anywhere, 2, int.MaxValue, "an icon's path, perhaps (ALT,path), and types", call => AddIcon(call, IndexMatch.Type)),
        new("AddIconByEncoding", Anywhere, 2, int.MaxValue, "an icon's path, perhaps (ALT,path), and codings", call => AddIcon(call, IndexMatch.Coding)),
        new("AddAlt", Anywhere, 2, int.MaxValue, "a text and names", call => AddAlternative(call, IndexMatch.Name)),
        new("AddAltByType", Anywhere, 2, int.MaxValue, "a text and types", call => AddAlternative(call, IndexMatch.Type)),
        new("AddAltByEncoding", Anywhere, 2, int.MaxValue, "a text and codings", call => AddAlternative(call, IndexMatch.Coding)),
        new("AddDescription", Anywhere, 2, int.MaxValue, "a text and names", call => Change(call, before => before with
        {
            Descriptions = before.Descriptions.AddRange(Items(call, IndexMatch.Name, call.Words[0])),
        })),
        Text("DefaultIcon", "an icon's path", (before, word) => before with { DefaultIcon = word }),
        Text("HeaderName", "a file's name or path", (before, word) => before with { Header = word }),
        Text("ReadmeName", "a file's name or path", (before, word) => before with { Readme = word }),
        Text("IndexStyleSheet", "a path", (before, word) => before with { StyleSheet = word }),
        Text("IndexHeadInsert", "markup for the head", (before, word) => before with { HeadInsert = word }),
        new("IndexIgnore", Anywhere, 1, int.MaxValue, "names and patterns", call => Change(call, before => before with { Ignored = before.Ignored.AddRange(call.Words) })),
        new("IndexIgnoreReset", Anywhere, 1, 1, "On or Off", call => Change(call, before =>
            Arguments.Flag(call.Words[0]) ? before with { ForgetsIgnored = true, Ignored = [] } : before)),
        new("IndexOrderDefault", Anywhere, 2, 2, "Ascending or Descending, and Name, Date, Size or Description", call => Change(call, before => before with
        {
            Order = ("NMSD"[Arguments.Choice(call.Words[1], "Name", "Date", "Size", "Description")], Arguments.Choice(call.Words[0], "Ascending", "Descending") == 0),
        })),
    ];

    private static Directive Text(string name, string usage, Func<IndexSettings, string, IndexSettings> change) =>
        new(name, Anywhere, 1, 1, usage, call => Change(call, before => change(before, call.Words[0])));

    private static void Change(DirectiveCall call, Func<IndexSettings, IndexSettings> change) => call.Settings.Update(DirectorySettings.Listing, change);

    private static void SetOptions(DirectiveCall call) => call.Settings.Update(DirectorySettings.ListingOptions, before =>
    {
        foreach (string word in call.Words)
        {
            before = before.With(word);
        }

        return before;
    });

    private static IEnumerable<IndexItem> Items(DirectiveCall call, IndexMatch by, string value) => call.Words.Skip(1).Select(pattern => new IndexItem(by, pattern, value));

    private static void AddAlternative(DirectiveCall call, IndexMatch by) => Change(call, before => before with
    {
        Alternatives = before.Alternatives.AddRange(Items(call, by, call.Words[0])),
    });

    // "(ALT,url)" is an icon and its text at once.
    private static void AddIcon(DirectiveCall call, IndexMatch by)
    {
        string icon = call.Words[0];
        string? alternative = null;
        if (icon.StartsWith('('))
        {
            int comma = icon.IndexOf(',', StringComparison.Ordinal);
            if (comma < 0 || !icon.EndsWith(')'))
            {
                throw new FormatException("missing closing paren, or no comma");
            }

            (alternative, icon) = (icon[1..comma], icon[(comma + 1)..^1]);
        }

        ImmutableArray<IndexItem> icons = [.. Items(call, by, icon)];
        Change(call, before => before with
        {
            Icons = before.Icons.AddRange(icons),
            Alternatives = alternative is null ? before.Alternatives : before.Alternatives.AddRange(Items(call, by, alternative)),
        });
    }
}
