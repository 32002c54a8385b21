using Roundtrip.Core;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Rounds;
using Roundtrip.Trace.Tests.Simulation;

namespace Roundtrip.Trace.Tests;

/// <summary>A trace that goes on, in virtual time.</summary>
public class RoundsEngineTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(12)]
    [InlineData(29)]
    public void Each_hop_is_asked_once_a_round_and_answers(int length)
    {
        (RoundsEngine engine, SimulatedNetwork network, _) = Trace(Path(length), 10);

        Assert.True(engine.IsReached);
        Assert.Equal(10, engine.Round);
        Assert.Equal(Enumerable.Range(1, length), engine.Hops.Select(hop => hop.TimeToLive));
        Assert.All(engine.Hops, hop =>
        {
            Assert.Equal((10, 10, 0), (hop.Sent, hop.Statistics.Received, hop.Statistics.Lost));
            Assert.Equal([network.AddressAt(hop.TimeToLive, 0)], hop.Addresses);
            Assert.All(hop.History, trip => Assert.Equal(hop.TimeToLive * 5 * Span.Millisecond, trip));
        });
        Assert.Equal(0, network.Limited);
    }

    [Fact]
    public void The_first_round_knows_the_whole_path()
    {
        (RoundsEngine engine, _, _) = Trace(Path(20), 1);

        Assert.True(engine.IsReached);
        Assert.All(engine.Hops, hop => Assert.Equal(1, hop.Statistics.Received));
        Assert.Equal(20, engine.Hops.Count);
    }

    [Fact]
    public void What_a_router_withholds_is_no_loss()
    {
        SimulatedHop[] path = Path(6);
        path[2] = path[2] with { IsSilent = true };

        (RoundsEngine engine, _, _) = Trace(path, 20);

        Assert.Equal((0, 1), (engine.Hops[2].Loss, engine.Hops[2].Withheld));
        Assert.All(engine.Hops[2].History, trip => Assert.Equal(RoundHop.Lost, trip));
        Assert.All(engine.Hops.Where(hop => hop.TimeToLive != 3), hop => Assert.Equal((0, 0), (hop.Loss, hop.Withheld)));
    }

    [Fact]
    public void Loss_on_the_way_is_seen_at_all_hops_behind_it()
    {
        var network = new SimulatedNetwork(Path(6), new Random(1)) { Loss = 0.02 };
        (RoundsEngine engine, _) = Run(network, new RoundOptions { Count = 200 });

        double[] loss = [.. engine.Hops.Select(hop => hop.Loss)];
        Assert.Equal(loss.Order(), loss);
        Assert.InRange(loss[^1], 0.1, 0.35);
        Assert.All(engine.Hops, hop => Assert.InRange(hop.Loss + hop.Withheld, hop.Statistics.LossRate - 1e-9, hop.Statistics.LossRate + 1e-9));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(333)]
    public void Rounds_that_are_too_fast_for_a_routers_limit_ask_it_less_often_and_lose_nothing(int milliseconds)
    {
        (RoundsEngine engine, SimulatedNetwork network, SimulatedTrace trace) = Trace(Path(7), 10_000 / milliseconds, milliseconds * Span.Millisecond);

        Assert.Equal(0, network.Limited);
        Assert.All(engine.Hops, hop => Assert.Equal(0, hop.Statistics.Lost));

        // Five at once, and then one a second.
        Assert.All(engine.Hops, hop => Assert.InRange(hop.Sent, 8, 16));
        Assert.InRange(trace.Now - 1_000 * Span.Second, 9 * Span.Second, 11 * Span.Second);
    }

    [Fact]
    public void A_target_whose_answers_are_no_ICMP_errors_is_asked_in_every_round()
    {
        SimulatedHop[] path = Path(5);
        (RoundsEngine engine, _) = Run(
            new SimulatedNetwork(path, new Random(1)), new RoundOptions { Count = 100, Interval = 50 * Span.Millisecond, IsTargetLimited = false }, ProbeProtocol.Icmp);

        Assert.Equal(100, engine.Hops[4].Statistics.Received);
        Assert.InRange(engine.Hops[3].Sent, 8, 12);
    }

    [Theory]
    [InlineData(4, 9)]
    [InlineData(9, 4)]
    [InlineData(12, 1)]
    public void A_path_that_becomes_longer_or_shorter_is_followed(int before, int after)
    {
        var network = new SimulatedNetwork(Path(before), new Random(1));
        var trace = new SimulatedTrace(ProbeProtocol.Udp, false, new Random(2));
        var engine = new RoundsEngine(new TraceOptions(), new RoundOptions { Count = 10 });

        trace.Run(engine, network, (_, at) => network.Path = at < 1_004 * Span.Second ? network.Path : Path(after, other: 50));

        Assert.Equal(after, engine.Hops.Count);
        Assert.True(engine.IsReached);
        Assert.All(engine.Hops.SkipLast(1), hop => Assert.Equal(Address(hop.TimeToLive, 50), hop.Addresses[0]));
    }

    [Fact]
    public void A_target_that_says_nothing_is_looked_for_once_and_then_a_little_beyond_the_last_that_answers()
    {
        SimulatedHop[] path = Path(6);
        path[5] = path[5] with { IsSilent = true };

        (RoundsEngine engine, _, SimulatedTrace trace) = Trace(path, 20);

        Assert.False(engine.IsReached);
        Assert.Equal(5, engine.Hops.Count);
        Assert.InRange(trace.Events.Count, 100, 101);
        Assert.InRange(engine.Refused, 0, 0);
        Assert.Equal(20, engine.Hops[4].Statistics.Received);
    }

    [Fact]
    public void A_routing_loop_is_named_and_gone_around_no_more()
    {
        var network = new SimulatedNetwork(Path(5), new Random(1)) { Loop = (3, 2) };

        (RoundsEngine engine, _) = Run(network, new RoundOptions { Count = 20 });

        Assert.Equal(new RoutingLoop(3, 2), engine.Loop);
        Assert.False(engine.IsReached);
        Assert.Equal(20, engine.Hops[3].Statistics.Received);
        Assert.All(engine.Hops.Skip(4), hop => Assert.InRange(hop.Sent, 1, 3));
    }

    [Fact]
    public void An_answer_that_comes_after_the_next_rounds_was_not_lost()
    {
        SimulatedHop[] path = Path(3);
        path[2] = path[2] with { Delay = 2500 * Span.Millisecond };

        (RoundsEngine engine, _, _) = Trace(path, 8);

        Assert.Equal((8, 0), (engine.Hops[2].Statistics.Received, engine.Hops[2].Statistics.Lost));
        Assert.All(engine.Hops[2].History, trip => Assert.Equal(2510 * Span.Millisecond, trip));
    }

    [Fact]
    public void While_it_pauses_nothing_is_sent_and_what_is_under_way_is_taken()
    {
        RoundsEngine engine = AtFirstHop(out long now);
        Assert.True(engine.TryNextProbe(now, out Probe probe));
        engine.Sent(probe, now);

        engine.Pause(true);

        Assert.False(engine.TryNextProbe(now + Span.Second, out _));
        Assert.True(engine.Receive(Reached(probe, now + 5)));
        Assert.False(engine.TryNextProbe(now + 100 * Span.Second, out _));
        Assert.Equal(Deadline.None, engine.NextDeadline);
        engine.Pause(false);
        Assert.True(engine.TryNextProbe(now + 100 * Span.Second, out _));
    }

    [Fact]
    public void A_reset_counts_from_nothing_and_not_what_was_under_way()
    {
        RoundsEngine engine = AtFirstHop(out long now);
        Assert.True(engine.TryNextProbe(now, out Probe probe));
        engine.Sent(probe, now);

        engine.Reset();

        Assert.False(engine.Receive(Reached(probe, now + 5)));
        RoundHop hop = Assert.Single(engine.Hops);
        Assert.Equal((0, 0, true, 0, 0), (hop.Sent, hop.Statistics.Sent, hop.IsSilent, hop.Loss, hop.Withheld));
    }

    [Fact]
    public void Numbers_are_given_again_after_the_last()
    {
        RoundsEngine engine = AtFirstHop(out long now);
        var ids = new HashSet<ushort>();
        for (int round = 0; round < 70_000; round++)
        {
            Assert.True(engine.TryNextProbe(now, out Probe probe));
            ids.Add(probe.Id);
            engine.Sent(probe, now);
            Assert.True(engine.Receive(Reached(probe, now + 5)));
            Assert.False(engine.Receive(Reached(probe, now + 6)));
            Assert.False(engine.TryNextProbe(now + 10, out _));
            now += Span.Millisecond;
        }

        Assert.Equal(65535, ids.Count);
        Assert.DoesNotContain((ushort)0, ids);
        Assert.Equal((70_000, 200), (engine.Hops[0].Statistics.Received, engine.Hops[0].History.Count));
    }

    [Fact]
    public void Over_random_networks_every_hop_that_answers_is_found_and_nothing_else()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            SimulatedHop[] path = Path(random.Next(1, 25), random);
            var network = new SimulatedNetwork(path, random) { Duplicates = 0.1, Jitter = 20 * Span.Millisecond, Loss = seed % 2 == 0 ? 0.01 : 0 };

            (RoundsEngine engine, SimulatedTrace trace) = Run(network, new RoundOptions { Count = 15 }, (ProbeProtocol)(seed % 3), seed % 2 == 0);

            Assert.True(network.Loss > 0 || engine.IsReached != path[^1].IsSilent, $"seed {seed}");
            foreach (RoundHop hop in engine.Hops)
            {
                Assert.True(hop.Addresses.All(address => address == network.AddressAt(hop.TimeToLive, 0)), $"seed {seed}");
                Assert.True(network.Loss > 0 || path[hop.TimeToLive - 1].IsSilent == hop.IsSilent, $"seed {seed} hop {hop.TimeToLive}");
                Assert.True(network.Loss > 0 || hop.Statistics.Lost == 0 || hop.IsSilent, $"seed {seed} hop {hop.TimeToLive}");
                Assert.True(hop.Sent is > 0 and <= 15, $"seed {seed}");
            }
        }
    }

    private static RoundsEngine AtFirstHop(out long now)
    {
        var engine = new RoundsEngine(new TraceOptions { MaximumTimeToLive = 1 }, new RoundOptions { Interval = Span.Millisecond, IsTargetLimited = false });
        now = Span.Second;
        Assert.True(engine.TryNextProbe(now, out Probe probe));
        engine.Sent(probe, now);
        Assert.True(engine.Receive(Reached(probe, now + 5)));
        engine.Reset();
        now += Span.Millisecond;
        return engine;
    }

    private static Answer Reached(in Probe probe, long at) => new(probe.Id, probe.Flow, SimulatedTrace.Target(false), AnswerKind.Reached, at);

    private static (RoundsEngine Engine, SimulatedNetwork Network, SimulatedTrace Trace) Trace(SimulatedHop[] path, int rounds, long interval = Span.Second)
    {
        var network = new SimulatedNetwork(path, new Random(1));
        (RoundsEngine engine, SimulatedTrace trace) = Run(network, new RoundOptions { Count = rounds, Interval = interval });
        return (engine, network, trace);
    }

    private static (RoundsEngine Engine, SimulatedTrace Trace) Run(SimulatedNetwork network, RoundOptions rounds, ProbeProtocol protocol = ProbeProtocol.Udp, bool hidesTimeToLive = false)
    {
        var trace = new SimulatedTrace(protocol, false, new Random(2)) { HidesQuotedTimeToLive = hidesTimeToLive };
        var engine = new RoundsEngine(new TraceOptions(), rounds);
        trace.Run(engine, network);
        return (engine, trace);
    }

    private static PeerAddress Address(int hop, int other) => SimulatedTrace.Address($"10.{other}.{hop}.1");

    private static SimulatedHop[] Path(int length, int other = 0) =>
        [.. Enumerable.Range(1, length).Select(hop => new SimulatedHop([hop == length ? SimulatedTrace.Target(false) : Address(hop, other)]))];

    private static SimulatedHop[] Path(int length, Random random) =>
        [.. Path(length).Select(hop => hop with { IsSilent = random.Next(5) == 0, Delay = random.NextInt64(100 * Span.Microsecond, 30 * Span.Millisecond) })];
}
