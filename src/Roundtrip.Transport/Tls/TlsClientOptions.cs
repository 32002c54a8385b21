namespace Roundtrip.Transport.Tls;

/// <summary>What a <see cref="TlsClientContext"/> is made of.</summary>
public sealed class TlsClientOptions
{
    /// <summary>The protocols that ALPN offers, the best one first. Empty: none is offered.</summary>
    public IReadOnlyList<string> ApplicationProtocols { get; init; } = ["h2", "http/1.1"];

    /// <summary>A file of certificates in PEM that are trusted, instead of the system's.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>Whether the server's certificate must be valid, lead to one that is trusted, and name the host.</summary>
    public bool VerifiesServer { get; init; } = true;

    /// <summary>What a server is shown that asks who the client is; null for nothing.</summary>
    public TlsCertificateFiles? Certificate { get; init; }

    /// <summary>The oldest version that is accepted.</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;
}
