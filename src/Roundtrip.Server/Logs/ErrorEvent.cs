using Roundtrip.Http;

namespace Roundtrip.Server.Logs;

/// <summary>What a line of the error log is made from.</summary>
internal readonly record struct ErrorEvent
{
    public required DateTimeOffset Time { get; init; }

    public required LogLevel Level { get; init; }

    public required string Module { get; init; }

    public required string Message { get; init; }

    /// <summary>The peer's address and port where no connection is at hand; null where none is concerned.</summary>
    public string? Client { get; init; }

    public IConnectionHost? Connection { get; init; }

    public Exchange? Exchange { get; init; }

    /// <summary>The server's name.</summary>
    public required string ServerName { get; init; }

    public bool UsesCanonicalName { get; init; }

    /// <summary>Where in the program the line was written: a file's path and a line.</summary>
    public string File { get; init; }

    public int Line { get; init; }

    public IErrorLogContext? Context => Exchange?.Context as IErrorLogContext;
}
