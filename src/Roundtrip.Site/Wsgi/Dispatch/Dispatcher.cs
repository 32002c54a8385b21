namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>
/// Who gets which channel: the least busy worker's most recently used one; where all are busy requests wait in order, over all loops. Pure: no lock, no clock, no loop.
/// </summary>
/// <param name="maximumWaiting">How many requests may wait.</param>
internal sealed class Dispatcher(int maximumWaiting)
{
    /// <summary>A loop's own request is preferred where it began to wait at most so many milliseconds after another loop's: a hop between threads costs more than that is worth.</summary>
    public const int AboutAsOld = 5;

    private readonly List<PooledWorker> _workers = [];
    private readonly List<LinkedList<Waiter>> _queues = [];

    public int Waiting { get; private set; }

    /// <summary>The workers that get requests.</summary>
    public IReadOnlyList<PooledWorker> Workers => _workers;

    /// <summary>Makes a place for a loop's requests.</summary>
    /// <returns>Its number.</returns>
    public int AddLoop()
    {
        _queues.Add(new LinkedList<Waiter>());
        return _queues.Count - 1;
    }

    public void Add(PooledWorker worker) => _workers.Add(worker);

    /// <summary>It gets no more requests; those that it has go on.</summary>
    public void Retire(PooledWorker worker)
    {
        worker.IsRetired = true;
        _workers.Remove(worker);
    }

    /// <summary>The channel for a request that comes now; null where it has to wait: who comes does not overtake who waits.</summary>
    public Channel? TryTake(int loop) => Waiting == 0 ? LeastBusy()?.Take(loop) : null;

    /// <summary>Puts a request at the end of the queue, or in front of it: one that was at work already.</summary>
    /// <returns>Whether there was a place.</returns>
    public bool TryWait(Waiter waiter, int loop, long now, bool isFirst = false)
    {
        if (Waiting >= maximumWaiting && !isFirst)
        {
            return false;
        }

        Waiting++;
        waiter.Loop = loop;
        if (isFirst)
        {
            // Whoever was first when the other began to wait stays so.
            waiter.Since = _queues.Min(queue => queue.First?.Value.Since ?? now);
            _queues[loop].AddFirst(waiter.Node);
        }
        else
        {
            waiter.Since = now;
            _queues[loop].AddLast(waiter.Node);
        }

        return true;
    }

    /// <summary>Takes a request out of the queue.</summary>
    /// <returns>Whether it was in it.</returns>
    public bool Withdraw(Waiter waiter)
    {
        if (waiter.Node.List is not { } queue)
        {
            return false;
        }

        queue.Remove(waiter.Node);
        Waiting--;
        return true;
    }

    /// <summary>A request is done with its channel.</summary>
    public static void Return(Channel channel) => channel.Worker.Return(channel);

    /// <summary>The request that is to begin now, and its channel.</summary>
    /// <param name="own">The loop that asks; less than 0 for none.</param>
    public (Waiter Waiter, Channel Channel)? Next(int own)
    {
        if (Waiting == 0 || LeastBusy() is not { } worker)
        {
            return null;
        }

        Waiter next = Oldest(own);
        Withdraw(next);
        return (next, worker.Take(next.Loop));
    }

    /// <summary>Takes all requests out of the queue.</summary>
    public List<Waiter> TakeAll()
    {
        var all = new List<Waiter>();
        foreach (LinkedList<Waiter> queue in _queues)
        {
            all.AddRange(queue);
            queue.Clear();
        }

        Waiting = 0;
        return all;
    }

    private PooledWorker? LeastBusy()
    {
        PooledWorker? best = null;
        foreach (PooledWorker worker in _workers)
        {
            if (worker.HasRoom && (best is null || worker.Busy < best.Busy))
            {
                best = worker;
            }
        }

        return best;
    }

    private Waiter Oldest(int own)
    {
        Waiter? oldest = null;
        foreach (LinkedList<Waiter> queue in _queues)
        {
            if (queue.First is { } first && (oldest is null || first.Value.Since < oldest.Since))
            {
                oldest = first.Value;
            }
        }

        return own >= 0 && _queues[own].First is { } mine && mine.Value.Since - oldest!.Since <= AboutAsOld ? mine.Value : oldest!;
    }
}
