using System.Text;
using Roundtrip.Configuration.Settings;
using Roundtrip.Site.Core;

namespace Roundtrip.Site.Files;

/// <summary>The media type of a file by the extension of its name, from the <c>mime.types</c> inside the assembly.</summary>
internal static class MediaTypes
{
    private const int LongestExtension = 32;

    private static readonly Dictionary<string, string> Types = Read();

    /// <param name="path">The file's path or name.</param>
    /// <returns>The value of Content-Type; empty for none.</returns>
    public static string Of(ReadOnlySpan<byte> path, SettingBag settings)
    {
        string type = settings.Get(CoreSettings.ForceType) is { Length: > 0 } forced ? forced : OfName(path) ?? settings.Get(FileSettings.UnknownType);
        if (type.Contains(';'))
        {
            return type;
        }

        // core.c, ap_make_content_type: AddDefaultCharset is for these two. RFC 7303 §3: an XML document says its own encoding; RFC 8259 §8.1: JSON has none but UTF-8.
        string charset = type is "text/html" or "text/plain" ? settings.Get(CoreSettings.DefaultCharset) : "";
        if (charset.Length == 0 && type.StartsWith("text/", StringComparison.Ordinal))
        {
            charset = settings.Get(FileSettings.TextCharset);
        }

        return charset.Length == 0 ? type : $"{type}; charset={charset}";
    }

    private static string? OfName(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> name = path[(path.LastIndexOf((byte)'/') + 1)..];
        ReadOnlySpan<byte> extension = name[(name.LastIndexOf((byte)'.') + 1)..];
        Span<char> chars = stackalloc char[LongestExtension];
        return extension.Length < name.Length && extension.Length <= LongestExtension
            && Ascii.ToUtf16(extension, chars, out int length) == System.Buffers.OperationStatus.Done
            && Types.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(chars[..length], out string? type)
                ? type
                : null;
    }

    private static Dictionary<string, string> Read()
    {
        using Stream stream = typeof(MediaTypes).Assembly.GetManifestResourceStream("mime.types")!;
        using var reader = new StreamReader(stream);
        var types = new Dictionary<string, string>(2048, StringComparer.OrdinalIgnoreCase);
        while (reader.ReadLine() is { } line)
        {
            string[] words = line.StartsWith('#') ? [] : line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 1; i < words.Length; i++)
            {
                types.TryAdd(words[i], words[0]);
            }
        }

        return types;
    }
}
