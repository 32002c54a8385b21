using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;
using Roundtrip.Transport;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Client;

/// <summary>One connection on its way: the host's addresses, each tried in its turn, then TLS where the scheme asks for it, then the engine that was agreed on.</summary>
internal sealed class ConnectionAttempt(ConnectionPool pool, OriginConnections connections, Origin origin) : TimerEntry, ILoopWork, IConnectObserver, IConnectionSink
{
    private IPAddress[] _addresses = [];
    private int _next;
    private string _detail = "";
    private EndReason _reason = EndReason.NameNotFound;
    private IPendingConnection? _pending;
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

        // The system's resolver waits on a thread of the runtime's, never on the loop's.
        Dns.GetHostAddressesAsync(origin.Host).ContinueWith(
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
        _pending?.Cancel();
        pool.Loop.Timers.Cancel(this);
        _tls?.Close();
    }

    public void Run()
    {
        if (!_isOver)
        {
            TryNext();
        }
    }

    public void Connected(TransportConnection connection)
    {
        _pending = null;
        Observer?.Connected(origin, connection.Remote);
        if (!origin.IsSecure)
        {
            Open(connection, isHttp2: pool.Options.Protocol == ProtocolChoice.Http2);
            return;
        }

        try
        {
            _tls = new TlsConnection(pool.Tls, pool.Context, origin.Host, connection) { Sink = this };
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

    public void ConnectFailed(EndReason reason, string detail)
    {
        _pending = null;
        Observer?.AddressFailed(PeerAddress.From(_addresses[_next - 1], origin.Port), detail);
        (_reason, _detail) = (reason, detail);
        TryNext();
    }

    /// <summary>Says why; <see cref="OnAborted"/> follows.</summary>
    public void HandshakeFailed(string detail) => _detail = detail;

    // The first call says that the handshake is complete.
    void IConnectionSink.OnReadable()
    {
        TlsConnection tls = _tls!;
        TlsFacts facts = tls.Tls!;
        Observer?.Secured(origin, facts);
        bool isHttp2 = facts.ApplicationProtocol == "h2";
        if (!isHttp2 && pool.Options.Protocol == ProtocolChoice.Http2)
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

    private void TryNext()
    {
        while (_next < _addresses.Length)
        {
            var address = PeerAddress.From(_addresses[_next++], origin.Port);
            Observer?.Connecting(origin, address);
            try
            {
                _pending = pool.Loop.Connect(address, pool.Loop.Now + pool.Options.ConnectTimeout, this);
                return;
            }
            catch (TransportException fault)
            {
                (_reason, _detail) = (EndReason.ConnectFailed, fault.Message);
                Observer?.AddressFailed(address, fault.Message);
            }
        }

        Fail(_reason, _detail.Length > 0 ? _detail : EndReasons.Describe(_reason));
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
