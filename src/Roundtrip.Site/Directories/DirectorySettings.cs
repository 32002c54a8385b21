using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Directories;

/// <summary>mod_dir's settings.</summary>
internal static class DirectorySettings
{
    /// <summary>DirectoryIndex: names in the directory, or paths of the site.</summary>
    public static readonly SettingKey<ImmutableArray<string>> Index = new(["index.html"]);

    /// <summary>DirectorySlash.</summary>
    public static readonly SettingKey<bool> Slash = new(true);

    /// <summary>FallbackResource: a path of the site; empty for none.</summary>
    public static readonly SettingKey<string> Fallback = new("");

    /// <summary>Whether mod_autoindex is loaded: a directory without an index is 403 or a list then, and 404 without it.</summary>
    public static readonly SettingKey<bool> IsListable = new(false);

    /// <summary>IndexOptions.</summary>
    public static readonly SettingKey<IndexOptions> ListingOptions = new(IndexOptions.None, IndexOptions.Merge);

    /// <summary>The rest of mod_autoindex.</summary>
    public static readonly SettingKey<IndexSettings> Listing = new(IndexSettings.None, IndexSettings.Merge);
}
