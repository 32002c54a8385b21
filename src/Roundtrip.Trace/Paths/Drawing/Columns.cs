namespace Roundtrip.Trace.Paths.Drawing;

/// <summary>Gives each router of a drawing its column: routers that follow each other stand below each other wherever that is possible.</summary>
internal sealed class Columns
{
    // What is wider is told in words.
    private const int Widest = 20;

    private readonly int[] _columns;
    private readonly List<int>[] _before;
    private readonly List<int>[] _behind;

    public Columns(PathGraph graph)
    {
        int count = graph.Nodes.Count;
        _columns = new int[count];
        (_before, _behind) = ([.. Enumerable.Range(0, count).Select(_ => new List<int>())], [.. Enumerable.Range(0, count).Select(_ => new List<int>())]);
        foreach (PathLink link in graph.Links)
        {
            _before[link.To].Add(link.From);
            _behind[link.From].Add(link.To);
        }

        int[][] hops = [.. Enumerable.Range(0, count).GroupBy(node => graph.Nodes[node].TimeToLive).Select(hop => hop.ToArray())];
        for (int first = 0; first < hops.Length;)
        {
            int end = first + 1;
            while (end < hops.Length && hops[first].Length > 1 && hops[end].Length > 1)
            {
                end++;
            }

            Place(hops[first..end]);
            first = end;
        }

        Hops = [.. hops.Select(hop => hop.OrderBy(node => _columns[node]).ToArray())];
    }

    /// <summary>The nodes of each hop, by their columns.</summary>
    public int[][] Hops { get; }

    /// <summary>The columns that the drawing has.</summary>
    public int Width => _columns.DefaultIfEmpty(0).Max() + 1;

    public int Of(int node) => _columns[node];

    public IReadOnlyList<int> Behind(int node) => _behind[node];

    /// <summary>Whether a hop has too many routers for a column each.</summary>
    public static bool IsTooWide(int[] hop) => hop.Length > Widest;

    // From the widest hop of a diamond to both sides: there each router has its column, and its neighbours stand over and under it.
    private void Place(int[][] diamond)
    {
        int widest = Enumerable.Range(0, diamond.Length).MaxBy(hop => diamond[hop].Length);
        Order(diamond, widest);
        for (int column = 0; column < diamond[widest].Length; column++)
        {
            _columns[diamond[widest][column]] = IsTooWide(diamond[widest]) ? 0 : column;
        }

        for (int hop = widest - 1; hop >= 0; hop--)
        {
            PlaceBeside(diamond[hop], _behind, [.. diamond[hop + 1]]);
        }

        for (int hop = widest + 1; hop < diamond.Length; hop++)
        {
            PlaceBeside(diamond[hop], _before, [.. diamond[hop - 1]]);
        }
    }

    // So that lines do not cross, routers stand in the order of those that they come from.
    private void Order(int[][] diamond, int widest)
    {
        var places = new Dictionary<int, double>();
        for (int hop = 0; hop <= widest; hop++)
        {
            int[] ordered = [.. diamond[hop].OrderBy(node => _before[node].Where(places.ContainsKey).Select(other => places[other]).DefaultIfEmpty(0).Average())];
            ordered.CopyTo(diamond[hop], 0);
            for (int place = 0; place < ordered.Length; place++)
            {
                places[ordered[place]] = place;
            }
        }
    }

    private void PlaceBeside(int[] hop, List<int>[] neighbours, HashSet<int> placed)
    {
        int next = 0;
        foreach ((int node, int wanted) in hop.Select(node => (node, Wanted: neighbours[node].Where(placed.Contains).Select(Of).DefaultIfEmpty(int.MaxValue).Min())).OrderBy(node => node.Wanted))
        {
            int column = wanted == int.MaxValue ? next : Math.Max(next, wanted);
            _columns[node] = IsTooWide(hop) ? 0 : column;
            next = column + 1;
        }
    }
}
