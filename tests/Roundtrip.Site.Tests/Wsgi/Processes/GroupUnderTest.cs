using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Tests.Wsgi.Processes;

/// <summary>A group's state machine with a clock that is turned by hand, and processes that do as they are told.</summary>
internal sealed class GroupUnderTest
{
    private const int Turns = 1000;

    public GroupUnderTest(int processes, WorkerTimes times, bool isOnDemand = false, double jitter = 0)
    {
        Machine = new WorkerGroup(processes, isOnDemand, times, () => jitter);
        Machine.Advance(Now);
    }

    public WorkerGroup Machine { get; }

    public long Now { get; set; }

    /// <summary>How many were started from the beginning.</summary>
    public int Started => Machine.Steps.Count(step => step.Action == WorkerActions.Start);

    public WorkerLife Last => Machine.Workers[^1];

    public IEnumerable<WorkerPhase> Phases => Machine.Workers.Select(worker => worker.Phase);

    public long NextDeadline => Machine.NextDeadline;

    public void On(WorkerLife worker, WorkerEvent happened) => Machine.On(worker, happened, Now);

    /// <summary>Each that is being started becomes ready.</summary>
    public GroupUnderTest AllReady()
    {
        foreach (WorkerLife worker in Machine.Workers.Where(worker => worker.Phase == WorkerPhase.Starting).ToArray())
        {
            On(worker, WorkerEvent.Ready);
        }

        return this;
    }

    /// <summary>Turns the clock, deadline by deadline.</summary>
    /// <param name="busy">One that is at work all the time.</param>
    public void GoTo(long time, WorkerLife? busy = null)
    {
        for (int i = 0; i < Turns && Machine.NextDeadline <= time; i++)
        {
            Now = Math.Max(Now, Machine.NextDeadline);
            busy?.Use(isBusy: true, 0, Now);
            Machine.Advance(Now);
            Assert.True(Machine.NextDeadline > Now, "a deadline that has come stays");
        }

        Now = time;
        busy?.Use(isBusy: true, 0, Now);
        Machine.Advance(Now);
    }

    /// <summary>All processes do at once what they are told, until nothing is left to do.</summary>
    public void Settle()
    {
        for (int i = 0; i < Turns && Machine.Workers.FirstOrDefault(worker => worker.Phase != WorkerPhase.Ready) is { } worker; i++)
        {
            On(worker, worker.Phase switch
            {
                WorkerPhase.Starting => WorkerEvent.Ready,
                WorkerPhase.Draining => WorkerEvent.Drained,
                _ => WorkerEvent.Exited,
            });
        }
    }
}
