using Roundtrip.Core;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Server;

/// <summary>Gives each failed handshake its line in the error log: reason, address, server name.</summary>
public sealed class TlsFailureLog(ErrorLog log) : ITlsObserver
{
    public void HandshakeFailed(PeerAddress remote, string? serverName, EndReason reason, string detail)
    {
        // A client that connects and goes away has said nothing that could be wrong.
        if (reason is not (EndReason.PeerClosed or EndReason.PeerReset))
        {
            Write(remote, serverName, reason, detail);
        }
    }

    public void ConnectionFailed(PeerAddress remote, string? serverName, EndReason reason, string detail) =>
        Write(remote, serverName, reason, detail);

    private void Write(PeerAddress remote, string? serverName, EndReason reason, string detail) =>
        log.Write(LogLevel.Info, "ssl", remote.ToString(), $"{EndReasons.Describe(reason)}: {detail} (server name: {serverName ?? "none"})");
}
