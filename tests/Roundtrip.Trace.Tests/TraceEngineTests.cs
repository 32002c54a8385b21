using Roundtrip.Packets;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Tests.Simulation;

namespace Roundtrip.Trace.Tests;

public class TraceEngineTests
{
    [Fact]
    public void A_trace_takes_two_round_trips_where_every_hop_answers()
    {
        (TraceEngine engine, long took, _) = Trace(Path(8));

        // 8 links of 5 ms: the distance is known after one round trip of 40 ms, and the rest goes out within a few milliseconds.
        Assert.Equal(TraceOutcome.Reached, engine.Outcome);
        Assert.InRange(took, 70 * Span.Millisecond, 95 * Span.Millisecond);
    }

    [Fact]
    public void A_silent_hop_costs_a_few_round_trips()
    {
        SimulatedHop[] path = Path(8);
        path[4] = path[4] with { IsSilent = true };

        (TraceEngine engine, long took, _) = Trace(path);

        Assert.True(engine.HopAt(5).IsSilent);
        Assert.InRange(took, 0, 250 * Span.Millisecond);
    }

    [Fact]
    public void A_silent_target_costs_about_a_second_however_many_hops_are_left()
    {
        SimulatedHop[] path = Path(8);
        path[7] = path[7] with { IsSilent = true };

        (TraceEngine engine, long took, _) = Trace(path, new TraceOptions { MaximumTimeToLive = 60 });

        Assert.Equal((TraceOutcome.NotReached, 60), (engine.Outcome, engine.Hops.Count));
        Assert.InRange(took, Span.Second, 3 * Span.Second);
    }

    [Fact]
    public void A_target_that_answers_slowly_behind_fast_hops_is_not_given_up_early()
    {
        SimulatedHop[] path = Path(3);
        path[2] = path[2] with { Delay = 700 * Span.Millisecond };

        (TraceEngine engine, _, SimulatedTrace trace) = Trace(path);

        Assert.Equal(3, engine.HopAt(3).Answers.Count());
        Assert.Equal(3, trace.Events.Count(happened => happened.Kind == TraceEventKind.HopDone));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(9)]
    [InlineData(29)]
    [InlineData(30)]
    public void No_router_and_no_target_is_asked_for_more_than_Linux_gives_in_a_burst(int length)
    {
        SimulatedHop[] path = Path(length);
        var network = new SimulatedNetwork(path, new Random(1));
        var trace = new SimulatedTrace(ProbeProtocol.Udp, false, new Random(2));
        var engine = new TraceEngine(new TraceOptions());

        trace.Run(engine, network);

        Assert.Equal((0, length, TraceOutcome.Reached), (network.Limited, engine.Hops.Count, engine.Outcome));
    }

    [Fact]
    public void More_probes_than_a_burst_take_a_second_each_and_none_is_lost()
    {
        var network = new SimulatedNetwork(Path(4), new Random(1));
        var engine = new TraceEngine(new TraceOptions { Queries = 10 });

        long took = new SimulatedTrace(ProbeProtocol.Udp, false, new Random(2)).Run(engine, network);

        Assert.Equal(0, network.Limited);
        Assert.All(engine.Hops, hop => Assert.Equal(10, hop.Answers.Count()));
        Assert.InRange(took, 4 * Span.Second, 7 * Span.Second);
    }

    [Fact]
    public void A_router_that_answers_for_several_hops_is_asked_for_no_more_than_its_burst()
    {
        SimulatedHop[] path = Path(5);
        path[2] = path[3] = path[1];
        var network = new SimulatedNetwork(path, new Random(1));
        var engine = new TraceEngine(new TraceOptions());

        new SimulatedTrace(ProbeProtocol.Udp, false, new Random(2)).Run(engine, network);

        Assert.Equal((0, TraceOutcome.Reached), (network.Limited, engine.Outcome));
        Assert.All(engine.Hops, hop => Assert.Equal(3, hop.Answers.Count()));
    }

    [Fact]
    public void A_distance_that_the_way_back_makes_seem_greater_is_found_all_the_same()
    {
        var network = new SimulatedNetwork(Path(6), new Random(1)) { Detour = 9 };
        var engine = new TraceEngine(new TraceOptions());

        new SimulatedTrace(ProbeProtocol.Udp, false, new Random(2)) { HidesQuotedTimeToLive = true }.Run(engine, network);

        Assert.Equal(6, engine.Hops.Count);
        Assert.All(engine.Hops, hop => Assert.Equal(3, hop.Answers.Count()));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_circle_is_named_and_not_gone_around_for_longer_than_it_takes_to_see_it(int length)
    {
        var network = new SimulatedNetwork(Path(8), new Random(1)) { Loop = (4, length) };
        var engine = new TraceEngine(new TraceOptions());

        long took = new SimulatedTrace(ProbeProtocol.Udp, false, new Random(2)).Run(engine, network);

        Assert.Equal((TraceOutcome.Loop, new RoutingLoop(4, length)), (engine.Outcome, engine.Loop));
        Assert.InRange(engine.Hops.Count, 3 + 3 * length, 30);
        Assert.InRange(took, 0, 3 * Span.Second);
    }

    [Theory]
    [InlineData(IcmpType.DestinationUnreachable, 1, "!H")]
    [InlineData(IcmpType.DestinationUnreachable, 0, "!N")]
    [InlineData(IcmpType.DestinationUnreachable, 13, "!X")]
    [InlineData(IcmpType.DestinationUnreachable, 2, "!P")]
    [InlineData(IcmpType.DestinationUnreachable, 99, "!<99>")]
    public void A_router_that_can_go_no_further_ends_the_trace_with_its_mark(byte type, byte code, string mark)
    {
        SimulatedHop[] path = Path(9);
        path[4] = path[4] with { Refuses = (type, code) };

        (TraceEngine engine, _, _) = Trace(path);

        // Its own TTL is exceeded at it; what should go further it refuses.
        Assert.Equal((TraceOutcome.Unreachable, 6), (engine.Outcome, engine.Hops.Count));
        Assert.All(engine.HopAt(6).Answers, answer => Assert.Equal((path[4].Addresses[0], mark), (answer.From, AnswerKinds.Mark(answer.Kind, answer.Code, answer.Mtu))));
        Assert.Equal(3, engine.HopAt(6).Answers.Count());
    }

    [Fact]
    public void With_flows_that_vary_parallel_routers_of_a_hop_are_seen()
    {
        SimulatedHop[] path = Path(5);
        path[2] = path[2] with { Addresses = [SimulatedTrace.Address("10.0.3.1"), SimulatedTrace.Address("10.0.3.2")] };

        (TraceEngine engine, _, _) = Trace(path, new TraceOptions { VariesFlow = true, Queries = 5 });

        Assert.Equal(2, engine.HopAt(3).Addresses.Count());
        Assert.Equal(5, engine.Hops.Count);
    }

    [Fact]
    public void First_and_last_hop_are_those_that_were_asked_for()
    {
        (TraceEngine engine, _, _) = Trace(Path(12), new TraceOptions { FirstTimeToLive = 3, MaximumTimeToLive = 7 });

        Assert.Equal([3, 4, 5, 6, 7], engine.Hops.Select(hop => hop.TimeToLive));
        Assert.Equal(TraceOutcome.NotReached, engine.Outcome);
    }

    [Fact]
    public void An_answer_that_comes_after_its_probe_was_given_up_is_taken_while_the_trace_runs()
    {
        var engine = new TraceEngine(new TraceOptions { MaximumTimeToLive = 2, Queries = 1 });
        Assert.True(engine.TryNextProbe(0, out Probe first));
        engine.Sent(first, 0);
        long later = 10 * Span.Millisecond;
        Assert.True(engine.TryNextProbe(later, out Probe second));
        engine.Sent(second, later);
        Assert.Equal((1, 2), (first.TimeToLive, second.TimeToLive));

        Assert.False(engine.TryNextProbe(Span.Second, out _));
        Assert.True(engine.Receive(new Answer(first.Id, 0, SimulatedTrace.Address("10.0.0.1"), AnswerKind.TimeExceeded, Span.Second + 1)));
        Assert.False(engine.TryNextProbe(3 * Span.Second, out _));

        Assert.True(engine.IsEnded);
        Assert.Equal(Span.Second + 1, engine.HopAt(1).Probes[0].RoundTrip);
        Assert.False(engine.Receive(new Answer(second.Id, 0, SimulatedTrace.Address("10.0.0.1"), AnswerKind.TimeExceeded, 4 * Span.Second)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0)]
    [InlineData(1, 7)]
    public void An_answer_for_no_probe_or_another_flow_is_refused(ushort id, ushort flow)
    {
        var engine = new TraceEngine(new TraceOptions());
        Assert.True(engine.TryNextProbe(0, out Probe probe));
        engine.Sent(probe, 0);

        Assert.False(engine.Receive(new Answer(id, flow, SimulatedTrace.Address("10.0.0.1"), AnswerKind.TimeExceeded, 1)));
        Assert.Equal(1, engine.Refused);
    }

    private static SimulatedHop[] Path(int length) =>
        [.. Enumerable.Range(1, length).Select(hop => new SimulatedHop([hop == length ? SimulatedTrace.Target(false) : SimulatedTrace.Address($"10.0.{hop}.1")]))];

    private static (TraceEngine Engine, long Took, SimulatedTrace Trace) Trace(SimulatedHop[] path, TraceOptions? options = null)
    {
        var engine = new TraceEngine(options ?? new TraceOptions());
        var trace = new SimulatedTrace(ProbeProtocol.Udp, false, new Random(2));
        return (engine, trace.Run(engine, new SimulatedNetwork(path, new Random(1))), trace);
    }
}
