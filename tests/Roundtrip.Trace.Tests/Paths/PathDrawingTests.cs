using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Paths.Drawing;
using Roundtrip.Trace.Probes;
using Roundtrip.Trace.Tests.Simulation;

namespace Roundtrip.Trace.Tests.Paths;

/// <summary>How paths look.</summary>
public class PathDrawingTests
{
    [Fact]
    public void One_path_is_one_column() => AssertDrawn(
        graph => graph.Single().Single(isSilent: true).Target(),
        """
        1 ●
        2 ○
        3 ●
        """);

    [Fact]
    public void Paths_part_and_meet() => AssertDrawn(
        graph => graph.Single().Part(3).Along().Single().Target(),
        """
        1 ●
          ├─┬─╮
        2a ● │ │
        2b │ ● │
        2c │ │ ●
        3a ● │ │
        3b │ ● │
        3c │ │ ●
          ├─┴─╯
        4 ●
        5 ●
        """);

    [Fact]
    public void A_path_may_part_again() => AssertDrawn(
        graph => graph.Single().Part(2).Spread(2, 2).Join().Single().Target(),
        """
        1 ●
          ├───╮
        2a ●   │
        2b │   ●
          ├─╮ ├─╮
        3a ● │ │ │
        3b │ ● │ │
        3c │ │ ● │
        3d │ │ │ ●
          ├─╯ ├─╯
        4a ●   │
        4b │   ●
          ├───╯
        5 ●
        6 ●
        """);

    [Fact]
    public void Where_nothing_can_be_followed_links_are_doubled_and_told() => AssertDrawn(
        graph => graph.Single().Part(2).Mesh(3).Single().Target(),
        """
        1 ●
          ├─╮
        2a ● │ → 3a 3b 3c
        2b │ ● → 3a 3b 3c
          ╞═╪═╕
        3a ● │ │
        3b │ ● │
        3c │ │ ●
          ├─┴─╯
        4 ●
        5 ●
        """);

    [Fact]
    public void What_is_too_wide_is_told_in_words()
    {
        IReadOnlyList<DrawnLine> lines = PathDrawing.Draw(Find(graph => graph.Single().Part(40).Single().Target()));

        Assert.All(lines, line => Assert.True(line.Columns.Length <= 2));
        Assert.Equal(40, lines[0].To.Count);
    }

    private static void AssertDrawn(Func<RandomGraph, RandomGraph> truth, string expected)
    {
        PathGraph graph = Find(truth);
        string[] ids = PathDrawing.Ids(graph);
        IEnumerable<string> lines = PathDrawing.Draw(graph)
            .Select(line => $"{(line.Node is { } node ? ids[node] : " ")} {line.Columns.TrimEnd()}{(line.To.Count > 0 ? " → " + string.Join(' ', line.To.Select(to => ids[to]).Order()) : "")}");

        Assert.Equal(expected.ReplaceLineEndings("\n"), string.Join('\n', lines));
    }

    /// <summary>A graph that was found whole.</summary>
    private static PathGraph Find(Func<RandomGraph, RandomGraph> truth)
    {
        var random = new Random(3);
        RandomGraph network = truth(new RandomGraph(random, false) { Burst = 1_000_000 });
        var engine = new PathsEngine(new PathsOptions { FailureBound = 0.0001 });
        new SimulatedTrace(ProbeProtocol.Udp, false, random).Run(engine, new SimulatedNetwork(network.Hops, random) { Way = network.Way });
        return engine.Graph;
    }
}
