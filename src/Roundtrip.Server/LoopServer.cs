using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;
using Roundtrip.Transport;
using Roundtrip.Transport.Epoll;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Server;

/// <summary>
/// The driver on one loop: it owns the loop's connections and what they share. Everything here happens on the loop's thread.
/// </summary>
internal sealed class LoopServer : IDisposable
{
    private ServerOptions _options;
    private readonly ConnectionCounts _counts;
    private readonly RequestWorkers _workers;
    private readonly Stack<OutputQueue> _outputs = new();
    private readonly List<LoopListener> _listeners = [];
    private readonly List<ServerConnection> _woken = [];
    private readonly LoopHolds _holds = new();
    private readonly DateField _date = new();
    private ServerConnection[] _connections = new ServerConnection[64];
    private int _connectionCount;
    private TlsLoop? _tls;
    private Action? _stopped;

    public LoopServer(EventLoop loop, ServerOptions options, ConnectionCounts counts, RequestWorkers workers)
    {
        (Loop, _options, _counts, _workers) = (loop, options, counts, workers);
        _holds.Released = StoppedIfEmpty;
        Http1 = new Http1Resources(Http2);
        Site = CreateSite(options);
        Blocked = new BlockedLoopDetector(this);
        loop.EndOfBatch = EndOfBatch;
    }

    public EventLoop Loop { get; }

    public LoopSite Site { get; private set; }

    public bool WantsTimestamps => Site.WantsTimestamps;

    public HttpLimits Limits => _options.Limits;

    public StatusLines StatusLines => _options.StatusLines;

    public ErrorLog ErrorLog => _options.ErrorLog;

    public BlockedLoopDetector Blocked { get; }

    /// <summary>The log of a connection's host, or of an exchange's.</summary>
    public ErrorLog LogOf(IConnectionHost connection, Exchange? exchange) => ((exchange?.Owner as LoopSite) ?? Site).LogOf(connection, exchange) ?? ErrorLog;

    public Http2Resources Http2 { get; } = new();

    public Http1Resources Http1 { get; }

    public ReadOnlySpan<byte> Date => _date.At(Loop.UnixMilliseconds);

    public bool IsStopping { get; private set; }

    /// <summary>Listens at an endpoint.</summary>
    /// <param name="number">The loop's own: which of the endpoint's sockets is its.</param>
    /// <returns>The address, with the port that was chosen where 0 was asked for.</returns>
    public PeerAddress Listen(ServerEndpoint endpoint, int number)
    {
        var added = new LoopListener { Tls = endpoint.Tls, Http2Cleartext = endpoint.Http2Cleartext };
        added.Listener = endpoint.Sockets.Count > 0 && Loop is EpollLoop epoll
            ? epoll.Listen(endpoint.Sockets[number % endpoint.Sockets.Count], connection => Accept(connection, added))
            : Loop.Listen(endpoint.Address, connection => Accept(connection, added));
        _listeners.Add(added);
        return added.Listener.Address;
    }

    /// <summary>Goes over to other options: new exchanges are theirs, those under way stay with the site that began them. Listeners that both have go on.</summary>
    /// <exception cref="TransportException">An address cannot be listened at; nothing has changed then.</exception>
    public void Apply(ServerOptions options, int number)
    {
        var kept = new List<LoopListener>(_listeners);
        var added = new List<ServerEndpoint>();
        foreach (ServerEndpoint endpoint in options.Endpoints)
        {
            if (kept.Find(listener => listener.Listener!.Address == endpoint.Address) is { } known)
            {
                kept.Remove(known);
            }
            else
            {
                added.Add(endpoint);
            }
        }

        int before = _listeners.Count;
        try
        {
            added.ForEach(endpoint => Listen(endpoint, number));
        }
        catch (TransportException)
        {
            _listeners.GetRange(before, _listeners.Count - before).ForEach(listener => listener.Listener!.Close());
            _listeners.RemoveRange(before, _listeners.Count - before);
            throw;
        }

        foreach (LoopListener removed in kept)
        {
            removed.Listener!.Close();
            _listeners.Remove(removed);
        }

        foreach (LoopListener listener in _listeners)
        {
            ServerEndpoint endpoint = options.Endpoints.First(endpoint => endpoint.Address == listener.Listener!.Address);
            (listener.Tls, listener.Http2Cleartext) = (endpoint.Tls, endpoint.Http2Cleartext);
        }

        LoopSite former = Site;
        _options = options;
        Site = CreateSite(options);
        former.Retire();

        // What was made by other terms than those that hold now goes in good order; everything else lives on.
        foreach (ServerConnection connection in _connections.AsSpan(0, _connectionCount).ToArray())
        {
            connection.ChooseLimits();
            if (!_listeners.Contains(connection.Listener) || !connection.Listener.WouldMake(connection))
            {
                connection.Stop();
            }
        }
    }

    /// <summary>Accepts no more, ends what is idle, and lets the rest finish within the time given by the options.</summary>
    /// <param name="stopped">Called on the loop when no connection is left, nothing that a closed one has yet to send, and nothing that holds the loop.</param>
    /// <param name="isGraceful">Which of the options' times.</param>
    public void Stop(Action stopped, bool isGraceful = false)
    {
        IsStopping = true;
        _stopped = stopped;
        foreach (LoopListener listener in _listeners)
        {
            listener.Listener!.Close();
        }

        _listeners.Clear();
        foreach (ServerConnection connection in _connections.AsSpan(0, _connectionCount).ToArray())
        {
            connection.Stop();
        }

        int patience = isGraceful ? _options.GracefulShutdownTimeout : _options.StopTimeout;
        if (!isGraceful || patience > 0)
        {
            Loop.Timers.Schedule(new LastCall(this), Loop.Now + patience);
        }

        StoppedIfEmpty();
    }

    /// <summary>Makes a graceful stop a plain one.</summary>
    public void Hurry() => Loop.Timers.Schedule(new LastCall(this), Loop.Now + _options.StopTimeout);

    public OutputQueue RentOutput() => _outputs.TryPop(out OutputQueue? queue) ? queue : new OutputQueue(Loop.Buffers);

    public void ReturnOutput(OutputQueue queue)
    {
        if (_outputs.Count < 64)
        {
            _outputs.Push(queue);
        }
    }

    /// <summary>Has the connection looked after at the end of the batch: something outside the driver's calls changed it.</summary>
    public void Wake(ServerConnection connection) => _woken.Add(connection);

    /// <summary>The connection is closed.</summary>
    public void Remove(ServerConnection connection, PeerAddress remote)
    {
        ServerConnection last = _connections[--_connectionCount];
        _connections[connection.Index] = last;
        last.Index = connection.Index;
        _connections[_connectionCount] = null!;
        _counts.Remove(remote);
        StoppedIfEmpty();
    }

    public void Dispose()
    {
        CloseAll();
        Site.End();
        Blocked.Dispose();
    }

    private LoopSite CreateSite(ServerOptions options)
    {
        LoopSite site = options.CreateSite(Loop);
        site.Workers = _workers;
        site.Holds = _holds;
        return site;
    }

    private void Accept(TransportConnection connection, LoopListener listener)
    {
        EndReason refusal = _counts.TryAdd(connection.Remote, Limits);
        if (refusal != EndReason.None)
        {
            ErrorLog.Write(LogLevel.Warn, "core", connection.Remote.ToString(), EndReasons.Describe(refusal));
            connection.Close();
            return;
        }

        if (_connectionCount == _connections.Length)
        {
            Array.Resize(ref _connections, _connectionCount * 2);
        }

        TlsConnection? secured = listener.Tls is not { } tls ? null : new TlsConnection(_tls ??= MakeTlsLoop(), tls, connection);
        var accepted = new ServerConnection(this, secured ?? connection, secured is not null) { Index = _connectionCount, Listener = listener, Http2Cleartext = listener.Http2Cleartext };
        _connections[_connectionCount++] = accepted;
        try
        {
            accepted.Begin();
            secured?.Start();
        }
        catch (TransportException fault)
        {
            // The kernel watches no more descriptors: this connection cannot be served, and the others can.
            ErrorLog.Write(LogLevel.Error, "core", connection.Remote.ToString(), fault.Message);
            accepted.Gone(EndReason.OutOfDescriptors);
        }
    }

    private TlsLoop MakeTlsLoop() => new(Loop) { Observer = new TlsFailureLog(this), Drained = StoppedIfEmpty };

    private void EndOfBatch()
    {
        // What is woken may wake others, and itself again.
        for (int i = 0; i < _woken.Count; i++)
        {
            _woken[i].OnWoken();
        }

        _woken.Clear();
        Site.EndOfBatch(Loop.Now);
        Blocked.EndOfBatch();
    }

    private void CloseAll()
    {
        foreach (ServerConnection connection in _connections.AsSpan(0, _connectionCount).ToArray())
        {
            connection.Gone(EndReason.ServerStopping);
        }

        _tls?.ResetDraining();
    }

    private void StoppedIfEmpty()
    {
        if (IsStopping && _connectionCount == 0 && _holds.Count == 0 && _tls is not { IsDraining: true })
        {
            _stopped?.Invoke();
            _stopped = null;
        }
    }

    private sealed class LastCall(LoopServer server) : TimerEntry
    {
        protected override void OnDue(long now) => server.CloseAll();
    }
}
