using Roundtrip.Core;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

internal sealed class RecordingObserver : ITlsObserver
{
    public List<(EndReason Reason, string? ServerName, string Detail)> Handshakes { get; } = [];

    public List<(EndReason Reason, string Detail)> Connections { get; } = [];

    public void HandshakeFailed(PeerAddress remote, string? serverName, EndReason reason, string detail) => Handshakes.Add((reason, serverName, detail));

    public void ConnectionFailed(PeerAddress remote, string? serverName, EndReason reason, string detail) => Connections.Add((reason, detail));
}
