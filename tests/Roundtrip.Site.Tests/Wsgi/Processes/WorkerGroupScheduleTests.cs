using CsCheck;
using Roundtrip.Processes;
using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Tests.Wsgi.Processes;

/// <summary>What holds whatever happens in whatever order.</summary>
public class WorkerGroupScheduleTests
{
    private static readonly WorkerTimes Times = new() { Startup = 10_000, Drain = 15_000, Shutdown = 5_000, Restart = 300_000, Inactivity = 400_000 };

    private static readonly Gen<(int Kind, int Which, long Time)[]> Schedules = Gen.Select(Gen.Int[0, 15], Gen.Int[0, 9], Gen.Long[0, 40_000]).Array[1, 120];

    [Fact]
    public void Never_more_than_one_beyond_those_that_are_said_and_every_deadline_is_in_the_future() => Gen.Select(Gen.Int[1, 4], Schedules).Sample((processes, schedule) =>
    {
        var machine = new WorkerGroup(processes, false, Times, () => 0.3);
        long now = 0;
        machine.Advance(now);
        foreach ((int kind, int which, long time) in schedule)
        {
            now += time;
            foreach (WorkerLife busy in machine.Workers.Where(worker => worker.IsBusy))
            {
                busy.Use(isBusy: true, 0, now);
            }

            Happen(machine, kind, which, now);
            machine.Advance(now);

            Assert.InRange(machine.Workers.Count, 0, processes + 1);
            Assert.True(machine.NextDeadline > now, $"deadline {machine.NextDeadline} at {now}");
            Assert.DoesNotContain(machine.Workers, worker => worker.Phase == WorkerPhase.Gone);
        }
    });

    [Fact]
    public void However_it_was_left_to_itself_it_comes_back_to_what_is_said() => Gen.Select(Gen.Int[1, 4], Schedules).Sample((processes, schedule) =>
    {
        var machine = new WorkerGroup(processes, false, Times with { Restart = long.MaxValue, Inactivity = long.MaxValue }, () => 0.3);
        long now = 0;
        machine.Advance(now);
        foreach ((int kind, int which, long time) in schedule)
        {
            now += time;
            Happen(machine, kind, which, now);
        }

        machine.Stay(now);
        for (int i = 0; i < 1000 && (machine.NextDeadline != long.MaxValue || machine.Workers.Any(worker => worker.Phase != WorkerPhase.Ready)); i++)
        {
            if (machine.Workers.FirstOrDefault(worker => worker.Phase != WorkerPhase.Ready) is { } worker)
            {
                machine.On(worker, worker.Phase == WorkerPhase.Starting ? WorkerEvent.Ready : worker.Phase == WorkerPhase.Draining ? WorkerEvent.Drained : WorkerEvent.Exited, now);
            }
            else
            {
                now = Math.Max(now, machine.NextDeadline);
                machine.Advance(now);
            }
        }

        Assert.Equal(processes, machine.Workers.Count);
        Assert.True(machine.HasHope);
    });

    [Fact]
    public void A_roll_never_leaves_fewer_ready_than_there_were_unless_one_dies() => Gen.Select(Gen.Int[1, 4], Gen.Select(Gen.Int[0, 4], Gen.Int[0, 9], Gen.Long[0, 20_000]).Array[1, 120]).Sample((processes, schedule) =>
    {
        var machine = new WorkerGroup(processes, false, Times with { Restart = long.MaxValue, Inactivity = long.MaxValue }, () => 0.3);
        long now = 0;
        machine.Advance(now);
        while (machine.Workers.FirstOrDefault(worker => worker.Phase == WorkerPhase.Starting) is { } starting)
        {
            machine.On(starting, WorkerEvent.Ready, now);
        }

        foreach ((int kind, int which, long time) in schedule)
        {
            now += time;
            WorkerLife worker = machine.Workers[which % machine.Workers.Count];
            switch (kind)
            {
                case 0:
                    machine.Roll(now);
                    break;
                case 1 when worker.Phase == WorkerPhase.Starting:
                    machine.On(worker, WorkerEvent.Ready, now);
                    break;
                case 2 when worker.Phase is WorkerPhase.Starting or WorkerPhase.Ending or WorkerPhase.Killing:
                    machine.On(worker, WorkerEvent.Exited, now);
                    break;
                case 3 when worker.Phase == WorkerPhase.Draining:
                    machine.On(worker, WorkerEvent.Drained, now);
                    break;
                case 4:
                    worker.IsWorn = true;
                    break;
            }

            machine.Advance(now);
            Assert.Equal(processes, machine.Workers.Count(one => one.Phase == WorkerPhase.Ready));
        }
    });

    [Fact]
    public void Between_a_death_and_the_next_start_is_a_tenth_of_a_second_at_least_and_half_a_minute_at_most() => Schedules.Sample(schedule =>
    {
        var machine = new WorkerGroup(1, false, Times with { Restart = long.MaxValue, Inactivity = long.MaxValue }, () => 0);
        long now = 0;
        machine.Advance(now);
        foreach ((_, int which, long time) in schedule)
        {
            WorkerLife worker = machine.Workers[0];
            now += Math.Min(time, Times.Startup - 1);
            if (which % 2 == 0)
            {
                machine.On(worker, WorkerEvent.Ready, now);
            }

            machine.On(worker, WorkerEvent.Exited, now);
            Assert.Empty(machine.Workers);
            Assert.InRange(machine.NextDeadline - now, Backoff.First, Backoff.Longest);
            now = machine.NextDeadline;
            machine.Advance(now);
            Assert.Single(machine.Workers);
        }
    });

    private static void Happen(WorkerGroup machine, int kind, int which, long now)
    {
        WorkerEvent[] events = Enum.GetValues<WorkerEvent>();
        if (kind < events.Length && machine.Workers.Count > 0)
        {
            machine.On(machine.Workers[which % machine.Workers.Count], events[kind], now);
            return;
        }

        switch (kind - events.Length)
        {
            case 0:
                machine.Roll(now);
                break;
            case 1:
                machine.Want(now);
                break;
            case 2:
                machine.Leave(now);
                break;
            case 3:
                machine.Stay(now);
                break;
            case 4 when machine.Workers.Count > 0:
                machine.Modified(machine.Workers[which % machine.Workers.Count], now);
                break;
            case 5 when machine.Workers.Count > 0:
                machine.Workers[which % machine.Workers.Count].IsWorn = true;
                break;
            case 6 when machine.Workers.Count > 0:
                machine.Workers[which % machine.Workers.Count].Use(which > 4, now, now);
                break;
        }
    }
}
