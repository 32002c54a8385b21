using System.Net;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;
using Roundtrip.Transport.Epoll;

namespace Roundtrip.Client.Tests;

/// <summary>A pool on a loop of its own, with what it told its observer.</summary>
internal sealed class TestClient : IClientObserver, IDisposable
{
    private readonly EpollLoop _loop = new();
    private readonly Thread _thread;
    private readonly List<string> _lines = [];
    private readonly List<TlsFacts> _secured = [];

    /// <param name="options">Made with the observer, which it is to name.</param>
    public TestClient(Func<IClientObserver, ClientOptions> options)
    {
        Pool = new ConnectionPool(_loop, options(this));
        _thread = new Thread(_loop.Run);
        _thread.Start();
    }

    public ConnectionPool Pool { get; }

    /// <summary>What happened to connections, a line each.</summary>
    public string[] Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public TlsFacts[] Handshakes
    {
        get
        {
            lock (_lines)
            {
                return [.. _secured];
            }
        }
    }

    /// <summary>Sends a request for / of localhost.</summary>
    public TestUser Send(int port, TestUser? user = null, bool isSecure = false, string method = "GET")
    {
        user ??= new TestUser();
        Do(() => SendNow(port, user, isSecure, method));
        return user;
    }

    /// <summary>The same, for who is on the loop's thread.</summary>
    public TestUser SendNow(int port, TestUser? user = null, bool isSecure = false, string method = "GET")
    {
        user ??= new TestUser();
        Pool.Send(new Origin(isSecure, "localhost", (ushort)port), new ClientRequest(method, isSecure ? "https" : "http", $"localhost:{port}", "/", FieldBlock.Empty), user);
        return user;
    }

    /// <summary>Does something on the loop's thread, soon.</summary>
    public void Do(Action what) => _loop.Post(new Work(what));

    public void WaitFor(string line, int times = 1) => WaitUntil(() => Lines.Count(other => other == line) >= times, line);

    public void WaitUntil(Func<bool> isSo, string what = "it")
    {
        for (long giveUp = Environment.TickCount64 + 20_000; !isSo(); Thread.Sleep(5))
        {
            Assert.True(Environment.TickCount64 < giveUp, $"'{what}' is not among: {string.Join('\n', Lines)}");
        }
    }

    public void Dispose()
    {
        Do(() =>
        {
            Pool.Stop();
            _loop.Stop();
        });
        _thread.Join();
        Pool.Dispose();
        _loop.Dispose();
    }

    public static Task<IPAddress[]> ToLoopback(string host) => Task.FromResult((IPAddress[])[IPAddress.Loopback]);

    public void Connecting(Origin origin, PeerAddress address) => Note($"connecting {address.ToIPAddress()}");

    public void AddressFailed(PeerAddress address, string detail) => Note($"failed {address.ToIPAddress()}");

    public void Connected(Origin origin, PeerAddress address) => Note($"connected {address.ToIPAddress()}");

    public void Secured(Origin origin, TlsFacts facts)
    {
        lock (_lines)
        {
            _secured.Add(facts);
        }
    }

    public void Opened(ClientConnection connection, ProtocolVersion version) => Note($"opened {version}");

    public void Sent(ClientConnection connection, ReadOnlySpan<byte> bytes)
    {
    }

    public void Received(ClientConnection connection, ReadOnlySpan<byte> bytes)
    {
    }

    public void Reported(ClientConnection connection, in ProtocolError error) => Note($"reported {error.Reason}");

    public void Closed(ClientConnection connection, EndReason reason) => Note($"closed {reason}");

    private void Note(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
        }
    }

    private sealed class Work(Action what) : ILoopWork
    {
        public void Run() => what();
    }
}
