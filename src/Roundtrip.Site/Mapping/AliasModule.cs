using System.Globalization;
using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Patterns;
using Roundtrip.Configuration.Sections;
using Roundtrip.Site.Unbuilt;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Mapping;

/// <summary>mod_alias: parts of the URL space that lie elsewhere on this machine, or elsewhere in the web.</summary>
internal sealed class AliasModule : IConfigurationModule
{
    public string Name => "alias_module";

    public string SourceFile => "mod_alias.c";

    public IEnumerable<Directive> Directives =>
    [
        new("Alias", Anywhere, 1, 2, "a path of the URL and one of the file system; within Location the latter alone", call => AddAlias(call, "")),
        new("AliasMatch", AnyServer, 2, 2, "a regular expression and a path", call => AddAliasMatch(call, "")),
        new("ScriptAlias", Anywhere, 1, 2, "a path of the URL and one of the file system", call => AddAlias(call, "cgi-script")),
        new("ScriptAliasMatch", AnyServer, 2, 2, "a regular expression and a path", call => AddAliasMatch(call, "cgi-script")),
        new("Redirect", Anywhere, 1, 3, "a status, a path and a URL; the first may be left out", call => AddRedirect(call, call.Words, 302)),
        new("RedirectPermanent", Anywhere, 2, 2, "a path and a URL", call => AddRedirect(call, call.Words, 301)),
        new("RedirectTemp", Anywhere, 2, 2, "a path and a URL", call => AddRedirect(call, call.Words, 302)),
        new("RedirectMatch", Anywhere, 1, 3, "a status, a regular expression and a URL; the first may be left out", AddRedirectMatch),
    ];

    private static void AddAlias(DirectiveCall call, string handler)
    {
        if (call.Scope.Kind is ScopeKind.Server or ScopeKind.VirtualHost)
        {
            Add(call, call.Words.Count == 2
                ? new UrlRule(call.Words[0], null, call.FullPath(call.Words[1]), 0) { Handler = handler }
                : throw new FormatException("takes a path of the URL and one of the file system"));
        }
        else if (call.Scope is { Kind: ScopeKind.Location, Path: { } path } && call.Words.Count == 1)
        {
            // It is for the location's own path, and so it may stand with the server's.
            call.Scope.Server.Settings.Update(
                MappingSettings.Aliases, rules => rules.Add(new UrlRule(path, null, call.FullPath(call.Words[0]), 0) { Handler = handler }));
        }
        else
        {
            throw new FormatException("within a section it takes one path, and only a Location without a pattern can have it");
        }
    }

    private static void AddAliasMatch(DirectiveCall call, string handler) => Add(call, new UrlRule("", Pattern(call.Words[0]), call.FullPath(call.Words[1]), 0) { Handler = handler });

    private static void Add(DirectiveCall call, UrlRule rule) => call.Settings.Update(MappingSettings.Aliases, rules => rules.Add(rule));

    private static void AddRedirect(DirectiveCall call, IReadOnlyList<string> words, int status)
    {
        if (!words[0].StartsWith('/') && TryStatus(words[0], out int said))
        {
            (words, status) = ([.. words.Skip(1)], said);
        }

        bool needsUrl = status is >= 300 and < 400;
        bool hasPath = words.Count == (needsUrl ? 2 : 1) && words[0].StartsWith('/');
        string target = hasPath ? words.ElementAtOrDefault(1) ?? "" : words.ElementAtOrDefault(0) ?? "";
        if (words.Count > 2 || (words.Count == 2 && !hasPath) || (!hasPath && call.Scope.Kind is ScopeKind.Server or ScopeKind.VirtualHost))
        {
            throw new FormatException("Redirect to non-URL, or without the path that it is for");
        }

        // A section's own needs no path: it holds for all of the section, and its URL is the whole of the result.
        var rule = new UrlRule(hasPath ? words[0] : "", null, Checked(target, needsUrl), status) { IsWhole = !hasPath };
        if (rule.IsWhole && target.Contains("%{", StringComparison.Ordinal))
        {
            Guards.Apply(call, "expressions in its URL are not built");
            return;
        }

        AddRule(call, rule);
    }

    private static void AddRedirectMatch(DirectiveCall call)
    {
        IReadOnlyList<string> words = call.Words;
        int status = 302;
        if (words.Count > 1 && TryStatus(words[0], out int said) && (words.Count == 3 || said is < 300 or >= 400))
        {
            (words, status) = ([.. words.Skip(1)], said);
        }

        bool needsUrl = status is >= 300 and < 400;
        AddRule(call, new UrlRule("", Pattern(words[0]), Checked(words.Count > 1 ? words[1] : "", needsUrl), status));
    }

    private static void AddRule(DirectiveCall call, UrlRule rule) => call.Settings.Update(
        call.Scope.Kind is ScopeKind.Server or ScopeKind.VirtualHost ? MappingSettings.ServerRedirects : MappingSettings.Redirects, rules => rules.Add(rule));

    private static bool TryStatus(string word, out int status)
    {
        status = word.ToUpperInvariant() switch
        {
            "PERMANENT" => 301,
            "TEMP" => 302,
            "SEEOTHER" => 303,
            "GONE" => 410,
            _ => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 300 and < 600 ? number : 0,
        };
        return status != 0;
    }

    private static string Checked(string target, bool needsUrl)
    {
        if (needsUrl != target.Length > 0)
        {
            throw new FormatException(needsUrl ? "URL to redirect to is missing" : "Redirect URL not valid for this status");
        }

        return !needsUrl || target.StartsWith('/') || target.Contains("://", StringComparison.Ordinal) || target.StartsWith('%') || target.StartsWith('$')
            ? target
            : throw new FormatException("Redirect to non-URL");
    }

    private static ServerPattern Pattern(string text) => ServerPattern.Parse(text, PatternOptions.None, out string fault) ?? throw new FormatException(fault);
}
