namespace Roundtrip.Program;

/// <summary>What was asked of <c>roundtrip get</c>.</summary>
internal sealed class GetOptions
{
    public const int MaximumRedirections = 10;

    public required string Url { get; init; }

    public bool IsVerbose { get; init; }

    public bool ShowsFrames { get; init; }

    public bool IsInsecure { get; init; }

    public string? AuthoritiesFile { get; init; }

    /// <summary>What a server is shown that asks for it, in PEM; and its key, where that is in another file.</summary>
    public string? Certificate { get; init; }

    public string? Key { get; init; }

    public bool IsJson { get; init; }

    public bool IsHttp1 { get; init; }

    public bool IsHttp2 { get; init; }

    public IReadOnlyList<string> Fields { get; init; } = [];

    public string? Method { get; init; }

    public string? Data { get; init; }

    public string? BinaryData { get; init; }

    public string? Output { get; init; }

    public bool Follows { get; init; }

    public bool IsHead { get; init; }

    /// <summary>In seconds; 0 for no limit.</summary>
    public double MaximumTime { get; init; }
}
