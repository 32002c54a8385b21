using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.Files;

/// <summary>How files are sent; Precompressed is a directive of ours.</summary>
internal static class FileSettings
{
    /// <summary>Precompressed: whether a <c>.br</c>, <c>.zst</c> or <c>.gz</c> beside a file is sent to who accepts it. On for a folder; httpd has no such thing.</summary>
    public static readonly SettingKey<bool> Precompressed = new(false);

    /// <summary>Whether symbolic links are followed only where they stay beneath the folder that is served. So for a folder; no directive.</summary>
    public static readonly SettingKey<bool> StaysBeneath = new(false);

    /// <summary>The charset of all types of text. For a folder; httpd's AddDefaultCharset is for HTML and plain text alone.</summary>
    public static readonly SettingKey<string> TextCharset = new("");

    /// <summary>The type of a file whose name says none; empty for no Content-Type, as httpd has it. No directive.</summary>
    public static readonly SettingKey<string> UnknownType = new("");
}
