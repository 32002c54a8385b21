using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;
using Roundtrip.Http;
using Roundtrip.Site.Mime;

namespace Roundtrip.Site.Compression;

/// <summary>How content is compressed, and what of it.</summary>
internal static class CompressionSettings
{
    /// <summary>AddOutputFilterByType: codings for media types. An inner scope adds to the outer one's.</summary>
    public static readonly SettingKey<ImmutableArray<(string Type, ContentCoding Coding)>> ByType = new([], (outer, inner) => outer.AddRange(inner));

    /// <summary>SetOutputFilter: codings for everything.</summary>
    public static readonly SettingKey<ImmutableArray<ContentCoding>> ForAll = new([]);

    /// <summary>DeflateCompressionLevel, 1 to 9. zlib's default is 6.</summary>
    public static readonly SettingKey<int> DeflateLevel = new(6);

    /// <summary>BrotliCompressionQuality, 0 to 11.</summary>
    public static readonly SettingKey<int> BrotliQuality = new(5);

    /// <summary>BrotliCompressionWindow: the window's size as a power of 2, 10 to 24.</summary>
    public static readonly SettingKey<int> BrotliWindow = new(18);

    /// <summary>ZstdCompressionLevel, 1 to 19.</summary>
    public static readonly SettingKey<int> ZstdLevel = new(3);

    /// <summary>DeflateAlterETag and BrotliAlterETag; zstd follows the former.</summary>
    public static readonly SettingKey<AlterETag> DeflateETag = new(AlterETag.AddSuffix);

    public static readonly SettingKey<AlterETag> BrotliETag = new(AlterETag.AddSuffix);

    /// <summary>CompressMinSize, in bytes: what is smaller is sent as it is. httpd has no such limit.</summary>
    public static readonly SettingKey<int> MinSize = new(256);

    /// <summary>Files up to so many bytes are compressed and kept; larger ones are sent as they are.</summary>
    public const int MaximumSize = 8 * 1024 * 1024;

    /// <summary>The codings that the settings ask for, for a media type.</summary>
    /// <param name="contentType">The value of Content-Type; its parameters do not count.</param>
    public static bool Wants(SettingBag settings, string contentType, ContentCoding coding)
    {
        if (settings.Get(ForAll).Contains(coding))
        {
            return true;
        }

        ReadOnlySpan<char> type = contentType.AsSpan();
        int semicolon = type.IndexOf(';');
        type = (semicolon < 0 ? type : type[..semicolon]).Trim();
        foreach ((string known, ContentCoding its) in settings.Get(ByType))
        {
            if (its == coding && type.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The same for a file, whose extensions may ask for more.</summary>
    public static bool Wants(SettingBag settings, FileMetadata file, ContentCoding coding) => file.Codings.Contains(coding) || Wants(settings, file.ContentType, coding);

    public static bool WantsAny(SettingBag settings, FileMetadata file) => file.Codings.Length > 0 || WantsAny(settings, file.ContentType);

    public static bool WantsAny(SettingBag settings, string contentType) => Wants(settings, contentType, ContentCoding.Gzip)
        || Wants(settings, contentType, ContentCoding.Brotli) || Wants(settings, contentType, ContentCoding.Zstandard);

    public static AlterETag ETagOf(SettingBag settings, ContentCoding coding) => settings.Get(coding == ContentCoding.Brotli ? BrotliETag : DeflateETag);
}

/// <summary>What becomes of an entity tag when content is compressed.</summary>
internal enum AlterETag : byte
{
    /// <summary>RFC 9110 section 8.8.3.3: each encoding has a tag of its own.</summary>
    AddSuffix,

    /// <summary>All have the same: a client that keeps a part of one may complete it with another.</summary>
    NoChange,

    Remove,
}
