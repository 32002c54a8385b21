using Roundtrip.Core;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

internal sealed class RecordingObserver : ITlsObserver
{
    public List<(EndReason Reason, string? ServerName, string Detail)> Handshakes { get; } = [];

    public List<(EndReason Reason, string Detail)> Connections { get; } = [];

    public void HandshakeFailed(TlsConnection connection, EndReason reason, string detail) => Handshakes.Add((reason, connection.ServerName, detail));

    public void ConnectionFailed(TlsConnection connection, EndReason reason, string detail) => Connections.Add((reason, detail));
}
