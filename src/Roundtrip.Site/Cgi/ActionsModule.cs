using System.Collections.Immutable;
using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Settings;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Cgi;

/// <summary>The program that Action has answer for a handler's name or a media type.</summary>
/// <param name="Path">Its path on this server; the path of what was asked for stands behind it, as PATH_INFO.</param>
/// <param name="IsVirtual">Whether what was asked for need not be there.</param>
internal sealed record ActionProgram(string Path, bool IsVirtual);

/// <summary>mod_actions.</summary>
internal sealed class ActionsModule : IConfigurationModule
{
    /// <summary>By handler's name or media type.</summary>
    public static readonly SettingKey<ImmutableDictionary<string, ActionProgram>> Actions =
        new(ImmutableDictionary.Create<string, ActionProgram>(StringComparer.OrdinalIgnoreCase), (outer, inner) => outer.SetItems(inner));

    public string Name => "actions_module";

    public string SourceFile => "mod_actions.c";

    public IEnumerable<Directive> Directives => [new("Action", Anywhere, 2, 3, "a handler's name or a media type, a path of the URL, and virtual", Add)];

    private static void Add(DirectiveCall call)
    {
        if (call.Words.Count == 3 && !call.Words[2].Equals("virtual", StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException($"'{call.Words[2]}' is not the word virtual");
        }

        if (!call.Words[1].StartsWith('/'))
        {
            throw new FormatException($"'{call.Words[1]}' is no path of this server: it begins with a slash");
        }

        call.Settings.Update(Actions, actions => actions.SetItem(call.Words[0], new ActionProgram(call.Words[1], call.Words.Count == 3)));
    }
}
