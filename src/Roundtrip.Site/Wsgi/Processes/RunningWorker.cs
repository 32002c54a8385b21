using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>One process of a group: its state, and the process itself once it runs.</summary>
internal sealed class RunningWorker(uint token, RunningGroup group, WorkerLife life)
{
    private bool _isInPool;

    public uint Token => token;

    public RunningGroup Group => group;

    public WorkerLife Life => life;

    /// <summary>Null until it runs, and once it is forgotten.</summary>
    public WorkerProcess? Process { get; private set; }

    /// <summary>The system's number of the process; 0 until it runs.</summary>
    public int Pid { get; private set; }

    /// <summary>Whether it said that it ends in good order.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>What is wrong with it, if anything was seen.</summary>
    public string? Fault { get; set; }

    /// <summary>Why it was killed, for the report of its end; null where it was not.</summary>
    public string? Cause { get; set; }

    /// <summary>For log lines.</summary>
    public string Name => $"worker {token}{(Pid > 0 ? $" (process {Pid})" : "")} of {group.Name}";

    /// <exception cref="Roundtrip.Processes.ProcessException">There is no memory or descriptor left.</exception>
    public void Began(StartEvent.Started started)
    {
        Pid = started.Pid;
        Process = new WorkerProcess((int)token, group.Definition.Threads, this, started.Control, started.Errors);
    }

    public void Join()
    {
        _isInPool = true;
        group.Pool.Add(Process!.Worker);
    }

    public void Retire() => group.Pool.Retire(Process!.Worker);

    /// <summary>Its process has ended: the pool is told, and lets go of it in its own time.</summary>
    public void Lose()
    {
        if (_isInPool)
        {
            group.Pool.Lost(Process!.Worker);
        }
        else
        {
            Forget();
        }
    }

    /// <summary>Nothing of the pool's uses it any more.</summary>
    public void Drained()
    {
        _isInPool = false;
        if (life.Phase == WorkerPhase.Gone)
        {
            Forget();
        }
    }

    public void AddTo(PollSet poll) => Process?.AddTo(poll);

    /// <summary>Closes what is held of it.</summary>
    public void Forget()
    {
        Process?.Dispose();
        Process = null;
    }
}
