using System.Collections.Immutable;

namespace Roundtrip.Server.Logs;

/// <summary>How a host's error log is written.</summary>
public sealed record ErrorLogOptions
{
    public LogLevels Levels { get; init; } = LogLevels.Default;

    /// <summary>ErrorLogFormat; null for httpd's default.</summary>
    public ErrorLogFormat? Format { get; init; }

    /// <summary>ErrorLogFormat connection: lines before the first one about a connection.</summary>
    public ImmutableArray<ErrorLogFormat> OfConnection { get; init; } = [];

    /// <summary>ErrorLogFormat request: lines before the first one about a request.</summary>
    public ImmutableArray<ErrorLogFormat> OfRequest { get; init; } = [];

    /// <summary>The server's name.</summary>
    public string ServerName { get; init; } = Environment.MachineName;

    public bool UsesCanonicalName { get; init; }
}
