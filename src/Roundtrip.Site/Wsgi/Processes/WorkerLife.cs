namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>How long a process may take for what, in milliseconds; <see cref="long.MaxValue"/> for as long as it takes.</summary>
internal sealed record WorkerTimes
{
    /// <summary>From its start to ready.</summary>
    public long Startup { get; init; } = long.MaxValue;

    /// <summary>From no more requests to the order to end.</summary>
    public long Drain { get; init; } = 15_000;

    /// <summary>From the order to end to SIGKILL.</summary>
    public long Shutdown { get; init; } = 5_000;

    /// <summary>From the order to write stacks to SIGKILL.</summary>
    public long Stacks { get; init; } = 1_000;

    /// <summary>Without a request, until it is ended.</summary>
    public long Inactivity { get; init; } = long.MaxValue;

    /// <summary>From ready until another takes its place.</summary>
    public long Restart { get; init; } = long.MaxValue;

    /// <summary>From ready, until its death no longer counts as one of a row.</summary>
    public long Healthy { get; init; } = 60_000;

    public static WorkerTimes Of(WorkerGroupDefinition definition)
    {
        TimeSpan drain = definition.EvictionTimeout > TimeSpan.Zero ? definition.EvictionTimeout : definition.GracefulTimeout;
        return new WorkerTimes
        {
            Startup = Limit(definition.StartupTimeout),
            Drain = drain > TimeSpan.Zero ? Limit(drain) : 0,
            Shutdown = (long)definition.ShutdownTimeout.TotalMilliseconds,
            Inactivity = Limit(definition.InactivityTimeout),
            Restart = Limit(definition.RestartInterval),
        };
    }

    private static long Limit(TimeSpan time) => time > TimeSpan.Zero ? (long)time.TotalMilliseconds : long.MaxValue;
}

/// <summary>One process of a group as a state machine, without process or clock: each event gives what is to be done. Times are milliseconds of a monotonic clock.</summary>
internal sealed class WorkerLife(int number, int generation, double share, WorkerTimes times, long now)
{
    /// <summary>Its number in the server's life.</summary>
    public int Number => number;

    /// <summary>Which state of scripts and configuration it has loaded.</summary>
    public int Generation => generation;

    /// <summary>Which part of a limit, such as maximum-requests, is its own.</summary>
    public double Share => share;

    public WorkerPhase Phase { get; private set; } = WorkerPhase.Starting;

    /// <summary>When <see cref="WorkerEvent.Deadline"/> is due; <see cref="long.MaxValue"/> for never.</summary>
    public long Deadline { get; private set; } = After(now, times.Startup);

    public long ReadySince { get; private set; }

    /// <summary>When it had its last request, or became ready, or was seen at work.</summary>
    public long LastUsed { get; private set; }

    public bool IsBusy { get; private set; }

    /// <summary>Whether it has had its share of requests.</summary>
    public bool IsWorn { get; set; }

    /// <summary>Whether it counts among those that the group has: it takes requests, or is about to.</summary>
    public bool IsActive => Phase is WorkerPhase.Starting or WorkerPhase.Ready;

    public WorkerActions On(WorkerEvent happened, long now) => (Phase, happened) switch
    {
        (WorkerPhase.Starting, WorkerEvent.Ready) => Begin(now),
        (WorkerPhase.Starting, WorkerEvent.Retire or WorkerEvent.Broken) => Go(WorkerPhase.Ending, After(now, times.Shutdown), WorkerActions.End),
        (WorkerPhase.Starting, WorkerEvent.Deadline) => Kill(),

        (WorkerPhase.Ready, WorkerEvent.Retire) => Go(WorkerPhase.Draining, After(now, times.Drain), WorkerActions.Retire),
        (WorkerPhase.Ready, WorkerEvent.Leaving or WorkerEvent.Broken) => Go(WorkerPhase.Ending, After(now, times.Shutdown), WorkerActions.Retire | WorkerActions.End),
        (WorkerPhase.Ready, WorkerEvent.Overdue) => Go(WorkerPhase.Condemned, After(now, times.Stacks), WorkerActions.Retire | WorkerActions.DumpStacks),

        (WorkerPhase.Draining, WorkerEvent.Drained or WorkerEvent.Deadline or WorkerEvent.Leaving or WorkerEvent.Broken) => Go(WorkerPhase.Ending, After(now, times.Shutdown), WorkerActions.End),
        (WorkerPhase.Draining, WorkerEvent.Overdue) => Go(WorkerPhase.Condemned, After(now, times.Stacks), WorkerActions.DumpStacks),

        // The request that took too long has ended meanwhile, and the others too.
        (WorkerPhase.Condemned, WorkerEvent.Drained) => Go(WorkerPhase.Ending, After(now, times.Shutdown), WorkerActions.End),
        (WorkerPhase.Condemned, WorkerEvent.Deadline) => Kill(),

        (WorkerPhase.Ending, WorkerEvent.Deadline) => Kill(),

        (WorkerPhase.Gone, _) => WorkerActions.None,
        (_, WorkerEvent.Exited) => Go(WorkerPhase.Gone, long.MaxValue, WorkerActions.Lose),

        // What is left cannot happen, such as ready twice, or changes nothing: channels of a process that is about to end break.
        _ => WorkerActions.None,
    };

    /// <summary>What is known of its requests now.</summary>
    /// <param name="lastUsed">When it answered the last one.</param>
    public void Use(bool isBusy, long lastUsed, long now) => (IsBusy, LastUsed) = (isBusy, isBusy ? now : Math.Max(LastUsed, lastUsed));

    internal static long After(long now, long time) => time == long.MaxValue ? long.MaxValue : now + time;

    private WorkerActions Begin(long now)
    {
        (ReadySince, LastUsed) = (now, now);
        return Go(WorkerPhase.Ready, long.MaxValue, WorkerActions.Join);
    }

    private WorkerActions Kill() => Go(WorkerPhase.Killing, long.MaxValue, WorkerActions.Kill);

    private WorkerActions Go(WorkerPhase phase, long deadline, WorkerActions actions)
    {
        (Phase, Deadline) = (phase, deadline);
        return actions;
    }
}
