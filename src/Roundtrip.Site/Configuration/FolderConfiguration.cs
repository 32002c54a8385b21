using Roundtrip.Http;

namespace Roundtrip.Site.Configuration;

/// <summary>What a folder's <c>site.conf</c> says; without one, the defaults.</summary>
public sealed record FolderConfiguration
{
    public HttpLimits Limits { get; init; } = HttpLimits.Default;

    /// <summary>CustomLog's file, relative to the folder; <c>-</c> is standard error.</summary>
    public string AccessLog { get; init; } = "-";

    /// <summary>CustomLog's format: a name or the format itself.</summary>
    public string AccessLogFormat { get; init; } = "combined";

    /// <summary>ErrorLog, relative to the folder; <c>-</c> is standard error.</summary>
    public string ErrorLog { get; init; } = "-";

    /// <summary>SSLCertificateFile, relative to the folder; null for the local certificate.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>SSLCertificateKeyFile, relative to the folder; null where the certificate's file has the key too.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>DirectoryIndex.</summary>
    public IReadOnlyList<string> DirectoryIndex { get; init; } = ["index.html"];

    /// <summary>Options Indexes.</summary>
    public bool ListDirectories { get; init; }
}
