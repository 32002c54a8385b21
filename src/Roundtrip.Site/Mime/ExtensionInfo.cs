namespace Roundtrip.Site.Mime;

/// <summary>What one extension of a name says of a file. Null is what it does not say.</summary>
internal sealed record ExtensionInfo
{
    public static readonly ExtensionInfo Empty = new();

    /// <summary>AddType; empty after RemoveType, so that TypesConfig does not count either.</summary>
    public string? Type { get; init; }

    public string? Charset { get; init; }

    public string? Language { get; init; }

    public string? Encoding { get; init; }

    public string? Handler { get; init; }

    /// <summary>AddInputFilter: names with semicolons between.</summary>
    public string? InputFilters { get; init; }

    /// <summary>AddOutputFilter: names with semicolons between.</summary>
    public string? OutputFilters { get; init; }

    /// <summary>This, over what an outer scope says.</summary>
    public ExtensionInfo Over(ExtensionInfo outer) => new()
    {
        Type = Type ?? outer.Type,
        Charset = Charset ?? outer.Charset,
        Language = Language ?? outer.Language,
        Encoding = Encoding ?? outer.Encoding,
        Handler = Handler ?? outer.Handler,
        InputFilters = InputFilters ?? outer.InputFilters,
        OutputFilters = OutputFilters ?? outer.OutputFilters,
    };
}
