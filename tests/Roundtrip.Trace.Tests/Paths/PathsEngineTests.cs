using Roundtrip.Core;
using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Paths.Drawing;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Tests.Simulation;
using static Roundtrip.Trace.Tests.Paths.ManyTraces;

namespace Roundtrip.Trace.Tests.Paths;

/// <summary>All paths over networks whose truth is known.</summary>
public class PathsEngineTests
{
    public static TheoryData<ProbeProtocol, bool> Kinds() => new()
    {
        { ProbeProtocol.Udp, false }, { ProbeProtocol.Udp, true }, { ProbeProtocol.Icmp, false }, { ProbeProtocol.Icmp, true }, { ProbeProtocol.Tcp, false }, { ProbeProtocol.Tcp, true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Over_random_networks_paths_are_found_within_the_bound_of_each_parting_though_answers_are_late_doubled_and_out_of_order(ProbeProtocol protocol, bool isV6)
    {
        double bound = 0;
        int missed = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            RandomGraph truth = RandomDiamonds(random, isV6, burst: 1_000_000);
            var network = new SimulatedNetwork(truth.Hops, random) { Way = truth.Way, Duplicates = 0.1, Jitter = 20 * Span.Millisecond };
            var engine = new PathsEngine(new PathsOptions { EndsFlowsLast = protocol == ProbeProtocol.Tcp });

            new SimulatedTrace(protocol, isV6, random) { HidesQuotedTimeToLive = seed % 2 == 1 }.Run(engine, network);

            var links = LinksOf(engine.Graph).ToHashSet();
            Assert.True(engine.Outcome == TraceOutcome.Reached && engine.Graph.IsWhole, $"seed {seed}");
            Assert.True(links.IsSubsetOf(truth.Links), $"seed {seed}");
            missed += links.Count < truth.Links.Count() ? 1 : 0;
            bound += 0.05 * truth.Partings;
        }

        Assert.InRange(missed, 0, Most(Math.Min(1, bound / Seeds)));
    }

    [Fact]
    public void Routers_that_limit_their_answers_are_not_taken_for_absent()
    {
        int missed = 0;
        var seconds = new List<long>();
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);

            // Linux's six, some that give less, and some that give more.
            RandomGraph truth = new RandomGraph(random, false) { Burst = random.Next(1, 10) }.Single().Part(2).Along().Single().Target();
            var network = new SimulatedNetwork(truth.Hops, random) { Way = truth.Way };
            var engine = new PathsEngine(new PathsOptions());

            long took = new SimulatedTrace(ProbeProtocol.Udp, false, random).Run(engine, network);

            PathGraph found = engine.Graph;
            Assert.True(found.Nodes.All(node => node.Address is not null), $"seed {seed}: a star");
            seconds.Add(took / Span.Second);
            missed += LinksOf(found).Distinct().Count() < truth.Links.Count() ? 1 : 0;
            Assert.True(network.Limited == 0 || found.Nodes.Any(node => node.Statistics.Lost > 0), $"seed {seed}");
        }

        Assert.InRange(missed, 0, Most(0.05));

        // A router that answers once a second takes six seconds for the six flows that it must be seen by, and more for more.
        Assert.InRange(seconds.Order().ElementAt(Seeds / 2), 0, 10);
        Assert.InRange(seconds.Max(), 0, 30);
    }

    [Fact]
    public void A_router_that_gives_so_little_that_a_search_would_last_ends_it_as_it_is_after_two_minutes()
    {
        var random = new Random(1);
        RandomGraph truth = new RandomGraph(random, false) { Burst = 1 }.Single().Part(40).Along().Single().Target();
        var network = new SimulatedNetwork(truth.Hops, random) { Way = truth.Way };
        var engine = new PathsEngine(new PathsOptions { FailureBound = 0.001 });

        long took = new SimulatedTrace(ProbeProtocol.Udp, false, random).Run(engine, network);

        Assert.InRange(took, 120 * Span.Second, 125 * Span.Second);
        Assert.Equal((TraceOutcome.Reached, false), (engine.Outcome, engine.Graph.IsWhole));
    }

    [Fact]
    public void A_limit_is_told_from_loss_by_what_goes_through()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            RandomGraph truth = new RandomGraph(random, false) { Burst = 1_000_000 }.Single().Single().Single().Target();
            SimulatedHop[] hops = truth.Hops;
            hops[1] = hops[1] with { Burst = 1 };
            var engine = new PathsEngine(new PathsOptions());

            new SimulatedTrace(ProbeProtocol.Udp, false, random).Run(engine, new SimulatedNetwork(hops, random) { Way = truth.Way });

            Assert.Equal([false, true, false, false], engine.Graph.Nodes.Select(node => node.Withholds));
        }
    }

    [Fact]
    public void Loss_costs_more_probes_and_no_path()
    {
        int missed = 0, stars = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            RandomGraph truth = new RandomGraph(random, false).Single().Part(3).Along().Single().Target();
            var network = new SimulatedNetwork(truth.Hops, random) { Way = truth.Way, Loss = 0.01 };
            var engine = new PathsEngine(new PathsOptions());

            new SimulatedTrace(ProbeProtocol.Udp, false, random).Run(engine, network);

            PathGraph found = engine.Graph;
            var addresses = found.Nodes.Select(node => node.Address).OfType<PeerAddress>().ToHashSet();
            Assert.True(addresses.IsSubsetOf(truth.Hops.SelectMany(hop => hop.Addresses)), $"seed {seed}");
            missed += addresses.Count < truth.Hops.Sum(hop => hop.Addresses.Length) ? 1 : 0;
            stars += found.Nodes.Any(node => node.Address is null) ? 1 : 0;
        }

        Assert.InRange(missed, 0, Most(0.05));
        Assert.InRange(stars, 0, Seeds / 50);
    }

    [Fact]
    public void Hops_and_routers_that_keep_silent_are_stars_between_those_that_do_not()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            RandomGraph truth = new RandomGraph(random, false).Single().Single(isSilent: true).Part(2).Along().Single(isSilent: true).Single().Target();
            PeerAddress silent = truth.Hops[3].Addresses[0];
            var network = new SimulatedNetwork(truth.Hops, random) { Way = truth.Way, Silent = new HashSet<PeerAddress> { silent } };
            var engine = new PathsEngine(new PathsOptions());

            new SimulatedTrace(ProbeProtocol.Udp, false, random).Run(engine, network);

            PathGraph found = engine.Graph;
            var hops = found.Hops.ToDictionary(hop => hop.Key, hop => hop.Select(node => node.Address).ToArray());
            Assert.True(hops[2] is [null] && hops[5] is [null], $"seed {seed}");
            Assert.True(hops[3].Length < 2 || hops[4].Order(Comparer<PeerAddress?>.Create((one, other) => one.HasValue.CompareTo(other.HasValue))).ToArray() is [null, not null], $"seed {seed}");
            Assert.True(hops[7] is [{ }], $"seed {seed}");

            // Every node but the ends has a way in and a way out.
            for (int node = 0; node < found.Nodes.Count; node++)
            {
                Assert.True(found.Nodes[node].TimeToLive == 1 || found.Links.Any(link => link.To == node), $"seed {seed}, node {node}");
                Assert.True(found.Nodes[node].TimeToLive == 7 || found.Links.Any(link => link.From == node), $"seed {seed}, node {node}");
            }
        }
    }

    [Fact]
    public void Paths_may_be_of_different_lengths()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            RandomGraph truth = new RandomGraph(random, false).Single().Part(2).Along().Target();
            PeerAddress target = SimulatedTrace.Target(false);

            // The second of the two at hop 3 is the target itself.
            SimulatedHop[] hops = truth.Hops;
            hops[2] = hops[2] with { Addresses = [hops[2].Addresses[0], target] };
            var network = new SimulatedNetwork(hops, random) { Way = truth.Way };
            var engine = new PathsEngine(new PathsOptions());

            new SimulatedTrace(ProbeProtocol.Udp, false, random).Run(engine, network);

            Assert.True(engine.IsEnded, $"seed {seed}");
        }
    }

    [Fact]
    public void What_answers_for_another_trace_changes_nothing()
    {
        PeerAddress liar = SimulatedTrace.Address("203.0.113.66");
        for (int seed = 0; seed < Seeds / 3; seed++)
        {
            var random = new Random(seed);
            RandomGraph truth = RandomDiamonds(random, false, burst: 1_000_000);
            var network = new SimulatedNetwork(truth.Hops, random) { Way = truth.Way };
            var trace = new SimulatedTrace(ProbeProtocol.Udp, false, random);
            var stale = new SimulatedTrace(ProbeProtocol.Udp, false, random);
            var engine = new PathsEngine(new PathsOptions());
            int sent = 0;

            trace.Run(engine, network, (_, now) =>
            {
                sent++;
                byte[] old = stale.Packet(new Probe((ushort)sent, 1, (ushort)(sent % 5)));
                byte[] other = trace.Packet(new Probe((ushort)sent, 1, 3000));
                network.Inject(new(liar, 60, false, SimulatedNetwork.Quote(new SimulatedHop([liar]), old, false, 11, 0, 1, false), now));
                network.Inject(new(liar, 60, false, SimulatedNetwork.Quote(new SimulatedHop([liar]), other, false, 11, 0, 1, false), now));
            });

            Assert.DoesNotContain(engine.Graph.Nodes, node => node.Address == liar);
        }
    }

    [Fact]
    public void Whatever_is_lost_limited_or_silent_a_search_ends_within_its_probes()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            RandomGraph truth = RandomDiamonds(random, false, burst: random.Next(1, 12));
            var silent = truth.Hops.SelectMany(hop => hop.Addresses).Where(_ => random.Next(8) == 0).ToHashSet();
            var network = new SimulatedNetwork(truth.Hops, random)
            {
                Way = truth.Way,
                Silent = silent,
                Loss = random.NextDouble() * 0.1,
                Duplicates = random.NextDouble() * 0.3,
                Jitter = random.NextInt64(300 * Span.Millisecond),
                Loop = random.Next(6) == 0 && truth.Hops.Length > 6 ? (2, 2) : default,
                Detour = random.Next(-2, 6),
            };
            var engine = new PathsEngine(new PathsOptions { MaximumProbes = 400, Trace = new TraceOptions { MaximumTimeToLive = (byte)random.Next(3, 31) } });

            new SimulatedTrace((ProbeProtocol)random.Next(2), false, random) { HidesQuotedTimeToLive = random.Next(2) == 0 }.Run(engine, network);

            Assert.InRange(engine.Probes, 1, 400);
        }
    }

    [Fact]
    public void Whatever_is_answered_a_search_ends_and_can_be_drawn()
    {
        for (int seed = 0; seed < 2 * Seeds; seed++)
        {
            var random = new Random(seed);
            var engine = new PathsEngine(new PathsOptions { MaximumProbes = 300, EndsFlowsLast = random.Next(4) == 0, Trace = new TraceOptions { MaximumTimeToLive = (byte)random.Next(1, 20) } });
            long now = 0;
            while (!engine.IsEnded)
            {
                while (engine.TryNextProbe(now, out Probe probe))
                {
                    engine.Sent(probe, now);
                    for (int answers = random.Next(3); answers > 0; answers--)
                    {
                        // From whom, saying what, for which of the last probes: none of it must make sense.
                        _ = engine.Receive(new Answer((ushort)Math.Max(1, probe.Id - random.Next(12)), probe.Flow, SimulatedTrace.Address($"10.0.0.{random.Next(1, 9)}"), random.Next(3) > 0 ? AnswerKind.TimeExceeded : (AnswerKind)random.Next(1, 12), now + random.Next(1_000_000))
                        {
                            TimeToLive = (byte)random.Next(256),
                            QuotedTimeToLive = (byte)random.Next(4),
                        });
                    }
                }

                now = engine.IsEnded ? now : Math.Max(now + 1, engine.NextDeadline);
                Assert.True(now < 130 * Span.Second, $"seed {seed} does not end");
            }

            PathGraph graph = engine.Graph;
            Assert.Equal(graph.Nodes.Count, PathDrawing.Draw(graph).Count(line => line.Node is not null));
        }
    }

    [Theory]
    [InlineData(1, 0, 45)]
    [InlineData(4, 0, 70)]
    [InlineData(16, 0, 280)]
    [InlineData(4, 4, 330)]
    public void The_probes_are_few(int width, int mesh, int most)
    {
        int probes = 0;
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            RandomGraph truth = new RandomGraph(random, false).Single().Single().Part(width);
            truth = (mesh > 0 ? truth.Mesh(mesh) : truth).Single().Target();
            var engine = new PathsEngine(new PathsOptions());

            new SimulatedTrace(ProbeProtocol.Udp, false, random).Run(engine, new SimulatedNetwork(truth.Hops, random) { Way = truth.Way });

            probes += engine.Probes;
        }

        Assert.InRange(probes / 100, 1, most);
    }

    private static RandomGraph RandomDiamonds(Random random, bool isV6, int burst)
    {
        RandomGraph graph = new RandomGraph(random, isV6) { Burst = burst }.Single();
        for (int diamonds = random.Next(3); diamonds >= 0; diamonds--)
        {
            int width = random.Next(1, 6);
            graph.Single().Part(width);
            switch (random.Next(5))
            {
                case 0:
                    graph.Along().Along();
                    break;
                case 1:
                    graph.Mesh(random.Next(1, 5));
                    break;
                case 2:
                    graph.Spread([.. Enumerable.Range(0, width).Select(_ => random.Next(1, 4))]).Along();
                    break;
                case 3:
                    graph.Join();
                    break;
            }

            graph.Single();
        }

        return graph.Target();
    }
}
