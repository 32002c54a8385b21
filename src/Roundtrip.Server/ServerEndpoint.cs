using Roundtrip.Core;
using Roundtrip.Transport;

namespace Roundtrip.Server;

/// <summary>An address to listen at.</summary>
/// <param name="Address">Port 0 lets the system choose one.</param>
/// <param name="Secure">Wraps an accepted connection in TLS; null for plain connections.</param>
public sealed record ServerEndpoint(PeerAddress Address, Func<EventLoop, TransportConnection, TransportConnection>? Secure = null);
