using System.Collections.Immutable;
using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Settings;
using Roundtrip.Site.Headers;
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

    /// <summary>Script: the path of the program that answers a method, where nothing else computes the answer. HEAD is GET's.</summary>
    public static readonly SettingKey<ImmutableDictionary<string, string>> Methods =
        new(ImmutableDictionary.Create<string, string>(StringComparer.Ordinal), (outer, inner) => outer.SetItems(inner));

    public string Name => "actions_module";

    public string SourceFile => "mod_actions.c";

    public IEnumerable<Directive> Directives =>
    [
        new("Action", Anywhere, 2, 3, "a handler's name or a media type, a path of the URL, and virtual", Add),
        new("Script", Anywhere, 2, 2, "a method and a path of the URL", AddMethod),
    ];

    private static void Add(DirectiveCall call)
    {
        if (call.Words.Count == 3 && !call.Words[2].Equals("virtual", StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException($"'{call.Words[2]}' is not the word virtual");
        }

        string path = PathIn(call);
        call.Settings.Update(Actions, actions => actions.SetItem(call.Words[0], new ActionProgram(path, call.Words.Count == 3)));
    }

    private static void AddMethod(DirectiveCall call)
    {
        string method = call.Words[0];
        if (method == "TRACE")
        {
            throw new FormatException("TRACE not allowed for Script");
        }

        if (!FieldText.IsName(method))
        {
            throw new FormatException($"'{method}' is no method");
        }

        // http_protocol.c, ap_method_number_of: HEAD has GET's number.
        string path = PathIn(call);
        call.Settings.Update(Methods, methods => methods.SetItem(method == "HEAD" ? "GET" : method, path));
    }

    private static string PathIn(DirectiveCall call) => call.Words[1].StartsWith('/')
        ? call.Words[1]
        : throw new FormatException($"'{call.Words[1]}' is no path of this server: it begins with a slash");
}
