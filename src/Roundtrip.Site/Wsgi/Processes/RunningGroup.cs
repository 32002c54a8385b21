using Roundtrip.Site.Wsgi.Dispatch;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>A group of processes that runs: its definition, its pool and its state machine. What the pool tells is passed on to the thread of <see cref="WorkerPools"/>.</summary>
internal sealed class RunningGroup : IWorkerPoolObserver
{
    private readonly WorkerPools _owner;

    public RunningGroup(WorkerGroupDefinition definition, WorkerTimes times, WorkerPools owner, Func<double> jitter)
    {
        (Definition, _owner) = (definition, owner);
        Machine = new WorkerGroup(definition.Processes, definition.IsOnDemand, times, jitter);
        Pool = new WorkerPool(definition, this);
    }

    public WorkerGroupDefinition Definition { get; }

    public WorkerGroup Machine { get; }

    public WorkerPool Pool { get; }

    /// <summary>What the pool was told last.</summary>
    public bool HasHope { get; set; } = true;

    /// <summary>For log lines.</summary>
    public string Name => Definition.Name.Length > 0 ? $"process group {Definition.Name}" : "the implicit process group";

    void IWorkerPoolObserver.Wanted() => _owner.Post(new Notice(this, NoticeKind.Wanted));

    void IWorkerPoolObserver.Began(Worker worker, long now)
    {
        var running = (RunningWorker)worker.Process!;
        long count = running.Process!.Began();
        if (Definition.MaximumRequests > 0 && count == Math.Max(1, (long)(Definition.MaximumRequests * running.Life.Share)))
        {
            _owner.Post(new Notice(this, NoticeKind.Worn) { Worker = running });
        }
    }

    void IWorkerPoolObserver.Ended(Worker worker, long now) => ((RunningWorker)worker.Process!).Process!.Ended(now);

    void IWorkerPoolObserver.Drained(Worker worker) => _owner.Post(new Notice(this, NoticeKind.Drained) { Worker = (RunningWorker)worker.Process! });

    void IWorkerPoolObserver.Overdue(Worker worker, long request) =>
        _owner.Post(new Notice(this, NoticeKind.Overdue) { Worker = (RunningWorker)worker.Process!, Text = $"request {request} takes longer than request-timeout" });

    void IWorkerPoolObserver.Broken(Worker worker, string reason) => _owner.Post(new Notice(this, NoticeKind.Broken) { Worker = (RunningWorker)worker.Process!, Text = reason });

    void IWorkerPoolObserver.Touched(string script) => _owner.Post(new Notice(this, NoticeKind.Touched) { Text = script });
}

/// <summary>What is told to the thread of <see cref="WorkerPools"/>.</summary>
internal enum NoticeKind
{
    /// <summary>A configuration names the group: for the first time, or again after it was left.</summary>
    Named,

    /// <summary>The configuration was read again and names it as before.</summary>
    Reloaded,

    /// <summary>No configuration names it any more.</summary>
    Left,

    Wanted,
    Worn,
    Drained,
    Overdue,
    Broken,
    Touched,
}

internal readonly record struct Notice(RunningGroup Group, NoticeKind Kind)
{
    public RunningWorker? Worker { get; init; }

    /// <summary>A reason, or a script.</summary>
    public string? Text { get; init; }
}
