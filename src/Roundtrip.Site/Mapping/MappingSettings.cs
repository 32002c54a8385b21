using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Mapping;

/// <summary>mod_alias's settings. A virtual host's own rules come before the main server's.</summary>
internal static class MappingSettings
{
    public static readonly SettingKey<ImmutableArray<UrlRule>> Aliases = new([], (main, host) => [.. host, .. main]);

    /// <summary>Aliases of other modules, which are looked at behind those of mod_alias: WSGIScriptAlias.</summary>
    public static readonly SettingKey<ImmutableArray<UrlRule>> LaterAliases = new([], (main, host) => [.. host, .. main]);

    /// <summary>Redirects of a server: they are looked at before any alias, and before access is decided.</summary>
    public static readonly SettingKey<ImmutableArray<UrlRule>> ServerRedirects = new([], (main, host) => [.. host, .. main]);

    /// <summary>Redirects of a directory or location: after access was granted.</summary>
    public static readonly SettingKey<ImmutableArray<UrlRule>> Redirects = new([], (outer, inner) => [.. inner, .. outer]);
}
