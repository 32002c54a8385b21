using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Mime;

/// <summary>mod_mime's settings.</summary>
internal static class MimeSettings
{
    /// <summary>TypesConfig. Without mod_mime there are no types.</summary>
    public static readonly SettingKey<MediaTypes> Types = new(MediaTypes.None);

    /// <summary>The Add and Remove directives.</summary>
    public static readonly SettingKey<ExtensionMap> Extensions = new(ExtensionMap.Empty, ExtensionMap.Merge);

    /// <summary>DefaultLanguage; empty for none.</summary>
    public static readonly SettingKey<string> DefaultLanguage = new("");

    /// <summary>ModMimeUsePathInfo: whether what stands behind a file's name in the path counts as part of it. Files here have nothing behind their names.</summary>
    public static readonly SettingKey<bool> UsePathInfo = new(false);

    /// <summary>MultiviewsMatch, for content negotiation.</summary>
    public static readonly SettingKey<MultiviewsMatch> MultiviewsMatch = new(Mime.MultiviewsMatch.NegotiatedOnly);
}

/// <summary>Which extensions a file may have that MultiViews chooses.</summary>
[Flags]
internal enum MultiviewsMatch : byte
{
    NegotiatedOnly = 0,
    Handlers = 1,
    Filters = 2,
    Any = 4,
}
