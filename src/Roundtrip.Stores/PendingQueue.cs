using System.Runtime.InteropServices;

namespace Roundtrip.Stores;

/// <summary>What waits for a store's thread: as much as may wait, taken all at once. Thread-safe.</summary>
internal sealed class PendingQueue
{
    private const int MostMessages = 100_000;
    private const long MostBytes = 64 * 1024 * 1024;

    // A batch is a transaction, or a write to a server: not so large that those behind it wait long.
    private const int MostOfBatch = 1000;
    private const long MostBytesOfBatch = 4 * 1024 * 1024;

    private readonly object _lock = new();
    private readonly Queue<Pending> _waiting = new();
    private long _bytes;
    private bool _isClosed;

    /// <summary>Puts one at the end; false where too much waits, or nobody takes any more.</summary>
    public bool TryAdd(in Pending pending)
    {
        lock (_lock)
        {
            if (_isClosed || _waiting.Count >= MostMessages || (_bytes > 0 && _bytes + pending.Size > MostBytes))
            {
                return false;
            }

            _waiting.Enqueue(pending);
            _bytes += pending.Size;
            Monitor.Pulse(_lock);
            return true;
        }
    }

    /// <summary>Waits for some, and takes what there is into a list that it empties first. False once it is closed and empty.</summary>
    public bool Take(List<Pending> batch)
    {
        batch.Clear();
        lock (_lock)
        {
            if (_waiting.Count == 0 && !_isClosed)
            {
                Monitor.Wait(_lock);
            }

            long bytes = 0;
            while (batch.Count < MostOfBatch && bytes < MostBytesOfBatch && _waiting.TryDequeue(out Pending next))
            {
                batch.Add(next);
                bytes += next.Size;
            }

            _bytes -= bytes;
            return batch.Count > 0 || !_isClosed;
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <summary>Tells the publishers of a batch that it is not stored.</summary>
    public static void Fail(List<Pending> batch)
    {
        foreach (ref readonly Pending pending in CollectionsMarshal.AsSpan(batch))
        {
            pending.Receipt?.Failed();
        }

        batch.Clear();
    }
}
