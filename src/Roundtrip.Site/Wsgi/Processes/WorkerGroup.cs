using Roundtrip.Processes;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>Something to do with one process of a group.</summary>
internal readonly record struct WorkerStep(WorkerLife Worker, WorkerActions Action);

/// <summary>
/// Keeps the processes of a group: as many as are said, new ones for those that die, one at a time for those that are to be replaced. Without process or clock: events in, <see cref="Steps"/> and
/// <see cref="HasHope"/> out. Times are milliseconds of a monotonic clock.
/// </summary>
/// <param name="processes">How many there are; at most one more for a while.</param>
/// <param name="isOnDemand">Whether none is started before a request waits.</param>
/// <param name="jitter">A number from 0 to less than 1 each time that it is asked: so that processes that began together are not replaced together.</param>
internal sealed class WorkerGroup(int processes, bool isOnDemand, WorkerTimes times, Func<double> jitter)
{
    /// <summary>Where no process is ready and the next one comes no sooner, requests do not wait for it.</summary>
    public const long TooLongToWait = 400;

    // A group that no configuration names any more: so long a process waits for one more request of those that were begun before.
    private const long LeavingInactivity = 1_000;

    // The part of a limit that jitter takes off at most.
    private const double JitterShare = 0.1;

    private readonly List<WorkerLife> _workers = [];
    private readonly List<WorkerStep> _steps = [];
    private Backoff _backoff;
    private long _nextStart;
    private long _delay;
    private long _leaveBy = long.MaxValue;
    private int _wanted = isOnDemand ? 0 : processes;
    private int _generation;
    private int _lastNumber;
    private bool _failsToLoad;
    private bool _isLeaving;
    private bool _hasLeft;

    /// <summary>Those that are not gone.</summary>
    public IReadOnlyList<WorkerLife> Workers => _workers;

    /// <summary>What is to be done, in this order; whoever does it takes it out.</summary>
    public List<WorkerStep> Steps => _steps;

    /// <summary>Whether a request may wait for a process.</summary>
    public bool HasHope { get; private set; } = true;

    /// <summary>Whether it was left and has no process any more.</summary>
    public bool IsOver => _isLeaving && _workers.Count == 0 && _wanted == 0;

    /// <summary>When <see cref="Advance"/> is to be called; <see cref="long.MaxValue"/> for never.</summary>
    public long NextDeadline
    {
        get
        {
            long next = _leaveBy;
            foreach (WorkerLife worker in _workers)
            {
                next = Math.Min(next, worker.Deadline);
                if (worker.Phase == WorkerPhase.Ready)
                {
                    next = Math.Min(next, WorkerLife.After(worker.LastUsed, Inactivity));
                    next = Math.Min(next, worker.IsWorn ? long.MaxValue : RestartOf(worker));
                }
            }

            return WantsStart ? Math.Min(next, _nextStart) : next;
        }
    }

    private long Inactivity => _isLeaving ? Math.Min(LeavingInactivity, times.Inactivity) : times.Inactivity;

    private int Active => _workers.Count(worker => worker.IsActive);

    private int Starting => _workers.Count(worker => worker.Phase == WorkerPhase.Starting);

    private int Ready => _workers.Count(worker => worker.Phase == WorkerPhase.Ready);

    // No more than one beyond those that are said, those that are on their way out counted: a group that takes all memory that there is for N does not take it twice.
    private bool HasRoom => _workers.Count <= processes;

    private bool WantsStart => HasRoom && (Active < _wanted || (Active == _wanted && Ready == _wanted && _workers.Exists(worker => worker.Phase == WorkerPhase.Ready && IsStale(worker))));

    /// <summary>Something happened to a process.</summary>
    public void On(WorkerLife worker, WorkerEvent happened, long now)
    {
        (bool wasActive, bool wasReady) = (worker.IsActive, worker.Phase == WorkerPhase.Ready);
        long lived = wasReady ? now - worker.ReadySince : 0;
        Do(worker, worker.On(happened, now));
        if (worker.Phase == WorkerPhase.Ready && happened == WorkerEvent.Ready)
        {
            (_delay, _failsToLoad) = (0, false);
        }
        else if (wasReady && happened == WorkerEvent.Leaving)
        {
            // No crash; the shortest delay all the same, for one that sends itself SIGTERM again and again.
            _nextStart = now + Backoff.First;
        }
        else if (wasActive && !worker.IsActive && happened is not (WorkerEvent.Retire or WorkerEvent.Overdue))
        {
            _failsToLoad = !wasReady;
            _delay = _backoff.Next(lived, times.Healthy);
            _nextStart = now + _delay;
        }

        Advance(now);
    }

    /// <summary>What the processes have loaded is not what they would load now: they are replaced, one at a time, each once its successor is ready.</summary>
    public void Roll(long now)
    {
        _generation++;
        Advance(now);
    }

    /// <summary>A process says that its sources have changed. Others that have loaded the same say so too, and are heard once.</summary>
    public void Modified(WorkerLife worker, long now)
    {
        if (worker.Generation == _generation)
        {
            Roll(now);
        }
    }

    /// <summary>A request waits, and there was none that did.</summary>
    public void Want(long now)
    {
        if (!_hasLeft)
        {
            _wanted = _isLeaving ? Math.Max(_wanted, 1) : processes;
        }

        Advance(now);
    }

    /// <summary>No configuration names it any more: it ends when what was begun is done.</summary>
    public void Leave(long now)
    {
        if (!_isLeaving)
        {
            (_isLeaving, _leaveBy) = (true, WorkerLife.After(now, times.Drain));
        }

        Advance(now);
    }

    /// <summary>A configuration names it again.</summary>
    public void Stay(long now)
    {
        if (_isLeaving)
        {
            (_isLeaving, _hasLeft, _leaveBy) = (false, false, long.MaxValue);
            _wanted = isOnDemand ? _wanted : processes;
        }

        Advance(now);
    }

    /// <summary>Sees to what is due.</summary>
    public void Advance(long now)
    {
        // Backwards: one that is gone is taken out.
        for (int i = _workers.Count - 1; i >= 0; i--)
        {
            WorkerLife worker = _workers[i];
            if (worker.Phase != WorkerPhase.Gone && now >= worker.Deadline)
            {
                bool wasActive = worker.IsActive;
                Do(worker, worker.On(WorkerEvent.Deadline, now));
                if (wasActive)
                {
                    _failsToLoad = true;
                    _delay = _backoff.Next(0, times.Healthy);
                    _nextStart = now + _delay;
                }
            }

            if (worker.Phase == WorkerPhase.Gone)
            {
                _workers.RemoveAt(i);
            }
        }

        EndIdle(now);
        EndLeaving(now);
        EndReplaced(now);
        while (WantsStart && now >= _nextStart)
        {
            var worker = new WorkerLife(++_lastNumber, _generation, 1 - (JitterShare * jitter()), times, now);
            _workers.Add(worker);
            Do(worker, WorkerActions.Start);
        }

        // A crash loop: who waits would wait in vain. One process that dies after it was well is another matter: its successor is waited for.
        HasHope = !_hasLeft && !IsOver && (Ready > 0 || _delay < TooLongToWait || (!_failsToLoad && Starting > 0));
    }

    private bool IsStale(WorkerLife worker) => !_isLeaving && (worker.Generation != _generation || worker.IsWorn);

    private long RestartOf(WorkerLife worker) => WorkerLife.After(worker.ReadySince, times.Restart == long.MaxValue ? long.MaxValue : (long)(times.Restart * worker.Share));

    private void EndIdle(long now)
    {
        foreach (WorkerLife worker in _workers)
        {
            if (worker.Phase != WorkerPhase.Ready)
            {
                continue;
            }

            if (now >= RestartOf(worker))
            {
                worker.IsWorn = true;
            }

            if (!worker.IsBusy && now >= WorkerLife.After(worker.LastUsed, Inactivity))
            {
                _wanted = Math.Max(0, Math.Min(_wanted, Active) - 1);
                Do(worker, worker.On(WorkerEvent.Retire, now));
            }
        }
    }

    private void EndLeaving(long now)
    {
        if (now >= _leaveBy)
        {
            (_hasLeft, _leaveBy, _wanted) = (true, long.MaxValue, 0);
            foreach (WorkerLife worker in _workers)
            {
                Do(worker, worker.On(WorkerEvent.Retire, now));
            }
        }
    }

    // A new one is ready before an old one goes.
    private void EndReplaced(long now)
    {
        while (Ready > _wanted)
        {
            WorkerLife worker = _workers.Find(one => one.Phase == WorkerPhase.Ready && IsStale(one)) ?? _workers.Find(one => one.Phase == WorkerPhase.Ready)!;
            Do(worker, worker.On(WorkerEvent.Retire, now));
        }
    }

    private void Do(WorkerLife worker, WorkerActions actions)
    {
        if (actions != WorkerActions.None)
        {
            _steps.Add(new WorkerStep(worker, actions));
        }
    }
}
