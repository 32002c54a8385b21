using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;
using Roundtrip.Http;
using Roundtrip.Site.Compression;
using Roundtrip.Site.Core;
using Roundtrip.Site.Files;

namespace Roundtrip.Site.Mime;

/// <summary>What the extensions of a name say of a file: mod_mime's "Files with Multiple Extensions", then the core's ForceType and AddDefaultCharset.</summary>
/// <param name="ContentType">The value of Content-Type; empty for none.</param>
/// <param name="ContentEncoding">The value of Content-Encoding; empty for none.</param>
/// <param name="Languages">The languages in the order of their extensions.</param>
/// <param name="Handler">What AddHandler says; empty for nothing.</param>
/// <param name="Codings">What AddOutputFilter's filters compress to.</param>
/// <param name="UnbuiltFilter">A filter of AddOutputFilter that is not built, so that the file must not be sent as it lies on the disk; empty for none.</param>
internal sealed record FileMetadata(
    string ContentType, string ContentEncoding, ImmutableArray<string> Languages, string Handler, ImmutableArray<ContentCoding> Codings, string UnbuiltFilter)
{
    /// <param name="path">The file's path or name.</param>
    public static FileMetadata Of(string path, SettingBag settings)
    {
        MediaTypes types = settings.Get(MimeSettings.Types);
        ExtensionMap map = settings.Get(MimeSettings.Extensions);
        string? type = null, charset = null;
        string encoding = "", handler = "";
        List<string> languages = [];
        string[] filters = [];
        string[] extensions = ExtensionsOf(path[(path.LastIndexOf('/') + 1)..]);
        for (int i = 0; i < extensions.Length; i++)
        {
            ExtensionInfo info = map.Find(extensions[i]) ?? ExtensionInfo.Empty;
            if (info.Type is { Length: > 0 } added)
            {
                type = added;
            }
            else if (info.Type is null && (!types.IsForLastExtension || i == extensions.Length - 1) && types.Find(extensions[i]) is { } known)
            {
                type = known;
            }

            charset = info.Charset ?? charset;
            handler = info.Handler ?? handler;
            encoding = info.Encoding is null ? encoding : encoding.Length == 0 ? info.Encoding : $"{encoding}, {info.Encoding}";
            languages.AddRange(info.Language is null ? [] : [info.Language]);
            filters = [.. filters, .. OutputFilters.NamesOf(info.OutputFilters ?? "")];
        }

        if (languages.Count == 0 && settings.Get(MimeSettings.DefaultLanguage) is { Length: > 0 } language)
        {
            languages.Add(language);
        }

        return new FileMetadata(TypeOf(type, charset, settings), encoding, [.. languages], handler,
            [.. filters.Select(OutputFilters.CodingOf).OfType<ContentCoding>()],
            filters.FirstOrDefault(name => OutputFilters.CodingOf(name) is null) ?? "");
    }

    /// <summary>Whether a type is none of a content but the old way to name a handler: <c>AddType application/x-httpd-php .php</c>. Such a file is a program.</summary>
    public static bool NamesHandler(string type) => type.StartsWith("application/x-httpd-", StringComparison.OrdinalIgnoreCase)
        || type.StartsWith("text/x-server-parsed-html", StringComparison.OrdinalIgnoreCase);

    // mod_mime.c, find_ct: leading dots belong to the base name, which is no extension even where it looks like one; empty extensions do not count.
    private static string[] ExtensionsOf(string name)
    {
        int dots = name.AsSpan().IndexOfAnyExcept('.');
        int first = dots < 0 ? -1 : name.IndexOf('.', dots);
        return first < 0 ? [] : name[(first + 1)..].Split('.', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string TypeOf(string? found, string? charset, SettingBag settings)
    {
        string type = found ?? settings.Get(FileSettings.UnknownType);
        if (settings.Get(CoreSettings.ForceType) is { Length: > 0 } forced)
        {
            // ForceType comes after mod_mime, and takes the charset of its extension away too.
            (type, charset) = (forced, null);
        }

        if (type.Length == 0 || type.Contains("charset=", StringComparison.OrdinalIgnoreCase))
        {
            return type;
        }

        // core.c: AddDefaultCharset is for these two. RFC 7303 §3: an XML document says its own encoding; RFC 8259 §8.1: JSON has none but UTF-8.
        string bare = type.Split(';')[0].Trim();
        charset ??= bare is "text/html" or "text/plain" ? settings.Get(CoreSettings.DefaultCharset) : "";
        if (charset.Length == 0 && bare.StartsWith("text/", StringComparison.Ordinal))
        {
            charset = settings.Get(FileSettings.TextCharset);
        }

        return charset.Length == 0 ? type : $"{type}; charset={charset}";
    }
}
