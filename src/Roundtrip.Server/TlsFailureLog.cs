using Roundtrip.Core;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Server;

/// <summary>Gives each failed handshake its line in the error log of the host that its server name chose: reason, address, server name. For one loop.</summary>
internal sealed class TlsFailureLog(LoopServer server) : ITlsObserver
{
    public void HandshakeFailed(TlsConnection connection, EndReason reason, string detail)
    {
        // A client that connects and goes away has said nothing that could be wrong.
        if (reason is not (EndReason.PeerClosed or EndReason.PeerReset))
        {
            Write(connection, reason, detail);
        }
    }

    public void ConnectionFailed(TlsConnection connection, EndReason reason, string detail) => Write(connection, reason, detail);

    private void Write(TlsConnection connection, EndReason reason, string detail)
    {
        var driver = (ServerConnection)connection.Sink!;
        server.LogOf(driver, null).Write(
            LogLevel.Info, "ssl", driver, null, $"{EndReasons.Describe(reason)}: {detail} (server name: {connection.ServerName ?? "none"})");
    }
}
