using System.Runtime.InteropServices;
using Roundtrip.Core;

namespace Roundtrip.Transport;

/// <summary>
/// One thread's worth of connections: it waits for readiness, calls the sinks, fires the timers and runs what other threads post to it.
/// Everything but <see cref="Post"/> belongs to the loop's own thread.
/// </summary>
public abstract class EventLoop
{
    // The clock that is read without a system call moves in steps of so many milliseconds on most kernels (HZ=250).
    private const int Soon = 4;

    private readonly List<ILoopWork> _atEnd = [];

    /// <param name="now">The loop's time when it begins, in monotonic milliseconds.</param>
    protected EventLoop(long now)
    {
        Timers = new TimerWheel(now);
        SoonTimers = new TimerWheel(now, Soon);
    }

    /// <summary>The buffers of this loop's connections.</summary>
    public BufferPool Buffers { get; } = new();

    /// <summary>Deadlines, looked at after each batch of events.</summary>
    public TimerWheel Timers { get; }

    /// <summary>The few deadlines that are only milliseconds away: the loop wakes every few of them while there are any.</summary>
    public TimerWheel SoonTimers { get; }

    /// <summary>Monotonic milliseconds, read once a wake-up.</summary>
    public abstract long Now { get; }

    /// <summary>The wall clock in milliseconds since 1970, read once a wake-up.</summary>
    public abstract long UnixMilliseconds { get; }

    /// <summary>The wall clock in microseconds since 1970, read now where there is one to read.</summary>
    public virtual long UnixMicroseconds => UnixMilliseconds * 1000;

    /// <summary>Runs <paramref name="work"/> once when what came with this wake-up has been handled, before <see cref="EndOfBatch"/>: for what had better be done once for several events.</summary>
    public void RunAtEndOfBatch(ILoopWork work) => _atEnd.Add(work);

    /// <summary>Called at the end of each wake-up, after events, posted work and timers: what was put off during the batch is done here.</summary>
    public Action? EndOfBatch { get; set; }

    /// <summary>Runs <paramref name="work"/> on this loop soon, in the order of posting. May be called on any thread; work posted to a loop that has ended is dropped.</summary>
    public abstract void Post(ILoopWork work);

    /// <summary>
    /// Accepts connections at an address, each given to <paramref name="accepted"/> on this loop. Afterwards the connection's sink is told once that it
    /// is readable, without having asked: the first bytes are there more often than not.
    /// </summary>
    /// <returns>The address that is listened at, its port chosen by the system where 0 was asked for.</returns>
    /// <exception cref="TransportException">The address cannot be listened at; the message says why.</exception>
    public abstract ITransportListener Listen(PeerAddress address, Action<TransportConnection> accepted);

    /// <summary>Watches a descriptor that is no network connection.</summary>
    /// <param name="descriptor">Taken over, whatever comes of the call.</param>
    /// <param name="sink">Told on this loop, from the first <see cref="WatchedDescriptor.Await"/> on.</param>
    /// <exception cref="TransportException">The system refuses.</exception>
    public virtual WatchedDescriptor Watch(SafeHandle descriptor, IDescriptorSink sink) => throw new NotSupportedException("this loop has no kernel under it");

    /// <summary>To be called at the end of each wake-up.</summary>
    protected void EndBatch()
    {
        for (int i = 0; i < _atEnd.Count; i++)
        {
            _atEnd[i].Run();
        }

        _atEnd.Clear();
        EndOfBatch?.Invoke();
    }

    /// <summary>Fires what is due at <see cref="Now"/>: to be called after each wake-up, before anything is scheduled at the new time.</summary>
    protected void FireTimers()
    {
        Timers.Advance(Now);
        SoonTimers.Advance(Now);
    }

    /// <summary>How long the loop may sleep, in milliseconds; -1 when there is nothing to wake up for.</summary>
    protected int SleepFor()
    {
        int sleep = Timers.SleepFor(Now);
        int soon = SoonTimers.SleepFor(Now);
        return soon < 0 ? sleep : sleep < 0 ? soon : Math.Min(sleep, soon);
    }
}
