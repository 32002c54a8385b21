using Roundtrip.Core;
using Roundtrip.Transport;
using Roundtrip.Transport.Epoll;

namespace Roundtrip.Server;

/// <summary>
/// A server: one loop and one thread a core, each with its own listeners. <see cref="Start"/> returns when connections are accepted; <see cref="Stop"/> when the last one has ended.
/// </summary>
public sealed class HttpServer : IDisposable
{
    private ServerOptions _options;
    private readonly ConnectionCounts _counts = new();
    private readonly RequestWorkers _workers;
    private readonly List<(EpollLoop Loop, LoopServer Server, Thread Thread)> _loops = [];
    private readonly Lock _ending = new();
    private bool _isStopped;

    private HttpServer(ServerOptions options) => (_options, _workers) = (options, new RequestWorkers(options.Limits.MaxRequestWorkers));

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

    /// <summary>
    /// Goes over to other options, on all loops: new requests are theirs, and nothing under way is disturbed. Only the number of loops stays as it is. Returns when every loop has changed. May be
    /// called on any thread but a loop's, one call at a time.
    /// </summary>
    /// <exception cref="TransportException">An address cannot be listened at: all loops go on as before.</exception>
    public void Apply(ServerOptions options)
    {
        ServerOptions asked = options;
        options = OnChosenPorts(options);
        EnsureNewAreFree(options);
        for (int i = 0; i < _loops.Count; i++)
        {
            try
            {
                Apply(options, i);
            }
            catch (TransportException)
            {
                // What the loops before this one have begun to serve is taken back.
                ServerOptions before = OnChosenPorts(_options);
                for (int done = 0; done < i; done++)
                {
                    Apply(before, done);
                }

                throw;
            }
        }

        _options = asked;
        _workers.SetMaximum(options.Limits.MaxRequestWorkers);
        Addresses = [.. options.Endpoints.Select(endpoint => endpoint.Address)];
    }

    /// <summary>Accepts no more, lets answers under way finish within the time given by the options, ends the loops. May be called on any thread but a loop's, once.</summary>
    /// <param name="isGraceful">Whether the time is that of a graceful stop.</param>
    public void Stop(bool isGraceful = false)
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
                loop.Post(new Work(() => server.Stop(loop.Stop, isGraceful)));
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

    /// <summary>Has a graceful stop that is under way end as a plain one does. May be called on any thread.</summary>
    public void Hurry()
    {
        lock (_ending)
        {
            foreach ((EpollLoop loop, LoopServer server, _) in _loops)
            {
                loop.Post(new Work(server.Hurry));
            }
        }
    }

    public void Dispose()
    {
        Stop();
        lock (_ending)
        {
            foreach ((EpollLoop loop, LoopServer server, _) in _loops)
            {
                server.Dispose();
                loop.Dispose();
            }

            _loops.Clear();
        }
    }

    private void Begin()
    {
        PeerAddress[] addresses = [.. _options.Endpoints.Select(e => e.Address)];
        for (int e = 0; e < addresses.Length; e++)
        {
            if (_options.Endpoints[e].Sockets.Count == 0)
            {
                EpollLoop.EnsureFree(addresses[e]);
            }
        }

        for (int i = 0; i < _options.Loops; i++)
        {
            var loop = new EpollLoop();
            var server = new LoopServer(loop, _options, _counts, _workers);
            var failures = new AcceptFailureLog(() => server.ErrorLog);
            loop.AcceptFailed = (reason, detail) => failures.Add(reason, detail, Environment.TickCount64);
            _loops.Add((loop, server, new Thread(loop.Run) { Name = $"loop {i}", IsBackground = true }));
            for (int e = 0; e < addresses.Length; e++)
            {
                // The first loop may have the system choose a port; the others listen at the same one.
                addresses[e] = server.Listen(_options.Endpoints[e] with { Address = addresses[e] }, i);
            }
        }

        Addresses = addresses;
        foreach ((_, _, Thread thread) in _loops)
        {
            thread.Start();
        }
    }

    // A port that the system has chosen stays: 0 asks for it again.
    private ServerOptions OnChosenPorts(ServerOptions options)
    {
        List<PeerAddress> chosen = [.. Addresses.Where((_, index) => _options.Endpoints[index].Address.Port == 0)];
        var endpoints = new List<ServerEndpoint>();
        foreach (ServerEndpoint endpoint in options.Endpoints)
        {
            PeerAddress address = endpoint.Address;
            if (address.Port == 0)
            {
                int known = chosen.FindIndex(one => one.WithoutPort() == address);
                if (known < 0)
                {
                    throw new TransportException($"{address}: a port is chosen when a server starts, and not by a reload");
                }

                address = chosen[known];
                chosen.RemoveAt(known);
            }

            endpoints.Add(endpoint with { Address = address });
        }

        return options with { Endpoints = endpoints };
    }

    private void EnsureNewAreFree(ServerOptions options)
    {
        foreach (ServerEndpoint endpoint in options.Endpoints)
        {
            if (endpoint.Sockets.Count == 0 && !Addresses.Contains(endpoint.Address))
            {
                EpollLoop.EnsureFree(endpoint.Address);
            }
        }
    }

    private void Apply(ServerOptions options, int number)
    {
        (EpollLoop loop, LoopServer server, _) = _loops[number];
        using var done = new ManualResetEventSlim();
        TransportException? fault = null;
        loop.Post(new Work(() =>
        {
            try
            {
                server.Apply(options, number);
            }
            catch (TransportException e)
            {
                fault = e;
            }

            done.Set();
        }));
        done.Wait();
        if (fault is not null)
        {
            throw fault;
        }
    }

    private sealed class Work(Action action) : ILoopWork
    {
        public void Run() => action();
    }
}
