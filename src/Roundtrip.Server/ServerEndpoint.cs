using System.Runtime.InteropServices;
using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Server;

/// <summary>An address to listen at.</summary>
/// <param name="Address">Port 0 lets the system choose one.</param>
/// <param name="Tls">What TLS connections are made with; null for plain connections.</param>
public sealed record ServerEndpoint(PeerAddress Address, TlsServerContext? Tls = null)
{
    /// <summary>How a plain connection may come to HTTP/2.</summary>
    public Http2Cleartext Http2Cleartext { get; init; }

    /// <summary>Sockets that listen there already, one for each loop; none where they are to be opened. They stay the caller's.</summary>
    public IReadOnlyList<SafeHandle> Sockets { get; init; } = [];
}
