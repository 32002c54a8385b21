using System.Text.RegularExpressions;
using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Configuration.Sections;
using Roundtrip.Configuration.Settings;
using Roundtrip.Configuration.Syntax;
using Roundtrip.Site.Core;

namespace Roundtrip.Site.Unbuilt;

/// <summary>What a guarding directive guards: its scope, or a part of it, or with some arguments nothing.</summary>
internal static class Guards
{
    private static readonly string[] Compression = ["NONE", "DEFLATE", "BROTLI_COMPRESS", "INFLATE"];

    private static readonly Dictionary<string, Func<IReadOnlyList<string>, bool>> Conditions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["RewriteEngine"] = IsNot("off"),
        ["SSLVerifyClient"] = IsNot("none"),
        ["AuthType"] = IsNot("None"),
        ["Dav"] = IsNot("off"),
        ["XBitHack"] = IsNot("off"),
        ["ProtocolEcho"] = IsNot("off"),
        ["MDRequireHttps"] = IsNot("off"),
        ["RemoteIPProxyProtocol"] = IsNot("off"),
        ["VirtualDocumentRoot"] = IsNot("none"),
        ["VirtualDocumentRootIP"] = IsNot("none"),
        ["VirtualScriptAlias"] = IsNot("none"),
        ["VirtualScriptAliasIP"] = IsNot("none"),

        // What only compresses may be left out: the same is sent, with more bytes.
        ["SetOutputFilter"] = words => !IsCompression(words),
        ["SetInputFilter"] = words => !IsCompression(words),
        ["AddOutputFilterByType"] = words => !IsCompression(words),

        // GET and HEAD are what is answered.
        ["AllowMethods"] = words => !words.Contains("GET", StringComparer.OrdinalIgnoreCase) && !words.Contains("reset", StringComparer.OrdinalIgnoreCase),
    };

    /// <param name="why">That it is not built.</param>
    public static void Apply(DirectiveCall call, string why)
    {
        IReadOnlyList<string> words = Words.Split(call.Raw);
        if (Conditions.TryGetValue(call.Name, out Func<IReadOnlyList<string>, bool>? guards) && !guards(words))
        {
            return;
        }

        Guard(call, words, $"{call.Name}: {why}");
        call.Warn($"{call.Name} is answered with 501 in its scope: {why}, and nothing is to be sent raw");
    }

    private static void Guard(DirectiveCall call, IReadOnlyList<string> words, string reason)
    {
        bool isServer = call.Scope.Kind is ScopeKind.Server or ScopeKind.VirtualHost;
        switch (call.Name.ToUpperInvariant())
        {
            case "PROXYPASS" when isServer && words is [['/', ..], ..]:
                // "!" is a path that is not passed on.
                GuardPart(call, ScopeKind.Location, PathMatch.OfText(words[0]), words is [_, "!", ..] ? "" : reason);
                break;
            case "PROXYPASSMATCH" when isServer && words.Count > 1:
                GuardPart(call, ScopeKind.Location, PathMatch.OfPattern(Pattern(words[0], PatternOptions.None)), words[1] == "!" ? "" : reason);
                break;
            case "ADDHANDLER" or "ADDINPUTFILTER" or "ADDOUTPUTFILTER" when words.Count > 1 && (isServer || call.Scope.Kind == ScopeKind.Directory):
                // mod_mime: each of a name's extensions counts.
                string extensions = string.Join('|', words.Skip(1).Select(word => Regex.Escape(word.TrimStart('.'))));
                GuardPart(call, ScopeKind.Files, PathMatch.OfPattern(Pattern($@"\.({extensions})(\.|$)", PatternOptions.IgnoreCase)), reason);
                break;
            default:
                call.Settings.Set(CoreSettings.Guard, reason);
                break;
        }
    }

    private static void GuardPart(DirectiveCall call, ScopeKind kind, PathMatch match, string reason)
    {
        if (reason.Length > 0)
        {
            var settings = new SettingBag();
            settings.Set(CoreSettings.Guard, reason);
            call.Scope.Sections.Add(new Section(kind, match, settings, [], call.Position));
        }
    }

    private static Func<IReadOnlyList<string>, bool> IsNot(string word) => words => words is not [var only] || !only.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static bool IsCompression(IReadOnlyList<string> words) =>
        words.Count > 0 && words[0].Split(';').All(filter => Compression.Contains(filter.ToUpperInvariant()));

    private static ServerPattern Pattern(string text, PatternOptions options) => ServerPattern.Parse(text, options, out string fault) ?? throw new FormatException(fault);
}
