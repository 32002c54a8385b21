using Roundtrip.Configuration.Patterns;
using Roundtrip.Site.Files;

namespace Roundtrip.Site.Mapping;

/// <summary>One Alias or Redirect: which paths it is for, and what they become.</summary>
/// <param name="Prefix">The path of a rule without a regular expression; it holds for the path itself and all below it.</param>
/// <param name="Pattern">The regular expression of a Match form; then <paramref name="Prefix"/> is empty.</param>
/// <param name="Target">A file's path, or a URL; what is behind the prefix is put behind it, or captures into it.</param>
/// <param name="Status">Of a redirect; 0 for an alias.</param>
public sealed record UrlRule(string Prefix, ServerPattern? Pattern, string Target, int Status)
{
    /// <summary>The handler that ScriptAlias chooses; empty for none.</summary>
    public string Handler { get; init; } = "";

    /// <summary>Whether the target is no file, but the handler's own word for what it runs.</summary>
    public bool IsOfHandler { get; init; }

    /// <summary>Whether the target is all of the result: a Redirect in a Location, without a path of its own, puts nothing behind it.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether what a pattern leaves of the path, behind its match, is put behind the target: WSGIScriptAliasMatch. The other Match forms drop it.</summary>
    public bool KeepsRest { get; init; }

    /// <param name="result">What the path becomes; null where that is too long, or the pattern's time was up: then nothing may be served for it.</param>
    /// <returns>Whether the rule is for the path.</returns>
    public bool TryApply(string path, out string? result)
    {
        if (Pattern is null)
        {
            int length = LengthOfPrefix(path);

            // A URL has what is behind the prefix encoded again; a file's path has it as it is.
            result = length < 0 ? null : IsWhole ? Target : Target + (Status == 0 ? path[length..] : PathEncoding.Encode(PathText.Bytes(path[length..])));
            return length >= 0;
        }

        PatternMatch match = Pattern.Match(path);
        result = match.IsMatch ? Substitution.Write(Target, match) : null;
        if (KeepsRest && result is not null)
        {
            // mod_wsgi.c, wsgi_hook_intercept.
            result += path[(match.Index + match.Length)..];
        }

        return match.Outcome != PatternOutcome.NotMatched;
    }

    // mod_alias.c, alias_matches: the prefix up to a component's end, several slashes taken for one; -1 where it does not match.
    private int LengthOfPrefix(string path)
    {
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return -1;
        }

        return Prefix.Length == 0 || Prefix[^1] == '/' || path.Length == Prefix.Length || path[Prefix.Length] == '/' ? Prefix.Length : -1;
    }
}
