using Roundtrip.Server;
using Roundtrip.Site.Wsgi.Channels;
using Roundtrip.Site.Wsgi.Processes;
using Roundtrip.Transport;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>
/// The workers of one group, and the requests that wait for them. All loops share it; each has its <see cref="LoopPool"/>. A request of one loop is given to another's thread only where it
/// waited: then its turn is posted to it. Thread-safe.
/// </summary>
internal sealed class WorkerPool(WorkerGroupDefinition definition, IWorkerPoolObserver observer)
{
    private readonly Lock _lock = new();
    private readonly Dispatcher _dispatcher = new(definition.ListenBacklog);
    private readonly Dictionary<Worker, PooledWorker> _known = [];
    private readonly Dictionary<EventLoop, LoopPool> _byLoop = [];
    private readonly List<LoopPool> _loops = [];
    private readonly Dictionary<string, FileStamp> _scripts = [];
    private readonly RequestLogs _logs = new();
    private bool _hasHope = true;

    public WorkerGroupDefinition Definition => definition;

    public IWorkerPoolObserver Observer => observer;

    /// <summary>How many requests wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _dispatcher.Waiting;
            }
        }
    }

    /// <summary>A worker is ready: requests may go to it.</summary>
    public void Add(Worker worker)
    {
        var begun = new List<Waiter>();
        lock (_lock)
        {
            _hasHope = true;
            var pooled = new PooledWorker(worker, worker.Sockets.Count);
            _known.Add(worker, pooled);
            _dispatcher.Add(pooled);
            TakeTurns(begun, Environment.TickCount64);
        }

        Post(begun);
    }

    /// <summary>A worker gets no more requests. <see cref="IWorkerPoolObserver.Drained"/> follows, perhaps within the call, once nothing uses it.</summary>
    public void Retire(Worker worker)
    {
        PooledWorker? pooled;
        lock (_lock)
        {
            if (!_known.TryGetValue(worker, out pooled) || pooled.IsRetired)
            {
                return;
            }

            _dispatcher.Retire(pooled);
        }

        LetGo(pooled);
    }

    /// <summary>
    /// A worker's process has ended. What it sent before that is still read; then each request that it has not taken is tried again on another, and each that it has fails.
    /// <see cref="IWorkerPoolObserver.Drained"/> follows, perhaps within the call, once nothing uses its page and channels.
    /// </summary>
    public void Lost(Worker worker)
    {
        PooledWorker? pooled;
        lock (_lock)
        {
            if (!_known.TryGetValue(worker, out pooled))
            {
                return;
            }

            _dispatcher.Retire(pooled);
            pooled.IsLost = true;
            foreach (Channel channel in pooled.Channels.Where(channel => channel.Loop is not null))
            {
                _loops[channel.Loop!.Value].PostLost(channel);
            }
        }

        LetGo(pooled);
    }

    /// <summary>Whether there is a process, or will be one soon. Where not, what waits and what comes is refused at once.</summary>
    public void SetHope(bool hasHope)
    {
        List<Waiter> refused = [];
        lock (_lock)
        {
            _hasHope = hasHope;
            if (!hasHope && _dispatcher.Workers.Count == 0)
            {
                refused = _dispatcher.TakeAll();
            }
        }

        foreach (Waiter waiter in refused)
        {
            ((PoolRequest)waiter).PostRefusal(503);
        }
    }

    /// <summary>The log of the host that a request is for, also for a little while when it is answered; null where it is not known any more. May be called on any thread.</summary>
    public ErrorLog? LogOf(long request) => _logs.Find(request);

    /// <summary>What a loop has of the pool.</summary>
    public LoopPool On(EventLoop loop)
    {
        lock (_lock)
        {
            if (!_byLoop.TryGetValue(loop, out LoopPool? found))
            {
                _byLoop.Add(loop, found = new LoopPool(this, loop, _dispatcher.AddLoop()));
                _loops.Add(found);
            }

            return found;
        }
    }

    /// <summary>A script was looked at.</summary>
    public void Saw(string script, in FileStamp stamp)
    {
        bool isTouched;
        lock (_lock)
        {
            isTouched = _scripts.TryGetValue(script, out FileStamp before) && before.Modified != stamp.Modified;
            _scripts[script] = stamp;
        }

        if (isTouched)
        {
            observer.Touched(script);
        }
    }

    /// <summary>Gives a request a channel, or a place in the queue.</summary>
    /// <param name="isAgain">Whether it had a worker already, which has not taken it.</param>
    /// <param name="refusal">The status where it has neither.</param>
    internal Channel? TryTake(PoolRequest request, LoopPool loop, long now, bool isAgain, out int refusal)
    {
        Channel? channel;
        bool isWanted = false;
        refusal = 0;
        lock (_lock)
        {
            channel = _dispatcher.TryTake(request, loop.Number, now);
            if (channel is null)
            {
                bool isHopeless = !_hasHope && _dispatcher.Workers.Count == 0;
                isWanted = _dispatcher.Waiting == 0 && !isHopeless;
                refusal = !isHopeless && _dispatcher.TryWait(request, loop.Number, now, isAgain) ? 0 : 503;
            }
        }

        if (isWanted)
        {
            observer.Wanted();
        }

        return channel;
    }

    /// <summary>Takes a request out of the queue.</summary>
    /// <returns>Whether it still waited. If not, its turn has been posted.</returns>
    internal bool Withdraw(PoolRequest request)
    {
        lock (_lock)
        {
            return _dispatcher.Withdraw(request);
        }
    }

    /// <summary>Says which log the lines of a request go to, before a worker is given it.</summary>
    internal void Announce(long request, ErrorLog log) => _logs.Add(request, log);

    /// <summary>A channel has lost requests that its worker had not taken.</summary>
    /// <param name="isStuck">Whether that is because it does not get on; otherwise the one in hand will last.</param>
    /// <param name="count">How many.</param>
    /// <param name="requests">Those of them that still want an answer, in order: they go to other channels, or to the front of the queue.</param>
    internal void TakeBack(Channel channel, bool isStuck, int count, IReadOnlyList<PoolRequest> requests, LoopPool own)
    {
        var begun = new List<Waiter>();
        long now = own.Loop.Now;
        lock (_lock)
        {
            _dispatcher.TakeBack(channel, isStuck, count, now);
            foreach (PoolRequest request in requests.Reverse())
            {
                _dispatcher.TryWait(request, own.Number, now, isFirst: true);
            }

            TakeTurns(begun, now);
        }

        LetGo(channel.Worker);
        Post(begun);
    }

    /// <summary>A request is done with its channel.</summary>
    /// <param name="own">The loop that had it.</param>
    /// <returns>The request of that loop that is to begin now, and its channel.</returns>
    internal (PoolRequest Request, Channel Channel)? Return(Channel channel, LoopPool own)
    {
        (Waiter Waiter, Channel Channel)? next;
        lock (_lock)
        {
            long now = own.Loop.Now;
            Dispatcher.Return(channel, now);
            next = _dispatcher.Next(own.Number, now);
        }

        if (channel.Worker.IsRetired)
        {
            LetGo(channel.Worker);
        }

        if (next is not { } turn)
        {
            return null;
        }

        var request = (PoolRequest)turn.Waiter;
        if (turn.Waiter.Loop == own.Number)
        {
            return (request, turn.Channel);
        }

        request.PostTurn(turn.Channel);
        return null;
    }

    /// <summary>A loop has no descriptor of a worker's channels any more.</summary>
    internal void Forgot(Worker worker, LoopPool loop)
    {
        bool isDrained;
        lock (_lock)
        {
            isDrained = loop.Uses.Remove(worker) && !_loops.Exists(other => other.Uses.Contains(worker)) && _known.Remove(worker);
        }

        if (isDrained)
        {
            observer.Drained(worker);
        }
    }

    /// <summary>A loop is about to use a worker's channels.</summary>
    internal void Uses(Worker worker, LoopPool loop)
    {
        lock (_lock)
        {
            loop.Uses.Add(worker);
        }
    }

    // Once a worker that gets no more requests has none, the loops are to close what they have of it.
    private void LetGo(PooledWorker pooled)
    {
        Worker worker = pooled.Worker;
        bool isDrained;
        lock (_lock)
        {
            if (!pooled.IsRetired || pooled.Busy > 0 || !_known.ContainsKey(worker))
            {
                return;
            }

            List<LoopPool> users = _loops.FindAll(loop => loop.Uses.Contains(worker));
            users.ForEach(loop => loop.PostForget(worker));
            isDrained = users.Count == 0 && _known.Remove(worker);
        }

        if (isDrained)
        {
            observer.Drained(worker);
        }
    }

    private void TakeTurns(List<Waiter> begun, long now)
    {
        while (_dispatcher.Next(-1, now) is { } turn)
        {
            ((PoolRequest)turn.Waiter).Turn = turn.Channel;
            begun.Add(turn.Waiter);
        }
    }

    private static void Post(List<Waiter> begun)
    {
        foreach (Waiter waiter in begun)
        {
            var request = (PoolRequest)waiter;
            request.PostTurn(request.Turn!);
        }
    }
}
