using System.Collections.Concurrent;
using Roundtrip.Configuration;
using Roundtrip.Processes;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Server;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Wsgi.Dispatch;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>
/// All groups of processes of a server, through all its configurations, and the thread that starts, watches and ends their processes. What is to be done is decided by <see cref="WorkerGroup"/>;
/// here it is done. The thread begins with the first group.
/// </summary>
public sealed partial class WorkerPools : IWorkerPools, IDisposable
{
    // So that a worker that writes without end does not keep the others waiting.
    private const int LinesAtATime = 256;

    // What a process that has ended left in its pipe: 64 KiB, in lines.
    private const int LinesAtTheEnd = 8192;

    private readonly IWorkerStarter _starter;
    private readonly Func<WorkerGroupDefinition, WorkerTimes> _timesOf;
    private readonly WakeEvent _wake = new();
    private readonly PollSet _poll = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<WorkerGroupDefinition, RunningGroup> _groups = [];
    private readonly HashSet<RunningGroup> _unserved = [];
    private readonly ConcurrentQueue<Notice> _notices = new();
    private readonly Dictionary<uint, RunningWorker> _workers = [];
    private readonly List<StartEvent> _events = [];
    private readonly Random _jitter;
    private IReadOnlyList<ErrorLog> _logs = [];
    private Thread? _thread;
    private uint _lastToken;
    private volatile bool _hasServed;
    private volatile bool _isStopping;

    /// <param name="starter">Is disposed with this.</param>
    /// <param name="seed">For jitter.</param>
    internal WorkerPools(IWorkerStarter starter, int seed, Func<WorkerGroupDefinition, WorkerTimes> timesOf) =>
        (_starter, _jitter, _timesOf) = (starter, new Random(seed), timesOf);

    /// <summary>Processes that the server starts itself, as whoever runs it.</summary>
    /// <param name="seed">For jitter.</param>
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public static WorkerPools OfServer(int seed) => new(new DirectStarter(), seed, WorkerTimes.Of);

    /// <summary>Processes that the supervisor starts for the server.</summary>
    /// <param name="starter">Is disposed with this.</param>
    /// <param name="seed">For jitter.</param>
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public static WorkerPools OfSupervisor(SupervisedStarter starter, int seed) => new(starter, seed, WorkerTimes.Of);

    /// <summary>What a site uses, with these processes.</summary>
    public SiteServices AddTo(SiteServices services) => services with { Workers = this };

    WorkerPool IWorkerPools.PoolOf(WorkerGroupDefinition definition) => PoolOf(definition);

    internal WorkerPool PoolOf(WorkerGroupDefinition definition)
    {
        lock (_lock)
        {
            if (!_groups.TryGetValue(definition, out RunningGroup? group))
            {
                group = new RunningGroup(definition, _timesOf(definition), this, _jitter.NextDouble);
                _groups.Add(definition, group);
                _unserved.Add(group);
                EnsureThread();
            }

            Post(new Notice(group, NoticeKind.Named));
            return group.Pool;
        }
    }

    /// <summary>A configuration is served from now on: its groups are started, those that it has as the one before had them get new processes one by one, and those that it has no more end.</summary>
    public void Serve(BuiltConfiguration configuration, SiteSnapshot site)
    {
        ArgumentNullException.ThrowIfNull(site);
        Serve(WorkerGroups.Of(configuration), [.. site.Hosts.Select(host => host.ErrorLog)]);
    }

    internal void Serve(IReadOnlyList<WorkerGroupDefinition> definitions, IReadOnlyList<ErrorLog> logs)
    {
        Volatile.Write(ref _logs, logs);
        foreach (WorkerGroupDefinition definition in definitions)
        {
            PoolOf(definition);
        }

        lock (_lock)
        {
            var named = definitions.ToHashSet();
            foreach (RunningGroup group in _groups.Values)
            {
                if (!named.Contains(group.Definition))
                {
                    Post(new Notice(group, NoticeKind.Left));
                }
                else if (!_unserved.Contains(group))
                {
                    Post(new Notice(group, NoticeKind.Reloaded));
                }
            }

            foreach (RunningGroup group in _unserved.Where(group => !_starter.ChangesUser && group.Definition.User.Length + group.Definition.Group.Length > 0))
            {
                Say(group, LogLevel.Warn, $"user and group of {group.Name} have no effect: the server was not started by root, and its processes run as it does");
            }

            _unserved.Clear();
        }

        _hasServed = true;
        _wake.Set();
    }

    /// <summary>The configuration that was about to be served is not: the groups that it alone has end.</summary>
    public void Withdraw()
    {
        lock (_lock)
        {
            foreach (RunningGroup group in _unserved)
            {
                Post(new Notice(group, NoticeKind.Left));
            }

            _unserved.Clear();
        }
    }

    /// <summary>Tells all workers to end, and kills those that do not in time. Nothing may use the pools any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isStopping = true;
        }

        _wake.Set();
        _thread?.Join();
        _starter.Dispose();
        _wake.Dispose();
    }

    internal void Post(Notice notice)
    {
        _notices.Enqueue(notice);
        _wake.Set();
    }

    private void EnsureThread()
    {
        if (_thread is null && !_isStopping)
        {
            _thread = new Thread(Run) { Name = "applications", IsBackground = true };
            _thread.Start();
        }
    }

    private void Run()
    {
        while (!_isStopping)
        {
            // Processes are started as soon as they are known; what they say waits in their pipes until there is a log for it.
            Wait(NextDeadline(), listens: _hasServed);
            long now = Environment.TickCount64;
            TakeNotices(now);
            if (_hasServed)
            {
                ReadWorkers(now);
                TakeStarts(now);
            }

            foreach (RunningGroup group in Groups())
            {
                Advance(group, now);
            }
        }

        Stop();
    }

    private List<RunningGroup> Groups()
    {
        lock (_lock)
        {
            return [.. _groups.Values];
        }
    }

    private long NextDeadline()
    {
        long next = long.MaxValue;
        foreach (RunningGroup group in Groups())
        {
            next = Math.Min(next, group.Machine.NextDeadline);
        }

        return next;
    }

    private void Wait(long deadline, bool listens)
    {
        _poll.Clear();
        _poll.Add(_wake.Descriptor);
        if (listens)
        {
            _starter.AddTo(_poll);
            foreach (RunningWorker worker in _workers.Values)
            {
                worker.AddTo(_poll);
            }
        }

        _poll.Wait(deadline == long.MaxValue ? -1 : (int)Math.Clamp(deadline - Environment.TickCount64, 0, int.MaxValue));
        _wake.Clear();
    }

    private void Advance(RunningGroup group, long now)
    {
        group.Machine.Advance(now);
        Perform(group);
        if (group.HasHope != group.Machine.HasHope)
        {
            group.HasHope = group.Machine.HasHope;
            group.Pool.SetHope(group.HasHope);
        }

        if (group.Machine.IsOver)
        {
            lock (_lock)
            {
                // Whoever has just been given its pool has told so.
                if (_notices.IsEmpty)
                {
                    _groups.Remove(group.Definition);
                }
            }
        }
    }
}
