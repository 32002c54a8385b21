using System.Net;
using System.Net.Sockets;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

/// <summary>Echoes over TLS on a real port, one connection after the other, on a thread of its own, until it is disposed of.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private const int PollMicroseconds = 20_000;

    private readonly TlsServerContext _context;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Thread _thread;
    private volatile bool _stopping;

    public LoopbackServer(TlsServerContext context)
    {
        _context = context;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _thread = new Thread(Run);
        _thread.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public Exception? Fault { get; private set; }

    public List<TlsFacts?> Facts { get; } = [];

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _listener.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_stopping)
            {
                if (_listener.Poll(PollMicroseconds, SelectMode.SelectRead))
                {
                    using Socket socket = _listener.Accept();
                    Serve(socket);
                }
            }
        }
        catch (Exception e)
        {
            Fault = e;
        }
    }

    private void Serve(Socket socket)
    {
        var loop = new TestLoop();
        var inner = new MemoryConnection(loop, 64 * 1024);
        var server = new TlsConnection(new TlsLoop(loop), _context, inner);
        var sink = new ServerSink(server, loop.Buffers) { Echo = true, CloseAtEnd = true };
        server.Start();
        sink.Ask();
        byte[] buffer = new byte[16 * 1024];
        bool ended = false;
        while (!_stopping)
        {
            if (!ended && socket.Poll(PollMicroseconds, SelectMode.SelectRead))
            {
                int read = socket.Receive(buffer);
                ended = read == 0;
                if (ended)
                {
                    inner.ClientEnd();
                }

                Assert.Equal(read, inner.ClientSend(buffer.AsSpan(0, read)));
            }

            loop.RunUntilIdle();
            for (int n; (n = inner.ClientReceive(buffer)) > 0; loop.RunUntilIdle())
            {
                socket.Send(buffer.AsSpan(0, n));
            }

            if (server.IsHandshakeComplete)
            {
                Facts.Add(server.Tls);
            }

            if (inner.IsClosed)
            {
                socket.Shutdown(SocketShutdown.Send);
                return;
            }
        }
    }
}
