using Roundtrip.Processes.Supervision;

namespace Roundtrip.Processes.Tests;

public class SupervisorStateTests
{
    private static readonly SupervisorTimes Times = new() { Acknowledgement = 1000, Stop = 200, GracefulStop = 500, Leave = 50 };

    private const SupervisorEvent Ack = SupervisorEvent.Acknowledged;

    // How each state is come to.
    private static readonly Dictionary<string, SupervisorEvent[]> Ways = new()
    {
        ["first"] = [],
        ["again"] = [Ack, SupervisorEvent.Exited, SupervisorEvent.Deadline],
        ["serving"] = [Ack],
        ["reloading"] = [Ack, SupervisorEvent.Loaded],
        ["backing off"] = [Ack, SupervisorEvent.Exited],
        ["stopping"] = [Ack, SupervisorEvent.StopAsked],
        ["stopping gracefully"] = [Ack, SupervisorEvent.GracefulStopAsked],
        ["leaving first"] = [SupervisorEvent.ChannelClosed],
        ["leaving"] = [Ack, SupervisorEvent.ChannelClosed],
        ["killing first"] = [SupervisorEvent.Deadline],
        ["killing"] = [Ack, SupervisorEvent.Misbehaved],
        ["killing to stop"] = [Ack, SupervisorEvent.StopAsked, SupervisorEvent.Deadline],
        ["ended"] = [Ack, SupervisorEvent.StopAsked, SupervisorEvent.Exited],
    };

    // State; then a cell for each event in the order of the enum: the phase afterwards and what is done. "-" is: stays as it is and does nothing.
    private const string Table = """
        first              | Serving Confirm, Announce | Killing Kill | Ended Exit | Leaving | Killing Kill | Starting SendGeneration | Stopping SendStop | StoppingGracefully SendGracefulStop | Killing Kill
        again              | Serving Confirm | Killing DropUnconfirmed, Kill | BackingOff DropUnconfirmed | Leaving DropUnconfirmed | Killing DropUnconfirmed, Kill | Starting SendGeneration | Stopping SendStop | StoppingGracefully SendGracefulStop | Killing DropUnconfirmed, Kill
        serving            | - | - | BackingOff DropUnconfirmed | Leaving DropUnconfirmed | Killing DropUnconfirmed, Kill | Reloading SendGeneration | Stopping SendStop | StoppingGracefully SendGracefulStop | -
        reloading          | Serving Confirm | Serving DropUnconfirmed | BackingOff DropUnconfirmed | Leaving DropUnconfirmed | Killing DropUnconfirmed, Kill | Reloading SendGeneration | Stopping SendStop | StoppingGracefully SendGracefulStop | Killing DropUnconfirmed, Kill
        backing off        | - | - | - | - | - | Starting Spawn | Ended Exit | Ended Exit | Starting Spawn
        stopping           | - | - | Ended Exit | - | Killing Kill | - | - | - | Killing Kill
        stopping gracefully| - | - | Ended Exit | - | Killing Kill | - | Stopping SendStop | - | Killing Kill
        leaving first      | - | - | Ended Exit | - | Killing Kill | - | - | - | Killing Kill
        leaving            | - | - | BackingOff | - | Killing Kill | - | - | - | Killing Kill
        killing first      | - | - | Ended Exit | - | - | - | - | - | -
        killing            | - | - | BackingOff | - | - | - | - | - | -
        killing to stop    | - | - | Ended Exit | - | - | - | - | - | -
        ended              | - | - | - | - | - | - | - | - | -
        """;

    public static TheoryData<string, SupervisorEvent, string> Cells()
    {
        var cells = new TheoryData<string, SupervisorEvent, string>();
        foreach (string line in Table.Split('\n'))
        {
            string[] parts = line.Split('|', StringSplitOptions.TrimEntries);
            foreach (SupervisorEvent happened in Enum.GetValues<SupervisorEvent>())
            {
                cells.Add(parts[0], happened, parts[1 + (int)happened]);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Each_event_in_each_state_does_what_the_table_says(string name, SupervisorEvent happened, string expected)
    {
        SupervisorState state = Come(name);
        SupervisorPhase before = state.Phase;
        SupervisorActions actions = state.On(happened, 10);
        string done = actions == SupervisorActions.None ? $"{state.Phase}" : $"{state.Phase} {actions}";

        Assert.Equal(expected == "-" ? $"{before}" : expected, done);
    }

    [Fact]
    public void The_table_has_every_phase() =>
        Assert.Equal(Enum.GetValues<SupervisorPhase>().Order(), Ways.Keys.Select(name => Come(name).Phase).Distinct().Order());

    [Theory]
    [InlineData("first", 1)]
    [InlineData("leaving first", 1)]
    [InlineData("killing first", 1)]
    [InlineData("stopping", 0)]
    [InlineData("killing to stop", 0)]
    public void Only_a_failed_first_start_is_an_error(string name, int code)
    {
        SupervisorState state = Come(name);

        Assert.Equal(SupervisorActions.Exit, state.On(SupervisorEvent.Exited, 10));
        Assert.Equal(code, state.ExitCode);
    }

    [Fact]
    public void A_stop_that_is_asked_for_while_a_server_is_killed_is_the_end()
    {
        SupervisorState state = Come("killing");
        state.On(SupervisorEvent.StopAsked, 10);

        Assert.Equal(SupervisorActions.Exit, state.On(SupervisorEvent.Exited, 20));
        Assert.Equal(0, state.ExitCode);
    }

    [Theory]
    [InlineData("first", 1000)]
    [InlineData("reloading", 1000)]
    [InlineData("backing off", 100)]
    [InlineData("stopping", 200)]
    [InlineData("stopping gracefully", 500)]
    [InlineData("leaving", 50)]
    [InlineData("serving", long.MaxValue)]
    [InlineData("killing", long.MaxValue)]
    [InlineData("ended", long.MaxValue)]
    public void Each_state_has_its_deadline(string name, long deadline) => Assert.Equal(deadline, Come(name).NextDeadline);

    [Fact]
    public void A_server_that_dies_again_and_again_waits_twice_as_long_each_time_up_to_30_seconds()
    {
        SupervisorState state = Come("serving");
        var delays = new List<long>();
        for (int i = 0; i < 11; i++)
        {
            state.On(SupervisorEvent.Exited, 0);
            delays.Add(state.NextDeadline);
            state.On(SupervisorEvent.Deadline, 0);
        }

        Assert.Equal([100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000], delays);
    }

    [Theory]
    [InlineData(59_999, 200)]
    [InlineData(60_000, 100)]
    public void A_minute_of_health_makes_the_delay_short_again(long lived, long delay)
    {
        SupervisorState state = Come("backing off");
        state.On(SupervisorEvent.Deadline, 0);
        state.On(SupervisorEvent.Acknowledged, 0);
        state.On(SupervisorEvent.Loaded, lived - 1);
        state.On(SupervisorEvent.Acknowledged, lived);
        state.On(SupervisorEvent.Exited, lived);

        Assert.Equal(lived + delay, state.NextDeadline);
    }

    private static SupervisorState Come(string name)
    {
        var state = new SupervisorState(Times);
        Assert.Equal(SupervisorActions.Spawn, state.Begin(0));
        foreach (SupervisorEvent happened in Ways[name])
        {
            state.On(happened, 0);
        }

        return state;
    }
}
