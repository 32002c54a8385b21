using Roundtrip.Core;

namespace Roundtrip.Transport;

/// <summary>Who wanted a connection and is told, on the loop and once, what has become of it.</summary>
public interface IConnectObserver
{
    /// <summary>The other end has answered. The connection has no sink yet.</summary>
    void Connected(TransportConnection connection);

    /// <param name="detail">The system's words for it.</param>
    void ConnectFailed(EndReason reason, string detail);
}
