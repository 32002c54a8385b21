using System.Text;

namespace Roundtrip.Site.Files;

/// <summary>The media type of a file by the extension of its name, from the <c>mime.types</c> inside the assembly.</summary>
internal static class MediaTypes
{
    /// <summary>For what no line names. A browser does not guess at it, so an upload cannot become a page.</summary>
    private const string Unknown = "application/octet-stream";

    private const int LongestExtension = 32;

    private static readonly Dictionary<string, string> Types = Read();

    /// <param name="path">The file's path or name.</param>
    /// <param name="addCharset">Whether <c>charset=utf-8</c> is added where it is right.</param>
    public static string Of(ReadOnlySpan<byte> path, bool addCharset)
    {
        ReadOnlySpan<byte> name = path[(path.LastIndexOf((byte)'/') + 1)..];
        ReadOnlySpan<byte> extension = name[(name.LastIndexOf((byte)'.') + 1)..];
        Span<char> chars = stackalloc char[LongestExtension];
        if (extension.Length == name.Length || extension.Length > LongestExtension
            || Ascii.ToUtf16(extension, chars, out int length) != System.Buffers.OperationStatus.Done
            || !Types.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(chars[..length], out string? type))
        {
            return Unknown;
        }

        // RFC 7303 §3: an XML document says its own encoding, which a charset here would override; RFC 8259 §8.1: JSON has none but UTF-8.
        return addCharset && type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type;
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
