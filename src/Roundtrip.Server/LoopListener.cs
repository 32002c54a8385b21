using Roundtrip.Http.Http2;
using Roundtrip.Transport;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Server;

/// <summary>A listener of one loop, and what its connections are made with, which a reload may change while it listens.</summary>
internal sealed class LoopListener
{
    public ITransportListener? Listener { get; set; }

    public TlsServerContext? Tls { get; set; }

    public Http2Cleartext Http2Cleartext { get; set; }

    /// <summary>Whether a connection that it made would be made the same now: with the same certificate, protocols and kind of TLS.</summary>
    public bool WouldMake(ServerConnection connection)
    {
        if (connection.TlsContext is not { } made)
        {
            return Tls is null && Http2Cleartext == connection.Http2Cleartext;
        }

        TlsServerContext? now = connection.ServerName is { } name ? Tls?.Options.SelectByName?.Invoke(name) ?? Tls : Tls;
        return now is not null && now.Fingerprint == made.Fingerprint;
    }
}
