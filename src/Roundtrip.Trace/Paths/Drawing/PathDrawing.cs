using System.Globalization;

namespace Roundtrip.Trace.Paths.Drawing;

/// <summary>
/// A graph of paths drawn from top to bottom, as git draws its history: a line for each router, in a column below those that lead to it, and between hops the lines where paths part and meet.
/// </summary>
public static class PathDrawing
{
    public static IReadOnlyList<DrawnLine> Draw(PathGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var columns = new Columns(graph);
        var lines = new List<DrawnLine>();
        for (int hop = 0; hop < columns.Hops.Length; hop++)
        {
            int[] nodes = columns.Hops[hop];
            int[] next = hop + 1 < columns.Hops.Length ? columns.Hops[hop + 1] : [];
            string? between = Connections.Between(columns, nodes, next, out bool isMeshed);
            for (int row = 0; row < nodes.Length; row++)
            {
                string line = Line(graph, columns, nodes, row, isBelow: false);
                lines.Add(new DrawnLine(line, nodes[row]) { Below = Line(graph, columns, nodes, row, isBelow: true), To = isMeshed ? columns.Behind(nodes[row]) : [] });
            }

            if (between is not null)
            {
                lines.Add(new DrawnLine(between.PadRight(columns.Width * 2), null));
            }
        }

        return lines;
    }

    /// <summary>A name for each node: its hop, and at hops with several a letter.</summary>
    public static string[] Ids(PathGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        string[] ids = new string[graph.Nodes.Count];
        foreach (int[] hop in new Columns(graph).Hops)
        {
            for (int i = 0; i < hop.Length; i++)
            {
                ids[hop[i]] = graph.Nodes[hop[i]].TimeToLive.ToString(CultureInfo.InvariantCulture) + (hop.Length > 1 ? Letters(i) : "");
            }
        }

        return ids;
    }

    private static string Line(PathGraph graph, Columns columns, int[] nodes, int row, bool isBelow)
    {
        char[] line = new string(' ', columns.Width * 2).ToCharArray();
        for (int other = 0; other < nodes.Length; other++)
        {
            // Those that are still to come, and those that lead on.
            if (other > row || ((other < row || isBelow) && columns.Behind(nodes[other]).Count > 0))
            {
                line[columns.Of(nodes[other]) * 2] = '│';
            }
        }

        if (!isBelow)
        {
            line[columns.Of(nodes[row]) * 2] = graph.Nodes[nodes[row]].Address is null ? '○' : '●';
        }

        return new string(line);
    }

    // a to z, then aa, ab, as a spreadsheet's columns.
    private static string Letters(int number) => (number < 26 ? "" : Letters(number / 26 - 1)) + (char)('a' + number % 26);
}
