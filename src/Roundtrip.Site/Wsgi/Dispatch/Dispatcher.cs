namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>
/// Who gets which channel: the least busy worker's most recently used one; where all are busy requests wait in order, over all loops. Pure: no lock, no clock, no loop.
/// </summary>
/// <remarks>
/// Where requests come close upon each other and are answered as quickly, they go to the inbox of a channel that has some already rather than to another thread: the threads of one process take turns at Python's lock, so that each
/// would sleep and be woken for every request and none would be earlier. A channel that does not get on for a few milliseconds has those that wait taken from it, and for a while nobody joins another:
/// the application waits for something, and has its threads for that.
/// </remarks>
/// <param name="maximumWaiting">How many requests may wait.</param>
internal sealed class Dispatcher(int maximumWaiting)
{
    /// <summary>A loop's own request is preferred where it began to wait at most so many milliseconds after another loop's: a hop between threads costs more than that is worth.</summary>
    public const int AboutAsOld = 5;

    /// <summary>How many requests a channel has at most, the one in hand with them. More would only be fetched back; the kernel keeps eleven messages where net.unix.max_dgram_qlen is as it comes.</summary>
    public const int MaximumInHand = 8;

    /// <summary>A channel that has not got on for longer than so many milliseconds is joined by nobody, and has those taken from it that wait.</summary>
    public const int Patience = 4;

    /// <summary>The same where its thread computes, or would if it had a processor: then others of its process could rarely do better.</summary>
    public const int PatienceWithRunning = 40;

    /// <summary>For how many milliseconds nobody joins after that, at first and at most: it is doubled each time.</summary>
    public const int ShortestCaution = 100, LongestCaution = 6400;

    private readonly List<PooledWorker> _workers = [];
    private readonly List<LinkedList<Waiter>> _queues = [];
    private long _cautiousUntil;
    private int _caution = ShortestCaution;

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
    public Channel? TryTake(Waiter waiter, int loop, long now)
    {
        waiter.Loop = loop;
        return Waiting == 0 ? Place(waiter, now) : null;
    }

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
    public static void Return(Channel channel, long now) => channel.Worker.Return(channel, now);

    /// <summary>A channel has lost so many of its requests.</summary>
    /// <param name="isStuck">Whether that is because it did not get on; otherwise the one in hand will last.</param>
    public void TakeBack(Channel channel, bool isStuck, int count, long now)
    {
        channel.Worker.TakeBack(channel, count);
        if (!isStuck)
        {
            channel.Since = 0;
            return;
        }

        bool isSoonAgain = now - _cautiousUntil <= _caution;
        _caution = isSoonAgain ? Math.Min(2 * _caution, LongestCaution) : ShortestCaution;
        _cautiousUntil = now + _caution;
    }

    /// <summary>The request that is to begin now, and its channel.</summary>
    /// <param name="own">The loop that asks; less than 0 for none.</param>
    public (Waiter Waiter, Channel Channel)? Next(int own, long now)
    {
        if (Waiting == 0)
        {
            return null;
        }

        Waiter next = Oldest(own);
        Channel? channel = Place(next, now);
        if (channel is null && next.Loop != own && own >= 0 && _queues[own].First is { } mine)
        {
            // Another loop's inboxes are full, and it comes back to them.
            next = mine.Value;
            channel = Place(next, now);
        }

        if (channel is null)
        {
            return null;
        }

        Withdraw(next);
        return (next, channel);
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

    private Channel? Place(Waiter waiter, long now)
    {
        PooledWorker? best = null;
        Channel? line = null;
        bool joins = waiter.MayJoin && now >= _cautiousUntil;
        foreach (PooledWorker worker in _workers)
        {
            if (best is not null && worker.InHand >= best.InHand)
            {
                continue;
            }

            Channel? its = joins ? worker.LineOf(waiter.Loop, now - Patience) : null;
            if (its is null ? worker.HasRoom : its.InHand < MaximumInHand)
            {
                (best, line) = (worker, its);
            }
        }

        return line is not null ? best!.Join(line) : best?.Take(waiter.Loop, now);
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
