using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Server;

/// <summary>
/// MaxRequestWorkers: how much asynchronous code may answer exchanges at a time, over all loops. What is beyond it waits in order; what is beyond that is refused. Code has its place until it has
/// really ended, whatever became of its client: whoever opens and resets requests gets no more of it than whoever waits for his answers. Thread-safe.
/// </summary>
/// <param name="maximum">1 or more.</param>
public sealed class RequestWorkers(int maximum)
{
    /// <summary>How many exchanges may wait: what httpd, with its default ListenBacklog, lets wait as connections that are not accepted yet.</summary>
    public const int MaximumWaiting = 511;

    /// <summary>Those of the server that has started an exchange.</summary>
    public static RequestWorkers Of(Exchange exchange) => ((LoopSite)exchange.Owner!).Workers;

    private readonly Lock _lock = new();
    private readonly LinkedList<IThreadPoolWorkItem> _waiting = new();
    private readonly RepeatedLine _refusals = new();
    private int _maximum = maximum;
    private int _running;

    public int Running => Volatile.Read(ref _running);

    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Sets another number. A greater one lets waiting code begin; with a smaller one what runs goes on, and nothing begins until it is less.</summary>
    public void SetMaximum(int maximum)
    {
        lock (_lock)
        {
            _maximum = maximum;
            BeginNext();
        }
    }

    /// <summary>Has code run on the thread pool, now or when its turn comes. At its end it calls <see cref="Ended"/>.</summary>
    /// <param name="code">In a node, which is its place in the queue.</param>
    /// <returns>Whether there was a place for it.</returns>
    public bool TryAdd(LinkedListNode<IThreadPoolWorkItem> code)
    {
        lock (_lock)
        {
            if (_running >= _maximum && _waiting.Count >= MaximumWaiting)
            {
                return false;
            }

            _waiting.AddLast(code);
            BeginNext();
            return true;
        }
    }

    /// <summary>Takes code that still waits out of the queue. What has begun stays: it is to end.</summary>
    /// <returns>Whether it did wait, so that it never will begin.</returns>
    public bool Withdraw(LinkedListNode<IThreadPoolWorkItem> code)
    {
        lock (_lock)
        {
            // Null for what has begun or was never added.
            if (code.List is not { } waiting)
            {
                return false;
            }

            waiting.Remove(code);
            return true;
        }
    }

    /// <summary>Code has ended: the next may begin.</summary>
    public void Ended()
    {
        lock (_lock)
        {
            _running--;
            BeginNext();
        }
    }

    /// <summary>Says that an exchange was refused: the first time at once, of a burst no more than a line now and then.</summary>
    /// <param name="now">Monotonic milliseconds.</param>
    public void Report(ErrorLog log, Exchange exchange, long now)
    {
        string times;
        lock (_lock)
        {
            if (!_refusals.IsDue(now, out times))
            {
                return;
            }
        }

        log.Write(LogLevel.Error, "core", exchange.Connection, exchange, $"{EndReasons.Describe(EndReason.TooManyRequestWorkers)} (answered 503){times}");
    }

    private void BeginNext()
    {
        while (_running < _maximum && _waiting.First is { } next)
        {
            _waiting.Remove(next);
            _running++;
            ThreadPool.UnsafeQueueUserWorkItem(next.Value, preferLocal: false);
        }
    }
}
