using Roundtrip.Configuration.Directives;
using Roundtrip.Site.Core;
using static Roundtrip.Configuration.Directives.Arguments;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Compression;

/// <summary>mod_deflate: gzip.</summary>
internal sealed class DeflateModule : IConfigurationModule
{
    public string Name => "deflate_module";

    public string SourceFile => "mod_deflate.c";

    public IEnumerable<Directive> Directives =>
    [
        Directive.Of("DeflateCompressionLevel", AnyServer, "a number from 1 to 9", CompressionSettings.DeflateLevel, word => Number(word, 1, 9)),
        Directive.Of("DeflateAlterETag", AnyServer, "AddSuffix, NoChange or Remove", CompressionSettings.DeflateETag, AlterETags.Parse),

        // Buffers, window and memory are the library's own choice: the content is compressed in one piece.
        Directive.Of("DeflateBufferSize", AnyServer, "bytes", Ignored.Key, word => Number(word, 1) > 0),
        Directive.Of("DeflateWindowSize", AnyServer, "a number from 1 to 15", Ignored.Key, word => Number(word, 1, 15) > 0),
        Directive.Of("DeflateMemLevel", AnyServer, "a number from 1 to 9", Ignored.Key, word => Number(word, 1, 9) > 0),
        new("DeflateFilterNote", AnyServer, 1, 2, "perhaps Input, Output or Ratio, and a note's name", call =>
            call.Warn("no note is written: content is compressed once and not for each request")),
    ];
}

/// <summary>mod_brotli.</summary>
internal sealed class BrotliModule : IConfigurationModule
{
    public string Name => "brotli_module";

    public string SourceFile => "mod_brotli.c";

    public IEnumerable<Directive> Directives =>
    [
        Directive.Of("BrotliCompressionQuality", AnyServer, "a number from 0 to 11", CompressionSettings.BrotliQuality, word => Number(word, 0, 11)),
        Directive.Of("BrotliCompressionWindow", AnyServer, "a number from 10 to 24", CompressionSettings.BrotliWindow, word => Number(word, 10, 24)),
        Directive.Of("BrotliAlterETag", AnyServer, "AddSuffix, NoChange or Remove", CompressionSettings.BrotliETag, AlterETags.Parse),
    ];
}

/// <summary>Zstandard (RFC 8878), in the manner of mod_brotli: httpd has none.</summary>
internal sealed class ZstdModule : IConfigurationModule
{
    public string Name => "zstd_module";

    public string SourceFile => "mod_zstd.c";

    public IEnumerable<Directive> Directives =>
        [Directive.Of("ZstdCompressionLevel", AnyServer, "a number from 1 to 19", CompressionSettings.ZstdLevel, word => Number(word, 1, 19))];
}

/// <summary>mod_filter: what goes through which filter. Of it, AddOutputFilterByType.</summary>
internal sealed class FilterModule : IConfigurationModule
{
    public string Name => "filter_module";

    public string SourceFile => "mod_filter.c";

    public IEnumerable<Directive> Directives =>
    [
        new("AddOutputFilterByType", Anywhere, 2, int.MaxValue, "filters with ; between them, and media types", OutputFilters.AddByType),
        Directive.Of("CompressMinSize", Anywhere, "bytes", CompressionSettings.MinSize, word => Number(word)),
        new("FilterDeclare", Anywhere, 1, 2, "a filter's name and its type", static _ => { }),
        new("FilterProvider", Anywhere, 3, 3, "a filter's name, its provider and an expression", static _ => { }),
        new("FilterChain", Anywhere, 1, int.MaxValue, "filters' names, perhaps with + - = @ or !", RefuseChain),
    ];

    // A declared filter does nothing until a chain names it; what a chain would have changed is not sent as it lies on the disk.
    private static void RefuseChain(DirectiveCall call)
    {
        if (call.Words.All(word => word is "!" or ['-', ..]))
        {
            return;
        }

        call.Warn("chains of filters are not built: all of its scope is answered with 501 (AddOutputFilterByType and SetOutputFilter compress)");
        call.Settings.Set(Core.CoreSettings.Guard, "FilterChain");
    }
}

internal static class AlterETags
{
    public static AlterETag Parse(string word) => (AlterETag)Choice(word, "AddSuffix", "NoChange", "Remove");
}
