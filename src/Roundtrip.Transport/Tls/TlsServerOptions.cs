namespace Roundtrip.Transport.Tls;

/// <summary>What a <see cref="TlsServerContext"/> is made of.</summary>
public sealed class TlsServerOptions
{
    /// <summary>
    /// The virtual host that this is for. A session is resumed only where the context has the same name, and the client asks for the same
    /// server name, as when it was made.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The certificates: one of each key type at most. A client gets the one that its signature algorithms allow.</summary>
    public required IReadOnlyList<TlsCertificateFiles> Certificates { get; init; }

    /// <summary>Reads a file of a certificate. A process without the right to is given the content in some other way.</summary>
    public Func<string, byte[]> ReadFile { get; init; } = File.ReadAllBytes;

    /// <summary>The protocols that ALPN may choose, the best one first. Empty: the extension is ignored.</summary>
    public IReadOnlyList<string> ApplicationProtocols { get; init; } = ["h2", "http/1.1"];

    /// <summary>Whether that order counts, or the client's.</summary>
    public bool HonorsProtocolOrder { get; init; } = true;

    /// <summary>Whether h2 is chosen only with a suite that RFC 9113 section 9.2 allows: under TLS 1.2 one that is ephemeral and authenticated encryption.</summary>
    public bool RequiresModernTls { get; init; } = true;

    /// <summary>The oldest version that is accepted.</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>The newest version that is spoken.</summary>
    public TlsVersion MaximumVersion { get; init; } = TlsVersion.Tls13;

    /// <summary>Whether the server's order of suites counts, or the client's.</summary>
    public bool HonorsServerOrder { get; init; } = true;

    /// <summary>The suites for TLS 1.2 in OpenSSL's notation. All that stand here by default are ephemeral and authenticated.</summary>
    public string CipherList { get; init; } =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:" +
        "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

    /// <summary>The suites for TLS 1.3 in OpenSSL's notation.</summary>
    public string CipherSuites { get; init; } = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

    /// <summary>Whether sessions are resumed by tickets (RFC 5077, RFC 8446 §4.6.1). Their keys are made with the context and die with it.</summary>
    public bool SessionTickets { get; init; } = true;

    /// <summary>How many sessions are kept in memory for clients that resume by identifier; 0 for none.</summary>
    public int SessionCacheSize { get; init; } = 4096;

    /// <summary>How long a session can be resumed.</summary>
    public TimeSpan SessionLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Chooses another context by the name that the client asks for (SNI), in lower case; null for this one. Called during handshakes on every loop,
    /// so it must be thread-safe and quick, and must not touch the connection.
    /// </summary>
    public Func<string, TlsServerContext?>? SelectByName { get; init; }
}
