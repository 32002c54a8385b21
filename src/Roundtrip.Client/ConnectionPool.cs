using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http2;
using Roundtrip.Transport.Epoll;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Client;

/// <summary>
/// Sends requests on connections that it makes and keeps, by origin: HTTP/2 carries as many at once as the server allows, HTTP/1.1 one a connection. It lives on one loop.
/// </summary>
public sealed class ConnectionPool : ITlsObserver, IDisposable
{
    private readonly Dictionary<Origin, OriginConnections> _origins = [];
    private readonly Dictionary<ProtocolChoice, TlsClientContext> _contexts = [];

    public ConnectionPool(EpollLoop loop, ClientOptions options)
    {
        (Loop, Options) = (loop, options);
        Tls = new TlsLoop(loop) { Observer = this };
    }

    internal EpollLoop Loop { get; }

    internal ClientOptions Options { get; }

    internal TlsLoop Tls { get; }

    internal Http2Resources Http2 { get; } = new();

    /// <summary>What TLS offers for a choice. Made when the first connection needs it: reading the system's authorities takes a while.</summary>
    /// <exception cref="Transport.TransportException">OpenSSL is missing, or the file of authorities or the certificate cannot be used.</exception>
    internal TlsClientContext ContextFor(ProtocolChoice protocol)
    {
        if (!_contexts.TryGetValue(protocol, out TlsClientContext? context))
        {
            context = new TlsClientContext(new TlsClientOptions
            {
                ApplicationProtocols = protocol switch
                {
                    ProtocolChoice.Http1 => ["http/1.1"],
                    ProtocolChoice.Http2 => ["h2"],
                    _ => ["h2", "http/1.1"],
                },
                AuthoritiesFile = Options.Tls.AuthoritiesFile,
                Certificate = Options.Tls.Certificate,
                VerifiesServer = Options.Tls.VerifiesServer,
                MinimumVersion = Options.Tls.MinimumVersion,
            });
            _contexts.Add(protocol, context);
        }

        return context;
    }

    /// <summary>Sends a request, at once or when there is a connection for it. On the loop's thread; the user is never called within.</summary>
    public void Send(Origin origin, ClientRequest request, IClientUser user)
    {
        if (!_origins.TryGetValue(origin, out OriginConnections? connections))
        {
            _origins.Add(origin, connections = new OriginConnections(this, origin));
        }

        connections.Send(request, user);
    }

    /// <summary>Takes a request back that no connection has begun to carry.</summary>
    /// <returns>Whether there was one of this user's.</returns>
    public bool Withdraw(IClientUser user) => _origins.Values.Any(connections => connections.Withdraw(user));

    /// <summary>Ends the connections, in good order where they are idle.</summary>
    public void Stop()
    {
        foreach (OriginConnections connections in _origins.Values)
        {
            connections.Stop();
        }
    }

    public void Dispose()
    {
        foreach (OriginConnections connections in _origins.Values)
        {
            connections.Sessions.Dispose();
        }

        foreach (TlsClientContext context in _contexts.Values)
        {
            context.Dispose();
        }
    }

    void ITlsObserver.HandshakeFailed(TlsConnection connection, EndReason reason, string detail) => (connection.Sink as ConnectionAttempt)?.HandshakeFailed(detail);

    void ITlsObserver.ConnectionFailed(TlsConnection connection, EndReason reason, string detail)
    {
    }
}
