using Roundtrip.Core;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;

namespace Roundtrip.Http;

/// <summary>What a server's engine sees of the connection under it and of the server around it. The driver implements it, and so does a test.</summary>
public interface IConnectionHost : IEngineHost
{
    PeerAddress Remote { get; }

    PeerAddress Local { get; }

    /// <summary>Whether TLS protects the connection.</summary>
    bool IsSecure { get; }

    /// <summary>How the connection, which has no TLS, may come to HTTP/2.</summary>
    Http2Cleartext Http2Cleartext => Http2Cleartext.None;

    /// <summary>The server name of the TLS handshake (SNI), or null.</summary>
    string? ServerName { get; }

    /// <summary>What the site keeps with a connection from one request to the next. It may be another site's, from before a reload.</summary>
    object? SiteState { get; set; }

    /// <summary>What names the connection in the error log, once a line there was about it.</summary>
    string? LogId
    {
        get => null;
        set { }
    }

    /// <summary>The time now as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> gives it, for who measures in microseconds; 0 where nobody does, which saves reading the clock.</summary>
    long Timestamp => 0;

    /// <summary>Whether trailers of requests are kept for <see cref="Exchange.RequestTrailers"/>; otherwise they are checked and dropped.</summary>
    bool KeepsTrailers => false;

    /// <summary>The current value of the Date field, 29 bytes.</summary>
    ReadOnlySpan<byte> Date { get; }

    /// <summary>What responses begin with.</summary>
    StatusLines StatusLines { get; }

    /// <summary>Makes these the connection's <see cref="IEngineHost.Limits"/>: those of the host that its request is for.</summary>
    void UseLimits(HttpLimits limits);

    /// <summary>Gives a new exchange to the site.</summary>
    void Start(Exchange exchange);

    /// <summary>The engine answers, in a handler's place, a request whose head is whole and good: its body is too large, or too slow, or broken. What the site has to say of that goes into <see cref="Exchange.ResponseFields"/>, which is empty.</summary>
    void Refusing(Exchange exchange)
    {
    }

    /// <summary>An exchange has ended: its facts go to the access log. The exchange may be used again after the call.</summary>
    void ExchangeEnded(Exchange exchange);

    /// <summary>Something is wrong with a request that can be read, as far as it came: as <see cref="IEngineHost.Report"/>.</summary>
    void Report(in ProtocolError error, Exchange? exchange) => Report(error);

    /// <summary>Replaces the engine; the new one is given what is left in <see cref="IEngineHost.Input"/>.</summary>
    void SwitchTo(IConnectionEngine next);
}
