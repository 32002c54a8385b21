using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Tests.Simulation;
using static Roundtrip.Trace.Tests.Paths.ManyTraces;

namespace Roundtrip.Trace.Tests.Paths;

/// <summary>How often a path is missed, over networks of every shape: no more often than was asked for.</summary>
public class PathsBoundTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(48)]
    public void A_diamond_of_routers_that_are_alike_is_missed_no_more_often_than_the_bound_says(int width)
    {
        AssertMisses(0.05, random => new RandomGraph(random, false).Single().Single().Part(width).Along().Single().Target());
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.01)]
    public void The_bound_is_the_one_that_was_asked_for(double bound) =>
        AssertMisses(bound, random => new RandomGraph(random, false).Single().Part(3).Single().Target());

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 9)]
    [InlineData(3, 1)]
    public void A_diamond_that_is_uneven_too(int left, int right) =>
        AssertMisses(0.05, random => new RandomGraph(random, false).Single().Part(2).Spread(left, right).Along().Single().Target());

    [Theory]
    [InlineData(2, 2)]
    [InlineData(4, 3)]
    [InlineData(3, 6)]
    public void And_one_that_is_meshed(int near, int far) =>
        AssertMisses(0.05, random => new RandomGraph(random, false).Single().Part(near).Mesh(far).Along().Single().Target());

    [Fact]
    public void A_bound_for_a_whole_trace_is_an_nth_of_it_for_each_of_n_partings() =>
        AssertMisses(0.05 / 3, random => new RandomGraph(random, false).Single().Part(2).Single().Part(3).Single().Part(2).Single().Target());

    private static void AssertMisses(double bound, Func<Random, RandomGraph> graph)
    {
        int missed = 0, partings = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var random = new Random(seed);
            RandomGraph truth = graph(random);
            var network = new SimulatedNetwork(truth.Hops, random) { Way = truth.Way };
            var engine = new PathsEngine(new PathsOptions { FailureBound = bound });

            new SimulatedTrace(ProbeProtocol.Udp, false, random).Run(engine, network);

            PathGraph found = engine.Graph;
            var links = LinksOf(found).ToHashSet();
            Assert.True(links.IsSubsetOf(truth.Links), $"seed {seed}");
            Assert.True(found.IsWhole, $"seed {seed}");
            missed += links.Count < truth.Links.Count() ? 1 : 0;
            partings += truth.Partings;
        }

        Assert.InRange(missed, 0, Most(bound * partings / Seeds));
    }
}
