using Roundtrip.Processes.Descriptors;
using Roundtrip.Site.Wsgi.Dispatch;
using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Tests.Wsgi.Support;

/// <summary>Real workers, as many as each group wants and no others: one that ends is not replaced unless <see cref="Replaces"/>.</summary>
internal sealed class SimpleWorkers : IWorkerPools, IDisposable
{
    private readonly DirectStarter _starter = new();
    private readonly PollSet _poll = new();
    private readonly List<StartEvent> _events = [];
    private readonly Dictionary<uint, Running> _running = [];
    private readonly Dictionary<WorkerGroupDefinition, WorkerPool> _pools = [];
    private readonly Lock _lock = new();
    private readonly List<(long, string)> _lines = [];
    private readonly Thread _thread;
    private uint _tokens;
    private volatile bool _isOver;

    public SimpleWorkers()
    {
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public bool Replaces { get; init; }

    /// <summary>Changes what the configuration says of a group.</summary>
    public Func<WorkerGroupDefinition, WorkerGroupDefinition> With { get; init; } = static definition => definition;

    public IReadOnlyList<(long Request, string Text)> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>How many workers were started, of all groups.</summary>
    public uint Started => Volatile.Read(ref _tokens);

    public WorkerPool PoolOf(WorkerGroupDefinition definition)
    {
        definition = With(definition);
        lock (_lock)
        {
            if (!_pools.TryGetValue(definition, out WorkerPool? pool))
            {
                var observer = new Observer(this);
                _pools.Add(definition, pool = observer.Pool = new WorkerPool(definition, observer));
                for (int i = 0; i < definition.Processes && !definition.IsOnDemand; i++)
                {
                    Start(pool);
                }
            }

            return pool;
        }
    }

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
        foreach ((uint token, Running running) in _running)
        {
            running.Process?.CloseControl();
            _starter.Kill(token, 9);
        }

        _starter.Dispose();
    }

    private void Start(WorkerPool pool)
    {
        uint token = ++_tokens;
        _running.Add(token, new Running(pool));
        _starter.Start(token, pool.Definition);
    }

    private void Run()
    {
        while (!_isOver)
        {
            lock (_lock)
            {
                _starter.Take(_events);
                _events.ForEach(Take);
                _events.Clear();
                foreach (Running running in _running.Values)
                {
                    running.Process?.Errors.Read(1000, (request, text) => _lines.Add((request, text)));
                    if (running.Process?.Advance() == WorkerWord.Ready)
                    {
                        running.Pool.Add(running.Process.Worker);
                    }
                }

                _poll.Clear();
                _starter.AddTo(_poll);
                foreach (Running running in _running.Values)
                {
                    running.Process?.AddTo(_poll);
                }
            }

            _poll.Wait(5);
        }
    }

    private void Take(StartEvent happened)
    {
        Running running = _running[happened.Token];
        switch (happened)
        {
            case StartEvent.Started started:
                running.Process = new WorkerProcess((int)happened.Token, running.Pool.Definition.Threads, null, started.Control, started.Errors);
                break;
            case StartEvent.Ended:
                running.Process!.Errors.Read(1000, (request, text) => _lines.Add((request, text)));
                running.Pool.Lost(running.Process.Worker);
                _running.Remove(happened.Token);
                if (Replaces)
                {
                    Start(running.Pool);
                }

                break;
            default:
                throw new InvalidOperationException(happened.ToString());
        }
    }

    private void Kill(Worker worker)
    {
        lock (_lock)
        {
            foreach ((uint token, Running running) in _running)
            {
                if (running.Process?.Worker == worker)
                {
                    _starter.Kill(token, 9);
                }
            }
        }
    }

    private sealed class Running(WorkerPool pool)
    {
        public WorkerPool Pool => pool;

        public WorkerProcess? Process { get; set; }
    }

    private sealed class Observer(SimpleWorkers workers) : IWorkerPoolObserver
    {
        public WorkerPool Pool { get; set; } = null!;

        public void Wanted()
        {
            if (Pool.Definition.IsOnDemand)
            {
                lock (workers._lock)
                {
                    if (!workers._running.Values.Any(running => running.Pool == Pool))
                    {
                        workers.Start(Pool);
                    }
                }
            }
        }

        public void Began(Worker worker, long now)
        {
        }

        public void Ended(Worker worker, long now)
        {
        }

        public void Drained(Worker worker)
        {
        }

        public void Overdue(Worker worker, long request) => workers.Kill(worker);

        public void Broken(Worker worker, string reason) => workers.Kill(worker);

        public void Touched(string script)
        {
        }
    }
}
