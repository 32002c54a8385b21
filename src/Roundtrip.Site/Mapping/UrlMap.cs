using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;
using Roundtrip.Site.Core;

namespace Roundtrip.Site.Mapping;

/// <summary>Where in the file system the paths of a host's URLs lie: redirects first, then aliases, each in the file's order, and DocumentRoot for the rest.</summary>
internal sealed class UrlMap(SettingBag settings)
{
    private readonly ImmutableArray<UrlRule> _redirects = settings.Get(MappingSettings.ServerRedirects);
    private readonly ImmutableArray<UrlRule> _aliases = [.. settings.Get(MappingSettings.Aliases), .. settings.Get(MappingSettings.LaterAliases)];
    private readonly string _root = settings.Get(CoreSettings.DocumentRoot).TrimEnd('/') + "/";

    /// <param name="path">The path of the URL, decoded.</param>
    public MappedPath Map(string path)
    {
        foreach (UrlRule rule in _redirects)
        {
            if (rule.TryApply(path, out string? target))
            {
                return target is null ? MappedPath.Forbidden : MappedPath.Redirect(rule.Status, target);
            }
        }

        foreach (UrlRule rule in _aliases)
        {
            if (rule.TryApply(path, out string? file))
            {
                return file is null ? MappedPath.Forbidden
                    : rule.IsOfHandler ? MappedPath.Program(_root, rule.Handler, rule.Prefix.Length)
                    : OfAlias(rule, file);
            }
        }

        return MappedPath.File(_root, path[1..], "");
    }

    // What captures or the rest of the path add must stay below the part of the target that the configuration itself says.
    private static MappedPath OfAlias(UrlRule rule, string file)
    {
        int fixedLength = rule.Pattern is null ? rule.Target.Length : Math.Max(0, rule.Target.AsSpan().IndexOfAny('$', '\\'));
        fixedLength = rule.Pattern is not null && fixedLength == 0 && !rule.Target.AsSpan().ContainsAny('$', '\\') ? rule.Target.Length : fixedLength;
        string folder = rule.Target[..(rule.Target.LastIndexOf('/', Math.Max(0, fixedLength - 1)) + 1)];
        if (rule.Pattern is null && rule.Handler.Length == 0 && file.Length > rule.Target.Length && file[rule.Target.Length] == '/')
        {
            folder = rule.Target + "/";
        }

        string relative = file[Math.Min(folder.Length, file.Length)..].TrimStart('/');
        bool leaves = !file.StartsWith(folder, StringComparison.Ordinal) || $"/{relative}/".Contains("/../", StringComparison.Ordinal) || relative.Contains('\0');
        return leaves ? MappedPath.Forbidden : MappedPath.File(folder, relative, rule.Handler);
    }
}
