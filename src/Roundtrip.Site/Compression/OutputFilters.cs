using System.Collections.Immutable;
using Roundtrip.Configuration.Directives;
using Roundtrip.Http;
using Roundtrip.Site.Core;

namespace Roundtrip.Site.Compression;

/// <summary>Reads the names of output filters, of which those that compress are built.</summary>
internal static class OutputFilters
{
    /// <summary>The core's SetOutputFilter.</summary>
    public static readonly Directive Set = new("SetOutputFilter", DirectiveContext.Anywhere, 1, 1, "filters with ; between them, or NONE", call =>
        call.Settings.Set(CompressionSettings.ForAll, call.Words[0].Equals("NONE", StringComparison.OrdinalIgnoreCase) ? [] : [.. Parse(call, call.Words[0])]));

    public static void AddByType(DirectiveCall call)
    {
        ImmutableArray<ContentCoding> codings = [.. Parse(call, call.Words[0])];
        call.Settings.Update(CompressionSettings.ByType, before =>
            before.AddRange(call.Words.Skip(1).SelectMany(type => codings.Select(coding => (type, coding)))));
    }

    public static string[] NamesOf(string filters) => filters.Split(';', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What a filter compresses to; null for one that is not built.</summary>
    public static ContentCoding? CodingOf(string filter) => filter.ToUpperInvariant() switch
    {
        "DEFLATE" => ContentCoding.Gzip,
        "BROTLI_COMPRESS" => ContentCoding.Brotli,
        "ZSTD_COMPRESS" => ContentCoding.Zstandard,
        _ => null,
    };

    // What a filter that is not built would have changed is not sent as it lies on the disk: INCLUDES, above all, takes secrets out of a page.
    private static IEnumerable<ContentCoding> Parse(DirectiveCall call, string names)
    {
        foreach (string name in NamesOf(names))
        {
            if (CodingOf(name) is { } coding)
            {
                yield return coding;
            }
            else
            {
                call.Warn($"the filter '{name}' is not built: all of its scope is answered with 501");
                call.Settings.Set(CoreSettings.Guard, $"the filter {name}");
            }
        }
    }
}
