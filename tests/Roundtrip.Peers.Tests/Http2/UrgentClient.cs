using Roundtrip.Client;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;
using Roundtrip.Transport.Epoll;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Peers.Tests.Http2;

/// <summary>What urgent.py measures, by our own client: the bytes of a large response in flight that arrive between an urgent request and its HEADERS.</summary>
internal sealed class UrgentClient : IClientUser, ILoopWork, IDisposable
{
    private const int Before = 400_000;

    // As the system accounts for them. It may account for one that is read already, and one too many does not matter here.
    private const int TwoPackets = 4096;

    private readonly EpollLoop _loop = new();
    private readonly ConnectionPool _pool;
    private readonly Origin _origin;
    private readonly Urgent _urgent;
    private ClientExchange? _large;
    private PeerAddress _local;
    private bool _isPosted;
    private long _askedAt;

    private UrgentClient(string scheme, string address, int port)
    {
        _pool = new ConnectionPool(_loop, new ClientOptions { Protocol = ProtocolChoice.Http2, Tls = new TlsClientOptions { VerifiesServer = false } });
        _origin = new Origin(scheme == "https", address, (ushort)port);
        _urgent = new Urgent(this);
        Send("/large.bin", "u=7", this);
    }

    /// <summary>What ended the run; None when it was measured.</summary>
    private EndReason Failure { get; set; }

    private int Between { get; set; }

    /// <summary>Measures once, on the calling thread.</summary>
    public static int Measure(string scheme, string address, int port)
    {
        using var client = new UrgentClient(scheme, address, port);
        client._loop.Run();
        Assert.Equal(EndReason.None, client.Failure);
        return client.Between;
    }

    public void Dispose()
    {
        _pool.Dispose();
        _loop.Dispose();
    }

    public void OnStarted(ClientConnection connection, ClientExchange exchange) => (_local, _large) = (connection.Local, exchange);

    public void OnConnectFailed(EndReason reason, string detail) => End(reason);

    public void OnInformational(ClientExchange exchange)
    {
    }

    public void OnResponse(ClientExchange exchange)
    {
    }

    public void OnContent(ClientExchange exchange, ReadOnlySpan<byte> content)
    {
        if (exchange.ContentReceived >= Before && !_isPosted)
        {
            // Posted work comes when all that has arrived is read: what this end has not looked at yet, or its system holds back, is not the server's doing.
            _isPosted = true;
            _loop.Post(this);
        }
    }

    public void OnTrailers(ClientExchange exchange)
    {
    }

    public void OnWritable(ClientExchange exchange)
    {
    }

    public void OnEnded(ClientExchange exchange, EndReason reason, bool isRetryable)
    {
        if (!_urgent.HasResponse)
        {
            End(reason);
        }
    }

    void ILoopWork.Run()
    {
        _isPosted = SocketMemory.HeldBack(_local) < TwoPackets;
        if (_isPosted)
        {
            Send("/urgent.txt", "u=0", _urgent);
        }
    }

    private void Send(string path, string priority, IClientUser user) =>
        _pool.Send(_origin, new ClientRequest("GET", _origin.IsSecure ? "https" : "http", "localhost", path, FieldBlock.Create(("Priority", priority))), user);

    private void End(EndReason failure)
    {
        Failure = failure;
        _pool.Stop();
        _loop.Stop();
    }

    private sealed class Urgent(UrgentClient client) : IClientUser
    {
        public bool HasResponse { get; private set; }

        public void OnStarted(ClientConnection connection, ClientExchange exchange) => client._askedAt = client._large!.ContentReceived;

        public void OnConnectFailed(EndReason reason, string detail) => client.End(reason);

        public void OnInformational(ClientExchange exchange)
        {
        }

        public void OnResponse(ClientExchange exchange)
        {
            HasResponse = true;
            client.Between = (int)(client._large!.ContentReceived - client._askedAt);
            client._large.Cancel();
            client.End(EndReason.None);
        }

        public void OnContent(ClientExchange exchange, ReadOnlySpan<byte> content)
        {
        }

        public void OnTrailers(ClientExchange exchange)
        {
        }

        public void OnWritable(ClientExchange exchange)
        {
        }

        public void OnEnded(ClientExchange exchange, EndReason reason, bool isRetryable)
        {
            if (!HasResponse)
            {
                client.End(reason);
            }
        }
    }
}
