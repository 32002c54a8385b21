using System.Net;
using Roundtrip.Http;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Client;

/// <summary>How a <see cref="ConnectionPool"/> connects.</summary>
public sealed class ClientOptions
{
    public ProtocolChoice Protocol { get; init; }

    /// <summary>Whom to trust. Its list for ALPN is made by <see cref="Protocol"/>.</summary>
    public TlsClientOptions Tls { get; init; } = new();

    /// <summary>What a server may send. Content has no limit unless one is set: it is passed on as it comes.</summary>
    public HttpLimits Limits { get; init; } = HttpLimits.Default with { RequestBody = 0, KeepAliveTimeout = 30_000 };

    /// <summary>The addresses of a name, the best one first. Called on the loop; the task ends on whatever thread.</summary>
    public Func<string, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>How many addresses of a host are tried.</summary>
    public int MostAddresses { get; init; } = 8;

    /// <summary>Milliseconds after which the next address is tried beside those that have not answered (RFC 8305 section 5, Connection Attempt Delay).</summary>
    public int AddressDelay { get; init; } = 250;

    /// <summary>Milliseconds to wait for each address of a host, and then for the handshake.</summary>
    public int ConnectTimeout { get; init; } = 15_000;

    /// <summary>The most connections to one origin in HTTP/1.1.</summary>
    public int ConnectionsPerOrigin { get; init; } = 6;

    public IClientObserver? Observer { get; init; }
}
