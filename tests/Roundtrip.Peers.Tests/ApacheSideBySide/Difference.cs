namespace Roundtrip.Peers.Tests.ApacheSideBySide;

/// <summary>A difference from httpd that is meant: a line of <c>differences.txt</c>, which docs/apache.md gives in its own table.</summary>
/// <param name="Aspects">What differs: names of <see cref="Answer.Compared"/>, each with both values where they are the same in every case that has the difference.</param>
internal sealed record Difference(string Name, IReadOnlyList<(string Aspect, string? Apache, string? Roundtrip)> Aspects, string Reason)
{
    public static IReadOnlyDictionary<string, Difference> All { get; } = File.ReadLines(Path.Combine(Ground.TableFolder, "differences.txt"))
        .Where(line => line.Length > 0 && line[0] != '#').Select(Parse).ToDictionary(difference => difference.Name);

    private static Difference Parse(string line)
    {
        string[] columns = line.Split('|', StringSplitOptions.TrimEntries);
        return new Difference(columns[0], [.. columns[1].Split(';', StringSplitOptions.TrimEntries).Select(ParseAspect)], columns[2]);
    }

    // "type", or "status 200 405".
    private static (string, string?, string?) ParseAspect(string text) =>
        text.Split(' ') is [var aspect, var apache, var roundtrip] ? (aspect, apache, roundtrip) : (text, null, null);
}
