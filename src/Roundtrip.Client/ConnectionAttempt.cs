using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;
using Roundtrip.Transport;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Client;

/// <summary>One connection on its way: the host's addresses, then TLS where the scheme asks for it, then the engine that was agreed on.</summary>
internal sealed class ConnectionAttempt(ConnectionPool pool, OriginConnections connections, Origin origin) : TimerEntry, ILoopWork, IConnectObserver, IConnectionSink
{
    // Of the origin, at the time when it began.
    private readonly ProtocolChoice _protocol = connections.Protocol;
    private IPAddress[] _addresses = [];
    private string _detail = "";
    private AddressRace? _race;
    private TlsConnection? _tls;
    private bool _isOver;

    private IClientObserver? Observer => pool.Options.Observer;

    public void Begin()
    {
        if (IPAddress.TryParse(origin.Host, out IPAddress? address))
        {
            _addresses = [address];
            pool.Loop.Post(this);
            return;
        }

        // The resolver waits on a thread of its own, never on the loop's.
        pool.Options.Resolve(origin.Host).ContinueWith(
            resolved =>
            {
                _addresses = resolved.IsCompletedSuccessfully ? resolved.Result : [];
                _detail = (resolved.Exception?.InnerException as SocketException)?.Message ?? "";
                pool.Loop.Post(this);
            },
            TaskScheduler.Default);
    }

    public void Cancel()
    {
        _isOver = true;
        _race?.Cancel();
        pool.Loop.Timers.Cancel(this);
        _tls?.Close();
    }

    public void Run()
    {
        if (_isOver)
        {
            return;
        }

        Observer?.Resolved(origin, _addresses);
        _race = new AddressRace(pool, origin, _addresses, this);
        _race.Begin();
    }

    public void Connected(TransportConnection connection)
    {
        Observer?.Connected(origin, connection.Remote);
        if (!origin.IsSecure)
        {
            Open(connection, isHttp2: _protocol == ProtocolChoice.Http2);
            return;
        }

        try
        {
            _tls = new TlsConnection(pool.Tls, pool.ContextFor(_protocol), origin.Host, connection, connections.Sessions) { Sink = this };
        }
        catch (TransportException fault)
        {
            connection.Close();
            Fail(EndReason.HandshakeFailed, fault.Message);
            return;
        }

        pool.Loop.Timers.Schedule(this, pool.Loop.Now + pool.Options.ConnectTimeout);
        _tls.SetInterest(read: true, write: false);
        _tls.Start();
    }

    public void ConnectFailed(EndReason reason, string detail) => Fail(reason, _detail.Length > 0 ? _detail : detail);

    /// <summary>Says why; <see cref="OnAborted"/> follows.</summary>
    public void HandshakeFailed(string detail) => _detail = detail;

    // The first call says that the handshake is complete.
    void IConnectionSink.OnReadable()
    {
        TlsConnection tls = _tls!;
        TlsFacts facts = tls.Tls!;
        Observer?.Secured(origin, facts);
        bool isHttp2 = facts.ApplicationProtocol == "h2";
        if (!isHttp2 && _protocol == ProtocolChoice.Http2)
        {
            tls.Close();
            Fail(EndReason.ProtocolNotAgreed, EndReasons.Describe(EndReason.ProtocolNotAgreed));
            return;
        }

        _tls = null;
        Open(tls, isHttp2);
    }

    void IConnectionSink.OnWritable()
    {
    }

    public void OnAborted(EndReason reason)
    {
        _tls!.Close();
        Fail(EndReason.HandshakeFailed, _detail);
    }

    protected override void OnDue(long now)
    {
        _tls!.Reset();
        Fail(EndReason.HandshakeTimeout, EndReasons.Describe(EndReason.HandshakeTimeout));
    }

    private void Open(TransportConnection transport, bool isHttp2)
    {
        _isOver = true;
        pool.Loop.Timers.Cancel(this);
        var connection = new ClientConnection(pool, connections, origin, transport);
        connection.Open(isHttp2 ? new Http2ClientConnection(connection, pool.Http2) : new Http1ClientConnection(connection), isHttp2);
        Observer?.Opened(connection, isHttp2 ? ProtocolVersion.Http2 : ProtocolVersion.Http11);
        connections.Opened(this, connection, isHttp2);
    }

    private void Fail(EndReason reason, string detail)
    {
        _isOver = true;
        pool.Loop.Timers.Cancel(this);
        connections.Failed(this, reason, detail);
    }
}
