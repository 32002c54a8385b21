using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Client;

/// <summary>The connections to one origin, those that are being made, and the requests that wait for one.</summary>
internal sealed class OriginConnections(ConnectionPool pool, Origin origin) : ILoopWork
{
    private readonly List<ClientConnection> _connections = [];
    private readonly List<ConnectionAttempt> _attempts = [];
    private readonly LinkedList<(ClientRequest Request, IClientUser User)> _waiting = [];
    private bool _isPosted;

    // What the last connection spoke: one of HTTP/2 will do for all that wait.
    private bool _isMultiplexed = pool.Options.Protocol == ProtocolChoice.Http2 || (pool.Options.Protocol == ProtocolChoice.Negotiated && origin.IsSecure);

    /// <summary>What connections to this origin speak: the pool's choice, until the server wants HTTP/1.1.</summary>
    public ProtocolChoice Protocol { get; private set; } = pool.Options.Protocol;

    /// <summary>Those of TLS that the next connection may go on with.</summary>
    public TlsSessions Sessions { get; } = new();

    /// <summary>RFC 9113 section 7: the server refused HTTP/2 by HTTP_1_1_REQUIRED. Where the user left the choice, h2 is not offered again.</summary>
    public void RequireHttp1()
    {
        if (Protocol == ProtocolChoice.Negotiated)
        {
            Protocol = ProtocolChoice.Http1;
            _isMultiplexed = false;
        }
    }

    public void Send(ClientRequest request, IClientUser user)
    {
        _waiting.AddLast((request, user));
        Post();
    }

    public bool Withdraw(IClientUser user)
    {
        for (LinkedListNode<(ClientRequest Request, IClientUser User)>? node = _waiting.First; node is not null; node = node.Next)
        {
            if (ReferenceEquals(node.Value.User, user))
            {
                _waiting.Remove(node);
                return true;
            }
        }

        return false;
    }

    public void Stop()
    {
        foreach (ConnectionAttempt attempt in _attempts)
        {
            attempt.Cancel();
        }

        _attempts.Clear();
        foreach (ClientConnection connection in _connections.ToArray())
        {
            connection.Stop();
        }
    }

    /// <summary>A connection may take another request.</summary>
    public void Changed()
    {
        if (_waiting.Count > 0)
        {
            Post();
        }
    }

    public void Opened(ConnectionAttempt attempt, ClientConnection connection, bool isMultiplexed)
    {
        _attempts.Remove(attempt);
        _isMultiplexed = isMultiplexed;
        _connections.Add(connection);

        // At once, so that the first request goes out with the connection's own first bytes.
        StartWaiting();
        Changed();
    }

    public void Failed(ConnectionAttempt attempt, EndReason reason, string detail)
    {
        _attempts.Remove(attempt);
        while (_attempts.Count == 0 && _waiting.First is { } first)
        {
            _waiting.Remove(first);
            first.Value.User.OnConnectFailed(reason, detail);
        }
    }

    public void Gone(ClientConnection connection)
    {
        _connections.Remove(connection);
        Changed();
    }

    void ILoopWork.Run()
    {
        _isPosted = false;
        StartWaiting();
        while (_attempts.Count < Math.Min(_waiting.Count, Allowed))
        {
            var attempt = new ConnectionAttempt(pool, this, origin);
            _attempts.Add(attempt);
            attempt.Begin();
        }
    }

    private void StartWaiting()
    {
        while (_waiting.First is { } first && _connections.Find(static connection => connection.CanStart) is { } connection)
        {
            _waiting.Remove(first);
            connection.Start(first.Value.Request, first.Value.User);
        }
    }

    // RFC 9113 §9.1: no second connection while one takes requests, or will again.
    private int Allowed => !_isMultiplexed ? pool.Options.ConnectionsPerOrigin - _connections.Count
        : _connections.TrueForAll(static connection => connection.IsLeaving) ? 1
        : 0;

    private void Post()
    {
        if (!_isPosted)
        {
            _isPosted = true;
            pool.Loop.Post(this);
        }
    }
}
