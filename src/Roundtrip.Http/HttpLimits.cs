using Roundtrip.Http.Http2;

namespace Roundtrip.Http;

/// <summary>
/// The limits on what a peer may send and how slowly, under the names and, unless said, with the defaults of Apache httpd's directives where it has one.
/// Immutable: a reload swaps the whole.
/// </summary>
public sealed record HttpLimits
{
    public static readonly HttpLimits Default = new();

    /// <summary>LimitRequestLine: bytes of the request line without its CRLF.</summary>
    public int RequestLine { get; init; } = 8190;

    /// <summary>LimitRequestFieldSize: bytes of one field line without its CRLF.</summary>
    public int RequestFieldSize { get; init; } = 8190;

    /// <summary>LimitRequestFields: number of field lines; 0 is no limit.</summary>
    public int RequestFields { get; init; } = 100;

    /// <summary>LimitRequestHead (ours; httpd has none): bytes of the whole head, at most 983040.</summary>
    public int RequestHead { get; init; } = 64 * 1024;

    /// <summary>LimitRequestBody: bytes of the content; 0 is no limit.</summary>
    public long RequestBody { get; init; } = 1L << 30;

    /// <summary>Timeout, in milliseconds: the longest wait for the client to accept any of a response.</summary>
    public int Timeout { get; init; } = 60_000;

    /// <summary>KeepAlive: whether a connection may carry more than one request.</summary>
    public bool KeepAlive { get; init; } = true;

    /// <summary>KeepAliveTimeout, in milliseconds.</summary>
    public int KeepAliveTimeout { get; init; } = 5_000;

    /// <summary>MaxKeepAliveRequests; 0 is no limit.</summary>
    public int MaxKeepAliveRequests { get; init; } = 100;

    /// <summary>RequestReadTimeout handshake. Deviates: httpd's default is no limit, which lets a handshake hold its connection for ever.</summary>
    public ReadTimeout Handshake { get; init; } = new(20_000, 20_000, 0);

    /// <summary>RequestReadTimeout header.</summary>
    public ReadTimeout Head { get; init; } = new(20_000, 40_000, 500);

    /// <summary>RequestReadTimeout body.</summary>
    public ReadTimeout Body { get; init; } = new(20_000, long.MaxValue, 500);

    /// <summary>ResponseMinRate (ours): bytes a second that a client must accept, averaged over Timeout; 0 asks for nothing.</summary>
    public int ResponseMinRate { get; init; } = 500;

    /// <summary>MaxConnections (ours): open connections in all.</summary>
    public int MaxConnections { get; init; } = 16_384;

    /// <summary>MaxConnectionsPerAddress (ours): open connections from one address, of IPv6 from one /64; 0 is no limit.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 1024;

    /// <summary>What HTTP/2 connections announce and allow besides.</summary>
    public Http2Limits Http2 { get; init; } = Http2Limits.Default;

    /// <summary>MaxRequestWorkers: exchanges that asynchronous code answers at a time. What is answered on the loops is not among them.</summary>
    public int MaxRequestWorkers { get; init; } = 400;

    /// <summary>How many bytes of content are worth a system call of their own, rather than a copy to or from the connection's buffers. No directive moves it.</summary>
    public int WorthACall { get; init; } = 32 * 1024;

    /// <summary>HttpProtocolOptions Allow0.9. Deviates: httpd allows it by default; nobody sends it but by mistake or to smuggle.</summary>
    public bool AllowHttp09 { get; init; }
}
