namespace Roundtrip.Client;

/// <summary>Which version a client speaks.</summary>
public enum ProtocolChoice : byte
{
    /// <summary>HTTP/2 where TLS agrees on it (ALPN), HTTP/1.1 otherwise.</summary>
    Negotiated,

    /// <summary>HTTP/1.1 alone.</summary>
    Http1,

    /// <summary>HTTP/2 alone, without asking on connections that have no TLS (RFC 9113 section 3.3).</summary>
    Http2,
}
