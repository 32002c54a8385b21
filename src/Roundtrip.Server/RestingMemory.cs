using Roundtrip.Transport;

namespace Roundtrip.Server;

/// <summary>
/// Gives memory back when a burst is over. Nothing on the path of a request allocates, so no collection would come by itself for hours: what handshakes, subscriptions and applications' requests left
/// behind, in the collector's heap and in OpenSSL's, would stay beside the connections that rest. Collecting stops all loops for some tens of milliseconds, so it waits until the process has nothing to do.
/// </summary>
public sealed class RestingMemory : IDisposable
{
    /// <summary>How long it looks before it says that the process rests.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(4);

    // Less is not worth a collection.
    private const long Worthwhile = 4 * 1024 * 1024;

    // Of the interval: what timers and a few requests take.
    private const double Rest = 0.02;

    private readonly Timer _timer;
    private TimeSpan _used = Environment.CpuUsage.TotalTime;
    private long _allocated;

    public RestingMemory() => _timer = new Timer(static self => ((RestingMemory)self!).Look(), this, Interval, Interval);

    /// <summary>Whether it is time to collect.</summary>
    /// <param name="used">CPU time of the process within the last <see cref="Interval"/>.</param>
    /// <param name="allocated">Bytes that were allocated since it was time before.</param>
    public static bool IsDue(TimeSpan used, long allocated) => used < Interval * Rest && allocated >= Worthwhile;

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        TimeSpan before = _used;
        _used = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes();
        if (!IsDue(_used - before, allocated - _allocated))
        {
            return;
        }

        _allocated = allocated;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
    }
}
