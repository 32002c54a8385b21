using Roundtrip.Trace.Mtu;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Tests.Simulation;

namespace Roundtrip.Trace.Tests;

/// <summary>The MTU of simulated paths, after a trace of them.</summary>
public class MtuEngineTests
{
    public static TheoryData<ProbeProtocol, bool, bool> Kinds()
    {
        var kinds = new TheoryData<ProbeProtocol, bool, bool>();
        foreach (ProbeProtocol protocol in (ProbeProtocol[])[ProbeProtocol.Udp, ProbeProtocol.Icmp])
        {
            foreach (bool isV6 in (bool[])[false, true])
            {
                kinds.Add(protocol, isV6, false);
                kinds.Add(protocol, isV6, true);
            }
        }

        return kinds;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_path_that_takes_what_the_link_does_costs_one_round_trip(ProbeProtocol protocol, bool isV6, bool hides)
    {
        (IReadOnlyList<MtuStep> steps, int probes, long took) = Find(Path(8, isV6), protocol, isV6, hides);

        Assert.Equal([new MtuStep(1, 1500, null, false)], steps);
        Assert.Equal((1, 40 * Span.Millisecond), (probes, took));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_link_that_takes_less_is_found_by_what_its_router_says(ProbeProtocol protocol, bool isV6, bool hides)
    {
        SimulatedHop[] path = Path(8, isV6);
        path[1] = path[1] with { Mtu = 1492 };
        path[4] = path[4] with { Mtu = 1400 };
        path[5] = path[5] with { Mtu = 1450 };
        path[6] = path[6] with { Mtu = 1280 };

        (IReadOnlyList<MtuStep> steps, int probes, _) = Find(path, protocol, isV6, hides);

        Assert.Equal(
            [new(1, 1500, null, false), new(3, 1492, path[1].Addresses[0], false), new(6, 1400, path[4].Addresses[0], false), new(8, 1280, path[6].Addresses[0], false)], steps);
        Assert.Equal(4, probes);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_link_that_swallows_what_is_too_large_is_found_by_search_with_its_exact_size(ProbeProtocol protocol, bool isV6, bool hides)
    {
        long longest = 0;
        for (int hop = 1; hop < 8; hop++)
        {
            SimulatedHop[] path = Path(8, isV6);
            path[hop - 1] = path[hop - 1] with { Mtu = 1281 + hop * 17, SaysMtu = -1 };

            (IReadOnlyList<MtuStep> steps, int probes, long took) = Find(path, protocol, isV6, hides);

            Assert.Equal([.. hop == 1 ? [] : (MtuStep[])[new(1, 1500, null, false)], new(hop + 1, 1281 + hop * 17, null, true)], [.. hop == 1 ? steps.Skip(1) : steps]);
            Assert.InRange(probes, 10, 40);
            longest = Math.Max(longest, took);
        }

        // The target answers once a second, and is asked for what passes; what vanishes is waited for twice.
        Assert.InRange(longest, 0, 15 * Span.Second);
    }

    [Theory]
    [InlineData(1492)]
    [InlineData(1450)]
    [InlineData(1400)]
    [InlineData(1280)]
    public void A_size_that_links_have_as_a_rule_is_found_sooner(int mtu)
    {
        SimulatedHop[] path = Path(8, false);
        path[3] = path[3] with { Mtu = mtu, SaysMtu = -1 };

        (IReadOnlyList<MtuStep> steps, int probes, long took) = Find(path, ProbeProtocol.Udp, false, false);

        Assert.Equal(new MtuStep(5, mtu, null, true), steps[^1]);
        Assert.InRange(probes, 8, 20);
        Assert.InRange(took, 0, 8 * Span.Second);
    }

    [Fact]
    public void A_black_hole_between_hops_of_which_some_never_answer_is_between_those_that_do()
    {
        SimulatedHop[] path = Path(8, false);
        path[3] = path[3] with { IsSilent = true };
        path[4] = path[4] with { IsSilent = true, Mtu = 1400, SaysMtu = -1 };

        (IReadOnlyList<MtuStep> steps, _, _) = Find(path, ProbeProtocol.Udp, false, false);

        Assert.Equal(new MtuStep(6, 1400, null, true), steps[^1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(1500)]
    [InlineData(9000)]
    public void A_router_that_says_no_number_or_one_that_cannot_be_is_asked_until_it_is_known(int says)
    {
        SimulatedHop[] path = Path(6, false);
        path[2] = path[2] with { Mtu = 1337, SaysMtu = says };

        (IReadOnlyList<MtuStep> steps, int probes, _) = Find(path, ProbeProtocol.Udp, false, false);

        Assert.Equal([new(1, 1500, null, false), new(4, 1337, path[2].Addresses[0], false)], steps);
        Assert.InRange(probes, 8, 16);
    }

    [Fact]
    public void IPv6_takes_no_word_of_less_than_1280()
    {
        SimulatedHop[] path = Path(6, true);
        path[2] = path[2] with { Mtu = 1300, SaysMtu = 1000 };

        (IReadOnlyList<MtuStep> steps, _, _) = Find(path, ProbeProtocol.Udp, true, false);

        Assert.Equal(new MtuStep(4, 1300, path[2].Addresses[0], false), steps[^1]);
    }

    [Fact]
    public void A_target_that_says_nothing_has_its_MTU_sought_as_far_as_somebody_answers()
    {
        SimulatedHop[] path = Path(6, false);
        path[5] = path[5] with { IsSilent = true };
        path[2] = path[2] with { Mtu = 1400 };

        (IReadOnlyList<MtuStep> steps, _, _) = Find(path, ProbeProtocol.Udp, false, false);

        Assert.Equal(new MtuStep(4, 1400, path[2].Addresses[0], false), steps[^1]);
    }

    [Fact]
    public void A_packet_that_is_lost_makes_no_black_hole()
    {
        int wrong = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            SimulatedHop[] path = Path(6, false);
            path[2] = path[2] with { Mtu = 1400 };

            (IReadOnlyList<MtuStep> steps, _, _) = Find(path, ProbeProtocol.Udp, false, false, new Random(seed), loss: 0.005);

            wrong += steps.Any(step => step.IsSilent) ? 1 : 0;
        }

        // Of a round trip six percent are lost: of three tries all are in two of ten thousand.
        Assert.InRange(wrong, 0, 1);
    }

    [Fact]
    public void Whatever_is_answered_it_ends()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            SimulatedHop[] path = [.. Path(random.Next(1, 12), false).Select(hop => hop with
            {
                IsSilent = random.Next(6) == 0,
                Mtu = random.Next(4) == 0 ? random.Next(70, 1600) : 65535,
                SaysMtu = random.Next(4) == 0 ? random.Next(-1, 1600) : null,
            })];

            (IReadOnlyList<MtuStep> steps, int probes, _) = Find(path, (ProbeProtocol)(seed % 2), false, seed % 3 == 0, random, loss: seed % 5 == 0 ? 0.1 : 0);

            Assert.InRange(probes, 0, 100);
            Assert.Equal(steps.OrderBy(step => step.TimeToLive).ThenByDescending(step => step.Mtu), steps);
        }
    }

    private static (IReadOnlyList<MtuStep> Steps, int Probes, long Took) Find(
        SimulatedHop[] path, ProbeProtocol protocol, bool isV6, bool hides, Random? random = null, double loss = 0)
    {
        random ??= new Random(1);
        var network = new SimulatedNetwork(path, random) { Loss = loss };
        var trace = new SimulatedTrace(protocol, isV6, random) { HidesQuotedTimeToLive = hides };
        var engine = new TraceEngine(new TraceOptions { MaximumTimeToLive = 12 });
        trace.Run(engine, network);
        int probes = 0;
        var mtu = new MtuEngine(new MtuOptions(engine.Hops, 1500, isV6 ? 80 : 60) { IsV6 = isV6, FirstId = 1000, LastAskedAt = engine.Hops.LastOrDefault(hop => !hop.IsSilent) is { } last ? engine.AskedAt(last.TimeToLive) : null });
        long took = trace.Run(mtu, network, (_, _) => probes++);
        return (mtu.Steps, probes, took);
    }

    private static SimulatedHop[] Path(int length, bool isV6) =>
        [.. Enumerable.Range(1, length).Select(hop => new SimulatedHop([hop == length ? SimulatedTrace.Target(isV6) : SimulatedTrace.Address(isV6 ? $"2001:db8:1::{hop}" : $"10.0.{hop}.1")]))];
}
