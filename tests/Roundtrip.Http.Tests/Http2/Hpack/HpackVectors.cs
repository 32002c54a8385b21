using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Roundtrip.Http.Tests.Http2.Hpack;

/// <summary>The stories of Vectors/hpack-test-case.tar.gz.</summary>
public static class HpackVectors
{
    public static readonly string[] Sets =
        ["go-hpack", "haskell-http2-linear-huffman", "nghttp2-16384-4096", "nghttp2-change-table-size", "python-hpack"];

    /// <summary>Each story of a set, by its file's name, as its blocks in order.</summary>
    public static IEnumerable<(string Name, Block[] Blocks)> Read(string set)
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Vectors", "hpack-test-case.tar.gz"));
        using var archive = new TarReader(new GZipStream(file, CompressionMode.Decompress));
        while (archive.GetNextEntry(copyData: true) is { } entry)
        {
            if (entry.Name.StartsWith(set + "/", StringComparison.Ordinal) && entry.DataStream is { } stream)
            {
                using var story = JsonDocument.Parse(stream);
                yield return (entry.Name, [.. story.RootElement.GetProperty("cases").EnumerateArray().Select(ReadBlock)]);
            }
        }
    }

    private static Block ReadBlock(JsonElement block) => new(
        Convert.FromHexString(block.GetProperty("wire").GetString()!),
        [
            .. block.GetProperty("headers").EnumerateArray().Select(field => field.EnumerateObject().Single())
                .Select(field => (field.Name, field.Value.GetString()!)),
        ],
        block.TryGetProperty("header_table_size", out JsonElement size) ? size.GetInt32() : null);

    /// <param name="Wire">The block as sent.</param>
    /// <param name="Fields">What it stands for.</param>
    /// <param name="TableSize">The limit of the decoder's table from this block on, where it changes.</param>
    public sealed record Block(byte[] Wire, (string Name, string Value)[] Fields, int? TableSize);
}
