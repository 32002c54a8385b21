using Roundtrip.Site.Wsgi.Processes;
using static Roundtrip.Site.Wsgi.Processes.WorkerEvent;

namespace Roundtrip.Site.Tests.Wsgi.Processes;

/// <summary>Each state of a process with each event. Times: startup 10, drain 20, shutdown 30, stacks 40 milliseconds; everything happens at 1000.</summary>
public class WorkerLifeTests
{
    private const long Now = 1000;
    private static readonly WorkerTimes Times = new() { Startup = 10, Drain = 20, Shutdown = 30, Stacks = 40 };

    // What is not listed changes nothing.
    private static readonly Dictionary<(WorkerPhase, WorkerEvent), (WorkerPhase Phase, WorkerActions Actions, long Deadline)> Table = new()
    {
        [(WorkerPhase.Starting, Ready)] = (WorkerPhase.Ready, WorkerActions.Join, long.MaxValue),
        [(WorkerPhase.Starting, Exited)] = (WorkerPhase.Gone, WorkerActions.Lose, long.MaxValue),
        [(WorkerPhase.Starting, Broken)] = (WorkerPhase.Ending, WorkerActions.End, 1030),
        [(WorkerPhase.Starting, Retire)] = (WorkerPhase.Ending, WorkerActions.End, 1030),
        [(WorkerPhase.Starting, Deadline)] = (WorkerPhase.Killing, WorkerActions.Kill, long.MaxValue),
        [(WorkerPhase.Ready, Exited)] = (WorkerPhase.Gone, WorkerActions.Lose, long.MaxValue),
        [(WorkerPhase.Ready, Leaving)] = (WorkerPhase.Ending, WorkerActions.Retire | WorkerActions.End, 1030),
        [(WorkerPhase.Ready, Broken)] = (WorkerPhase.Ending, WorkerActions.Retire | WorkerActions.End, 1030),
        [(WorkerPhase.Ready, Retire)] = (WorkerPhase.Draining, WorkerActions.Retire, 1020),
        [(WorkerPhase.Ready, Overdue)] = (WorkerPhase.Condemned, WorkerActions.Retire | WorkerActions.DumpStacks, 1040),
        [(WorkerPhase.Draining, Exited)] = (WorkerPhase.Gone, WorkerActions.Lose, long.MaxValue),
        [(WorkerPhase.Draining, Leaving)] = (WorkerPhase.Ending, WorkerActions.End, 1030),
        [(WorkerPhase.Draining, Broken)] = (WorkerPhase.Ending, WorkerActions.End, 1030),
        [(WorkerPhase.Draining, Drained)] = (WorkerPhase.Ending, WorkerActions.End, 1030),
        [(WorkerPhase.Draining, Deadline)] = (WorkerPhase.Ending, WorkerActions.End, 1030),
        [(WorkerPhase.Draining, Overdue)] = (WorkerPhase.Condemned, WorkerActions.DumpStacks, 1040),
        [(WorkerPhase.Ending, Exited)] = (WorkerPhase.Gone, WorkerActions.Lose, long.MaxValue),
        [(WorkerPhase.Ending, Deadline)] = (WorkerPhase.Killing, WorkerActions.Kill, long.MaxValue),
        [(WorkerPhase.Condemned, Exited)] = (WorkerPhase.Gone, WorkerActions.Lose, long.MaxValue),
        [(WorkerPhase.Condemned, Drained)] = (WorkerPhase.Ending, WorkerActions.End, 1030),
        [(WorkerPhase.Condemned, Deadline)] = (WorkerPhase.Killing, WorkerActions.Kill, long.MaxValue),
        [(WorkerPhase.Killing, Exited)] = (WorkerPhase.Gone, WorkerActions.Lose, long.MaxValue),
    };

    // A way to each state.
    private static readonly Dictionary<WorkerPhase, WorkerEvent[]> Ways = new()
    {
        [WorkerPhase.Starting] = [],
        [WorkerPhase.Ready] = [Ready],
        [WorkerPhase.Draining] = [Ready, Retire],
        [WorkerPhase.Ending] = [Retire],
        [WorkerPhase.Condemned] = [Ready, Overdue],
        [WorkerPhase.Killing] = [Deadline],
        [WorkerPhase.Gone] = [Exited],
    };

    [Fact]
    public void Each_event_in_each_state_does_what_the_table_says_and_nothing_else()
    {
        foreach (WorkerPhase phase in Enum.GetValues<WorkerPhase>())
        {
            foreach (WorkerEvent happened in Enum.GetValues<WorkerEvent>())
            {
                var life = new WorkerLife(1, 0, 1, Times, 0);
                Array.ForEach(Ways[phase], way => life.On(way, 0));
                Assert.Equal(phase, life.Phase);
                (WorkerPhase, WorkerActions, long) expected = Table.TryGetValue((phase, happened), out var entry) ? entry : (phase, WorkerActions.None, life.Deadline);

                WorkerActions actions = life.On(happened, Now);

                Assert.True(expected == (life.Phase, actions, life.Deadline), $"{phase}, {happened}: {life.Phase}, {actions}, {life.Deadline} where it should be {expected}");
            }
        }
    }

    [Fact]
    public void From_every_state_deadlines_alone_lead_to_SIGKILL()
    {
        foreach (WorkerPhase phase in (WorkerPhase[])[WorkerPhase.Starting, WorkerPhase.Draining, WorkerPhase.Ending, WorkerPhase.Condemned])
        {
            var life = new WorkerLife(1, 0, 1, Times, 0);
            Array.ForEach(Ways[phase], way => life.On(way, 0));

            for (int i = 0; i < 3 && life.Phase != WorkerPhase.Killing; i++)
            {
                Assert.NotEqual(long.MaxValue, life.Deadline);
                life.On(Deadline, life.Deadline);
            }

            Assert.Equal(WorkerPhase.Killing, life.Phase);
        }
    }

    [Fact]
    public void Only_a_ready_process_is_in_the_pool()
    {
        Assert.DoesNotContain(Table, entry => entry.Value.Actions.HasFlag(WorkerActions.Join) != (entry.Value.Phase == WorkerPhase.Ready));
        Assert.DoesNotContain(Table, entry => entry.Value.Actions.HasFlag(WorkerActions.Retire) && entry.Key.Item1 != WorkerPhase.Ready);
        Assert.All(Table.Where(entry => entry.Key.Item1 == WorkerPhase.Ready), entry => Assert.True((entry.Value.Actions & (WorkerActions.Retire | WorkerActions.Lose)) != 0));
    }
}
