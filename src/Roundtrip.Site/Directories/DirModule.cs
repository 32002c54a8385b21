using System.Collections.Immutable;
using Roundtrip.Configuration.Directives;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Directories;

/// <summary>mod_dir: what stands for a directory.</summary>
internal sealed class DirModule : IConfigurationModule
{
    public string Name => "dir_module";

    public string SourceFile => "mod_dir.c";

    public IEnumerable<Directive> Directives =>
    [
        new("DirectoryIndex", Anywhere, 1, int.MaxValue, "names or paths, or disabled", SetIndex),
        Directive.Of("DirectorySlash", Anywhere, "On or Off", DirectorySettings.Slash, Arguments.Flag),
        Directive.Of("FallbackResource", Anywhere, "a path, or disabled", DirectorySettings.Fallback, ParseFallback),
        Directive.Of("DirectoryCheckHandler", Anywhere, "On or Off", Core.Ignored.Key, Arguments.Flag),
        Directive.Of("DirectoryIndexRedirect", Anywhere, "On, Off or a status", Core.Ignored.Key, RefuseIndexRedirect),
    ];

    private static void SetIndex(DirectiveCall call)
    {
        if (call.Words is [var only] && only.Equals("disabled", StringComparison.OrdinalIgnoreCase))
        {
            call.Settings.Set(DirectorySettings.Index, []);
            return;
        }

        // Several lines in one scope are one list.
        ImmutableArray<string> before = call.Settings.Has(DirectorySettings.Index) ? call.Settings.Get(DirectorySettings.Index) : [];
        call.Settings.Set(DirectorySettings.Index, before.AddRange(call.Words));
    }

    private static string ParseFallback(string word) => word.Equals("disabled", StringComparison.OrdinalIgnoreCase) ? ""
        : word.StartsWith('/') ? word
        : throw new FormatException("takes a path that begins with a slash, or disabled");

    private static bool RefuseIndexRedirect(string word) => Arguments.Choice(word, "Off", "On") == 0
        ? false
        : throw new FormatException("only Off is possible: an index is sent under its directory's own address");
}
