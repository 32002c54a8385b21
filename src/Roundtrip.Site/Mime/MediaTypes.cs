using Roundtrip.Configuration.Syntax;

namespace Roundtrip.Site.Mime;

/// <summary>Media types by the extensions of names: what a <c>mime.types</c> file says. Immutable.</summary>
internal sealed class MediaTypes
{
    public static readonly MediaTypes None = new(new Dictionary<string, string>());

    private static MediaTypes? _embedded;

    private readonly Dictionary<string, string> _types;

    private MediaTypes(Dictionary<string, string> types) => _types = types;

    /// <summary>The list inside the assembly, for a folder that is served by itself. Its first line that has an extension decides.</summary>
    public static MediaTypes Embedded => _embedded ??= ReadEmbedded();

    /// <summary>
    /// Whether the last extension of a name alone counts. httpd looks at each, so that <c>page.html.bak</c> is HTML; a folder without a configuration is more careful.
    /// </summary>
    public bool IsForLastExtension { get; private init; }

    /// <summary>Reads the text of a <c>mime.types</c> file as httpd does: of several lines that have an extension the last one decides.</summary>
    public static MediaTypes Parse(string text)
    {
        var types = new Dictionary<string, string>(2048, StringComparer.OrdinalIgnoreCase);
        foreach (string line in text.Split('\n'))
        {
            // A type that cannot stand in a field is none.
            IReadOnlyList<string> words = line.StartsWith('#') ? [] : Words.Split(line);
            words = words.Count > 0 && Headers.FieldText.IsValue(words[0]) ? words : [];
            for (int i = 1; i < words.Count; i++)
            {
                types[words[i]] = words[0];
            }
        }

        return new MediaTypes(types);
    }

    /// <returns>The type of an extension, which stands without its dot; null where there is none.</returns>
    public string? Find(string extension) => _types.GetValueOrDefault(extension);

    private static MediaTypes ReadEmbedded()
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

        return new MediaTypes(types) { IsForLastExtension = true };
    }
}
