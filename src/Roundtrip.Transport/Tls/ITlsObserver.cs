using Roundtrip.Core;

namespace Roundtrip.Transport.Tls;

/// <summary>
/// Is told of failures, for the log. Called on the loop of the connection that failed, which is not closed yet. The texts are the server's and OpenSSL's own: they can go into a log line as they are.
/// </summary>
public interface ITlsObserver
{
    /// <summary>A handshake did not complete.</summary>
    /// <param name="reason"><see cref="EndReason.HandshakeFailed"/>, <see cref="EndReason.PlaintextOnTlsPort"/>, or
    /// <see cref="EndReason.PeerClosed"/> or <see cref="EndReason.PeerReset"/> for a client that went away before its first byte.</param>
    /// <param name="detail">What was wrong: the client's alert, or what OpenSSL found.</param>
    void HandshakeFailed(TlsConnection connection, EndReason reason, string detail);

    /// <summary>A connection failed after its handshake: a record that cannot be read, or an alert of the client.</summary>
    void ConnectionFailed(TlsConnection connection, EndReason reason, string detail);
}
