using Roundtrip.Processes;
using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Tests.Wsgi.Processes;

/// <summary>How many processes there are, and when which is replaced.</summary>
public class WorkerGroupTests
{
    private static readonly WorkerTimes Times = new() { Startup = 60_000, Drain = 15_000, Shutdown = 5_000 };

    [Fact]
    public void As_many_are_started_as_are_said()
    {
        var group = new GroupUnderTest(3, Times);

        Assert.Equal(3, group.Started);
        Assert.Equal(long.MaxValue, group.AllReady().NextDeadline);
    }

    [Fact]
    public void On_demand_none_is_started_before_a_request_waits()
    {
        var group = new GroupUnderTest(2, Times, isOnDemand: true);
        Assert.Equal(0, group.Started);

        group.Machine.Want(group.Now);

        Assert.Equal(2, group.Started);
    }

    [Fact]
    public void Deaths_in_a_row_are_followed_by_longer_delays_up_to_thirty_seconds()
    {
        var group = new GroupUnderTest(1, Times);
        var delays = new List<long>();
        for (int i = 0; i < 11; i++)
        {
            group.On(group.Last, WorkerEvent.Exited);
            long died = group.Now;
            group.GoTo(group.Machine.NextDeadline);
            delays.Add(group.Now - died);
        }

        Assert.Equal([100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000], delays);
        Assert.Equal(12, group.Started);
    }

    [Fact]
    public void A_death_after_a_healthy_time_is_the_first_again()
    {
        var group = new GroupUnderTest(1, Times);
        for (int i = 0; i < 4; i++)
        {
            group.On(group.Last, WorkerEvent.Exited);
            group.GoTo(group.Machine.NextDeadline);
        }

        group.AllReady();
        group.GoTo(group.Now + Backoff.HealthyAfter);
        group.On(group.Last, WorkerEvent.Exited);

        Assert.Equal(group.Now + Backoff.First, group.Machine.NextDeadline);
    }

    [Fact]
    public void In_a_crash_loop_nobody_waits_and_one_that_is_ready_ends_that()
    {
        var group = new GroupUnderTest(1, Times);
        group.On(group.Last, WorkerEvent.Exited);
        Assert.True(group.Machine.HasHope);
        group.GoTo(group.Machine.NextDeadline);
        group.On(group.Last, WorkerEvent.Exited);
        group.GoTo(group.Machine.NextDeadline);
        group.On(group.Last, WorkerEvent.Exited);
        Assert.False(group.Machine.HasHope);

        // It is being started again, and nobody knows whether it lives.
        group.GoTo(group.Machine.NextDeadline);
        Assert.False(group.Machine.HasHope);

        group.AllReady();
        Assert.True(group.Machine.HasHope);
    }

    [Fact]
    public void Where_processes_load_but_die_soon_who_waits_has_the_next_one()
    {
        var group = new GroupUnderTest(1, Times);
        for (int i = 0; i < 6; i++)
        {
            group.AllReady();
            group.On(group.Last, WorkerEvent.Exited);
            group.GoTo(group.Machine.NextDeadline);

            Assert.Equal([WorkerPhase.Starting], group.Phases);
            Assert.True(group.Machine.HasHope);
        }

        group.On(group.Last, WorkerEvent.Exited);
        Assert.False(group.Machine.HasHope);
    }

    [Fact]
    public void One_that_somebody_ends_by_SIGTERM_has_not_crashed()
    {
        var group = new GroupUnderTest(1, Times);
        for (int i = 0; i < 6; i++)
        {
            group.AllReady();
            WorkerLife leaving = group.Last;
            group.On(leaving, WorkerEvent.Leaving);

            Assert.Equal([WorkerPhase.Ending], group.Phases);
            Assert.True(group.Machine.HasHope);
            Assert.Equal(group.Now + Backoff.First, group.Machine.NextDeadline);
            group.GoTo(group.Now + Backoff.First);
            group.On(leaving, WorkerEvent.Exited);
        }
    }

    [Fact]
    public void While_another_is_ready_there_is_hope()
    {
        var group = new GroupUnderTest(2, Times).AllReady();
        for (int i = 0; i < 6; i++)
        {
            group.On(group.Last, WorkerEvent.Exited);
            Assert.True(group.Machine.HasHope);
            group.GoTo(group.Machine.NextDeadline);
        }
    }

    [Fact]
    public void A_roll_replaces_one_at_a_time_and_each_once_its_successor_is_ready()
    {
        var group = new GroupUnderTest(2, Times).AllReady();
        group.Machine.Roll(group.Now);

        Assert.Equal(3, group.Started);
        Assert.Equal([WorkerPhase.Ready, WorkerPhase.Ready, WorkerPhase.Starting], group.Phases);

        group.On(group.Last, WorkerEvent.Ready);
        Assert.Equal([WorkerPhase.Draining, WorkerPhase.Ready, WorkerPhase.Ready], group.Phases);
        Assert.Equal(3, group.Started);

        group.On(group.Machine.Workers[0], WorkerEvent.Drained);
        group.On(group.Machine.Workers[0], WorkerEvent.Exited);
        Assert.Equal(4, group.Started);
        group.On(group.Last, WorkerEvent.Ready);
        group.On(group.Machine.Workers[0], WorkerEvent.Drained);
        group.On(group.Machine.Workers[0], WorkerEvent.Exited);

        Assert.Equal([WorkerPhase.Ready, WorkerPhase.Ready], group.Phases);
        Assert.Equal(4, group.Started);
        Assert.Equal(long.MaxValue, group.Machine.NextDeadline);
    }

    [Fact]
    public void A_successor_that_dies_leaves_those_that_are_ready_alone()
    {
        var group = new GroupUnderTest(2, Times).AllReady();
        group.Machine.Roll(group.Now);
        for (int i = 0; i < 5; i++)
        {
            group.On(group.Last, WorkerEvent.Exited);
            Assert.Equal([WorkerPhase.Ready, WorkerPhase.Ready], group.Phases);
            group.GoTo(group.Machine.NextDeadline);
        }

        Assert.True(group.Machine.HasHope);
    }

    [Fact]
    public void What_all_processes_say_of_one_change_is_heard_once()
    {
        var group = new GroupUnderTest(2, Times).AllReady();
        WorkerLife first = group.Machine.Workers[0], second = group.Machine.Workers[1];
        group.Machine.Modified(first, group.Now);
        group.Machine.Modified(second, group.Now);
        group.Settle();

        Assert.Equal(4, group.Started);
    }

    [Fact]
    public void One_that_has_had_its_requests_is_replaced_first()
    {
        var group = new GroupUnderTest(1, Times).AllReady();
        WorkerLife worn = group.Last;
        worn.IsWorn = true;
        group.GoTo(group.Now);

        Assert.Equal([WorkerPhase.Ready, WorkerPhase.Starting], group.Phases);
        group.On(group.Last, WorkerEvent.Ready);
        Assert.Equal(WorkerPhase.Draining, worn.Phase);
    }

    [Fact]
    public void After_restart_interval_one_is_replaced_sooner_by_its_jitter()
    {
        var group = new GroupUnderTest(1, Times with { Restart = 100_000 }, jitter: 0.5).AllReady();
        WorkerLife old = group.Last;

        Assert.Equal(group.Now + 95_000, group.Machine.NextDeadline);
        group.GoTo(group.Machine.NextDeadline);
        group.Settle();

        Assert.Equal(WorkerPhase.Gone, old.Phase);
        Assert.Equal(2, group.Started);
    }

    [Fact]
    public void One_without_requests_for_inactivity_timeout_ends_and_comes_back_when_one_waits()
    {
        var group = new GroupUnderTest(1, Times with { Inactivity = 10_000 }).AllReady();
        group.Last.Use(isBusy: true, 0, group.Now += 9_000);
        group.GoTo(group.Now + 9_999);
        Assert.Equal([WorkerPhase.Ready], group.Phases);

        group.Last.Use(isBusy: false, group.Now, group.Now);
        group.GoTo(group.Now + 10_000);
        group.Settle();
        Assert.Empty(group.Phases);
        Assert.Equal(1, group.Started);
        Assert.True(group.Machine.HasHope);

        group.Machine.Want(group.Now);
        Assert.Equal(2, group.Started);
    }

    [Fact]
    public void One_whose_request_takes_too_long_is_replaced_without_delay()
    {
        var group = new GroupUnderTest(1, Times).AllReady();
        WorkerLife slow = group.Last;
        group.On(slow, WorkerEvent.Overdue);
        Assert.Equal([WorkerPhase.Condemned, WorkerPhase.Starting], group.Phases);

        group.GoTo(group.Now + Times.Stacks);
        Assert.Equal(WorkerPhase.Killing, slow.Phase);
    }

    [Fact]
    public void One_that_is_not_ready_in_startup_timeout_is_killed_and_counts_as_dead()
    {
        var group = new GroupUnderTest(1, Times);
        group.GoTo(Times.Startup);

        Assert.Equal([WorkerPhase.Killing], group.Phases);
        Assert.Equal(group.Now + Backoff.First, group.Machine.NextDeadline);
    }

    [Fact]
    public void A_group_that_is_left_finishes_what_it_has_and_is_over()
    {
        var group = new GroupUnderTest(2, Times).AllReady();
        WorkerLife busy = group.Last;
        busy.Use(isBusy: true, 0, group.Now);
        group.Machine.Leave(group.Now);

        group.GoTo(group.Now + 2_000, busy);
        Assert.Equal(WorkerPhase.Ready, busy.Phase);
        Assert.False(group.Machine.IsOver);
        busy.Use(isBusy: false, group.Now, group.Now);
        group.GoTo(group.Now + 2_000);
        group.Settle();

        Assert.True(group.Machine.IsOver);
        Assert.False(group.Machine.HasHope);
        Assert.Equal(2, group.Started);
    }

    [Fact]
    public void A_group_that_is_left_does_not_finish_for_ever()
    {
        var group = new GroupUnderTest(1, Times).AllReady();
        WorkerLife busy = group.Last;
        group.Machine.Leave(group.Now);
        busy.Use(isBusy: true, 0, group.Now);
        group.GoTo(group.Now + Times.Drain, busy);

        Assert.Equal(WorkerPhase.Draining, busy.Phase);
        group.Settle();
        Assert.True(group.Machine.IsOver);
    }

    [Fact]
    public void A_group_that_is_named_again_has_its_processes_again()
    {
        var group = new GroupUnderTest(2, Times).AllReady();
        group.Machine.Leave(group.Now);
        group.GoTo(group.Now + 2_000);
        group.Machine.Stay(group.Now);
        group.Settle();

        Assert.Equal([WorkerPhase.Ready, WorkerPhase.Ready], group.Phases);
        Assert.True(group.Machine.HasHope);
    }
}
