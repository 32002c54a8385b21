using Roundtrip.Core;

namespace Roundtrip.Transport.Tls;

/// <summary>
/// Is told of failures, for the log. Called on the loop of the connection that failed, so on several threads at once. The texts are the server's
/// and OpenSSL's own, and <c>serverName</c> has only letters, digits, dots, hyphens and underscores: they can go into a log line as they are.
/// </summary>
public interface ITlsObserver
{
    /// <summary>A handshake did not complete.</summary>
    /// <param name="serverName">The name that the client asked for, or null.</param>
    /// <param name="reason"><see cref="EndReason.HandshakeFailed"/>, <see cref="EndReason.PlaintextOnTlsPort"/>, or
    /// <see cref="EndReason.PeerClosed"/> or <see cref="EndReason.PeerReset"/> for a client that went away before its first byte.</param>
    /// <param name="detail">What was wrong: the client's alert, or what OpenSSL found.</param>
    void HandshakeFailed(PeerAddress remote, string? serverName, EndReason reason, string detail);

    /// <summary>A connection failed after its handshake: a record that cannot be read, or an alert of the client.</summary>
    void ConnectionFailed(PeerAddress remote, string? serverName, EndReason reason, string detail);
}
