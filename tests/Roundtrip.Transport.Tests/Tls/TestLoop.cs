using Roundtrip.Core;

namespace Roundtrip.Transport.Tests.Tls;

/// <summary>A loop without a thread: <see cref="RunUntilIdle"/> does all there is to do. Its clock moves when told.</summary>
internal sealed class TestLoop() : EventLoop(0)
{
    private readonly Queue<ILoopWork> _posted = new();
    private readonly List<MemoryConnection> _connections = [];

    private long _now;

    public override long Now => _now;

    public override long UnixMilliseconds => 0;

    public void Add(MemoryConnection connection) => _connections.Add(connection);

    public void Remove(MemoryConnection connection) => _connections.Remove(connection);

    public override void Post(ILoopWork work) => _posted.Enqueue(work);

    public override ITransportListener Listen(PeerAddress address, Action<TransportConnection> accepted) => throw new NotSupportedException();

    public void Advance(long milliseconds)
    {
        _now += milliseconds;
        FireTimers();
        RunUntilIdle();
    }

    /// <summary>Calls whoever is ready, as a level-triggered loop does, until nobody is. Somebody who is called and does nothing makes it fail.</summary>
    public void RunUntilIdle()
    {
        for (int turn = 0; Turn(); turn++)
        {
            Assert.True(turn < 200_000, "the loop spins");
        }
    }

    private bool Turn()
    {
        bool busy = false;
        for (int n = _posted.Count; n > 0; n--)
        {
            busy = true;
            _posted.Dequeue().Run();
        }

        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            busy |= i < _connections.Count && _connections[i].Dispatch();
        }

        return busy;
    }
}
