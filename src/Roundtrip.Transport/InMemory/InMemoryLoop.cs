using System.Collections.Concurrent;
using Roundtrip.Core;

namespace Roundtrip.Transport.InMemory;

/// <summary>
/// A loop without a kernel: connections between two ends in one process, and a clock that moves only when it is told to. It runs on the thread that
/// calls <see cref="RunUntilIdle"/>.
/// </summary>
/// <param name="pipeCapacity">How many bytes each direction of a connection holds.</param>
public sealed class InMemoryLoop(int pipeCapacity = 64 * 1024) : EventLoop(0)
{
    // More turns than this without coming to rest is a sink that is told of bytes and does not read them.
    private const int TurnsBeforeRest = 1_000_000;

    private readonly Dictionary<PeerAddress, InMemoryListener> _listeners = [];
    private readonly List<InMemoryConnection> _connections = [];
    private readonly ConcurrentQueue<ILoopWork> _posted = new();
    private long _now;
    private ushort _nextPort = 49_152;

    public override long Now => _now;

    public override long UnixMilliseconds => 1_767_225_600_000 + _now;

    public override void Post(ILoopWork work) => _posted.Enqueue(work);

    public override ITransportListener Listen(PeerAddress address, Action<TransportConnection> accepted)
    {
        var listener = new InMemoryListener(address, accepted, _listeners);
        return _listeners.TryAdd(address, listener)
            ? listener
            : throw new TransportException($"cannot listen at {address}: another listener is there");
    }

    /// <summary>Connects to a listener of this loop.</summary>
    /// <returns>The client's end; its sink and interest are the caller's to set.</returns>
    public InMemoryConnection Connect(PeerAddress address)
    {
        var toServer = new BytePipe(pipeCapacity);
        var toClient = new BytePipe(pipeCapacity);
        PeerAddress local = PeerAddress.FromIPv4(0x7F000001, _nextPort++);
        var client = new InMemoryConnection(this, local, address, toClient, toServer);
        var server = new InMemoryConnection(this, address, local, toServer, toClient);
        (client.Peer, server.Peer) = (server, client);
        _connections.Add(client);
        _connections.Add(server);
        _listeners[address].Accepted(server);
        server.Sink?.OnReadable();
        return client;
    }

    /// <summary>Moves the clock and fires what became due.</summary>
    public void Advance(long milliseconds)
    {
        _now += milliseconds;
        FireTimers();
        RunUntilIdle();
    }

    /// <summary>Tells the sinks and runs posted work until nothing is left to do at this moment.</summary>
    public void RunUntilIdle()
    {
        for (int turn = 0; RunOneTurn(); turn++)
        {
            if (turn == TurnsBeforeRest)
            {
                throw new InvalidOperationException("A connection is ready and its sink does nothing about it.");
            }
        }
    }

    internal void Forget(InMemoryConnection connection) => _connections.Remove(connection);

    /// <returns>Whether there was anything to do.</returns>
    internal bool RunOneTurn()
    {
        bool didSomething = false;
        for (int left = _posted.Count; left > 0 && _posted.TryDequeue(out ILoopWork? work); left--)
        {
            work.Run();
            didSomething = true;
        }

        foreach (InMemoryConnection connection in _connections.ToArray())
        {
            if (connection.IsReady && connection.Sink is not null)
            {
                connection.Tell();
                didSomething = true;
            }
        }

        EndBatch();
        return didSomething;
    }
}
