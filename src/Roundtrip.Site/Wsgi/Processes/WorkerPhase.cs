namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>Where a process of a group is.</summary>
internal enum WorkerPhase
{
    /// <summary>It was asked for, and is not ready yet.</summary>
    Starting,

    /// <summary>It gets requests.</summary>
    Ready,

    /// <summary>It gets no more requests and finishes those that it has.</summary>
    Draining,

    /// <summary>It was told to end.</summary>
    Ending,

    /// <summary>A request of it takes too long: its stacks are being written, then it is killed.</summary>
    Condemned,

    /// <summary>It was sent SIGKILL.</summary>
    Killing,

    /// <summary>There is no process.</summary>
    Gone,
}

/// <summary>What happens to a process.</summary>
internal enum WorkerEvent
{
    /// <summary>It says that its applications are loaded.</summary>
    Ready,

    /// <summary>It ended, or could not be started.</summary>
    Exited,

    /// <summary>It says that it ends in good order: somebody has sent it SIGTERM, the application itself perhaps.</summary>
    Leaving,

    /// <summary>It has closed its control socket or a channel, or said what is no word of it; most often because it is about to end.</summary>
    Broken,

    /// <summary>The group has another in its place, or does without.</summary>
    Retire,

    /// <summary>The pool says that nothing uses it any more.</summary>
    Drained,

    /// <summary>The pool says that a request of it takes too long.</summary>
    Overdue,

    /// <summary><see cref="WorkerLife.Deadline"/> has come.</summary>
    Deadline,
}

/// <summary>What is done then, in this order.</summary>
[Flags]
internal enum WorkerActions
{
    None = 0,

    /// <summary>Start it.</summary>
    Start = 1,

    /// <summary>Give it to the pool.</summary>
    Join = 2,

    /// <summary>Have the pool give it no more requests.</summary>
    Retire = 4,

    /// <summary>Have it write the stacks of its threads.</summary>
    DumpStacks = 8,

    /// <summary>Close its control socket: it ends once its requests are done.</summary>
    End = 16,

    /// <summary>Send SIGKILL.</summary>
    Kill = 32,

    /// <summary>Tell the pool that its process has ended.</summary>
    Lose = 64,
}
