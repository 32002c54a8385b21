using System.Net;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;

namespace Roundtrip.Client;

/// <summary>Is told how connections come about and what passes on them, for who shows it. All calls are made on the loop.</summary>
public interface IClientObserver
{
    /// <param name="addresses">As the resolver gave them; the host's own where that is an address.</param>
    void Resolved(Origin origin, IReadOnlyList<IPAddress> addresses)
    {
    }

    void Connecting(Origin origin, PeerAddress address);

    /// <param name="detail">The system's words for it.</param>
    void AddressFailed(PeerAddress address, string detail);

    void Connected(Origin origin, PeerAddress address);

    /// <summary>TLS has agreed, and accepted the server's certificate where it had to.</summary>
    void Secured(Origin origin, TlsFacts facts);

    /// <summary>A connection can be used.</summary>
    void Opened(ClientConnection connection, ProtocolVersion version);

    /// <summary>Bytes of HTTP were given to the network or to TLS.</summary>
    void Sent(ClientConnection connection, ReadOnlySpan<byte> bytes);

    /// <summary>Bytes of HTTP have come.</summary>
    void Received(ClientConnection connection, ReadOnlySpan<byte> bytes);

    /// <summary>The peer did something wrong.</summary>
    void Reported(ClientConnection connection, in ProtocolError error);

    void Closed(ClientConnection connection, EndReason reason);
}
