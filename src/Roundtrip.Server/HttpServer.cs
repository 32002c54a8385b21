using Roundtrip.Core;
using Roundtrip.Transport;
using Roundtrip.Transport.Epoll;

namespace Roundtrip.Server;

/// <summary>
/// A server: one loop and one thread a core, each with its own listeners. <see cref="Start"/> returns when connections are accepted; <see cref="Stop"/> when the last one has ended.
/// </summary>
public sealed class HttpServer : IDisposable
{
    private readonly ServerOptions _options;
    private readonly ConnectionCounts _counts = new();
    private readonly List<(EpollLoop Loop, LoopServer Server, Thread Thread)> _loops = [];
    private bool _isStopped;

    private HttpServer(ServerOptions options) => _options = options;

    /// <summary>The addresses that are listened at, in the order of the options' endpoints.</summary>
    public IReadOnlyList<PeerAddress> Addresses { get; private set; } = [];

    /// <summary>How many connections are open.</summary>
    public int ConnectionCount => _counts.Total;

    /// <exception cref="TransportException">An address cannot be listened at.</exception>
    public static HttpServer Start(ServerOptions options)
    {
        var server = new HttpServer(options);
        try
        {
            server.Begin();
        }
        catch
        {
            server.Dispose();
            throw;
        }

        return server;
    }

    /// <summary>Accepts no more, lets answers under way finish within the time given by the options, ends the loops. May be called on any thread but a loop's, once.</summary>
    public void Stop()
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        foreach ((EpollLoop loop, LoopServer server, Thread thread) in _loops)
        {
            if (thread.IsAlive)
            {
                loop.Post(new Work(() => server.Stop(loop.Stop)));
            }
        }

        foreach ((_, _, Thread thread) in _loops)
        {
            if (thread.ThreadState.HasFlag(ThreadState.Unstarted) == false)
            {
                thread.Join();
            }
        }
    }

    public void Dispose()
    {
        Stop();
        foreach ((EpollLoop loop, LoopServer server, _) in _loops)
        {
            server.Dispose();
            loop.Dispose();
        }

        _loops.Clear();
    }

    private void Begin()
    {
        PeerAddress[] addresses = [.. _options.Endpoints.Select(e => e.Address)];
        Array.ForEach(addresses, EpollLoop.EnsureFree);
        for (int i = 0; i < _options.Loops; i++)
        {
            var failures = new AcceptFailureLog(_options.ErrorLog);
            var loop = new EpollLoop { AcceptFailed = (reason, detail) => failures.Add(reason, detail, Environment.TickCount64) };
            var server = new LoopServer(loop, _options, _counts);
            _loops.Add((loop, server, new Thread(loop.Run) { Name = $"loop {i}", IsBackground = true }));
            for (int e = 0; e < addresses.Length; e++)
            {
                // The first loop may have the system choose a port; the others listen at the same one.
                addresses[e] = server.Listen(addresses[e], _options.Endpoints[e].Tls);
            }
        }

        Addresses = addresses;
        foreach ((_, _, Thread thread) in _loops)
        {
            thread.Start();
        }
    }

    private sealed class Work(Action action) : ILoopWork
    {
        public void Run() => action();
    }
}
