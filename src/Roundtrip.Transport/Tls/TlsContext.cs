namespace Roundtrip.Transport.Tls;

/// <summary>An SSL_CTX of either role. Immutable once made, and shared by all loops.</summary>
public abstract class TlsContext
{
    private protected TlsContext(SslContextHandle handle) => Handle = handle;

    internal SslContextHandle Handle { get; }

    /// <summary>The name of a protocol that ALPN chose; null for none.</summary>
    internal abstract string? ProtocolName(ReadOnlySpan<byte> chosen);
}
