using System.Globalization;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Packets;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Program;

/// <summary>
/// All paths as a drawing from top to bottom, as git draws its history: a line for each router, its column below those that lead to it. Routers of a hop with several have letters, by which the
/// paths, and the links where hops are meshed, are told.
/// </summary>
internal static class PathsText
{
    // More paths are no reading.
    private const int MostPaths = 16;

    public static void Write(TextWriter output, string host, PathsResult result, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"paths to {host} ({result.Request.Target.ToIPAddress()}), {result.Request.Options.MaximumTimeToLive} hops max, {result.Request.PacketSize} byte packets, failure bound {result.Options.FailureBound}"));
        PathGraph graph = result.Graph;
        var layout = new PathsLayout(graph);
        string[] ids = Ids(graph, layout);
        string[] shown = [.. graph.Nodes.Select(node => Shown(node, names))];
        int width = shown.Select(text => text.Length).DefaultIfEmpty(0).Max();
        int columns = graph.Nodes.Count == 0 ? 0 : Enumerable.Range(0, graph.Nodes.Count).Max(layout.ColumnOf) + 1;
        bool wasMeshed = false;
        for (int hop = 0; hop < layout.Hops.Length; hop++)
        {
            int[] nodes = layout.Hops[hop];
            int[] next = hop + 1 < layout.Hops.Length ? layout.Hops[hop + 1] : [];
            string? lines = PathsLines.Between(layout, nodes, next, out bool isMeshed) is { } drawn && next.Length > 0 ? drawn : null;
            for (int i = 0; i < nodes.Length; i++)
            {
                string label = nodes.Length > 1 ? ids[nodes[i]] : graph.Nodes[nodes[i]].TimeToLive.ToString(CultureInfo.InvariantCulture);
                var line = new StringBuilder(label.PadLeft(nodes.Length > 1 ? 2 + ids[nodes[i]].Count(char.IsLetter) : 2).PadRight(5));
                line.Append(Columns(graph, layout, nodes, i, columns)).Append(' ').Append(shown[nodes[i]].PadRight(width)).Append(Facts(graph.Nodes[nodes[i]], nodes.Length > 1));
                if (isMeshed)
                {
                    line.Append("  → ").AppendJoin(' ', layout.Behind(nodes[i]).Select(node => ids[node]));
                }

                output.WriteLine(line.ToString().TrimEnd());
                foreach (MplsLabel mpls in graph.Nodes[nodes[i]].Answer?.Labels ?? [])
                {
                    output.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"     {Columns(graph, layout, nodes, i, columns, isBelow: true)} [MPLS: Lbl {mpls.Label} TC {mpls.TrafficClass} S {(mpls.IsBottom ? 1 : 0)} TTL {mpls.TimeToLive}]"));
                }
            }

            wasMeshed |= isMeshed;
            if (lines is not null)
            {
                output.WriteLine($"     {lines.TrimEnd()}");
            }
        }

        WritePaths(output, graph, ids, wasMeshed);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Probes} probes, {result.Took / (double)Span.Second:F2} s"));
        output.Flush();
    }

    // Each path by the routers that others do not have.
    private static void WritePaths(TextWriter output, PathGraph graph, string[] ids, bool isMeshed)
    {
        if (graph.Paths.Count < 2)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine($"{graph.Paths.Count} paths{(isMeshed ? " seen, and more where hops are meshed (═)" : "")}:");
        foreach (FoundPath path in graph.Paths.Take(MostPaths))
        {
            IEnumerable<string> way = path.Nodes.Where(node => !graph.Paths.All(other => other.Nodes.Contains(node))).Select(node => ids[node]);
            output.WriteLine($"  {string.Join(' ', way)}: {Count(path.Flows, "flow")}, {path.Lost} of {path.Sent} unanswered");
        }

        if (graph.Paths.Count > MostPaths)
        {
            output.WriteLine($"  and {graph.Paths.Count - MostPaths} more (--json has them all)");
        }
    }

    private static string Columns(PathGraph graph, PathsLayout layout, int[] nodes, int row, int columns, bool isBelow = false)
    {
        char[] line = new string(' ', columns * 2).ToCharArray();
        foreach ((int other, int at) in nodes.Select((other, at) => (other, at)))
        {
            bool goesOn = layout.Behind(other).Count > 0;
            bool isHere = at == row && !isBelow;
            if (!isHere && (at > row || goesOn))
            {
                line[layout.ColumnOf(other) * 2] = '│';
            }
        }

        if (!isBelow)
        {
            line[layout.ColumnOf(nodes[row]) * 2] = graph.Nodes[nodes[row]].Address is null ? '○' : '●';
        }

        return new string(line);
    }

    private static string[] Ids(PathGraph graph, PathsLayout layout)
    {
        string[] ids = new string[graph.Nodes.Count];
        foreach (int[] hop in layout.Hops)
        {
            for (int i = 0; i < hop.Length; i++)
            {
                ids[hop[i]] = graph.Nodes[hop[i]].TimeToLive.ToString(CultureInfo.InvariantCulture) + (hop.Length > 1 ? Letters(i) : "");
            }
        }

        return ids;
    }

    // a to z, then aa, ab, as a spreadsheet's columns.
    private static string Letters(int number) => (number < 26 ? "" : Letters(number / 26 - 1)) + (char)('a' + number % 26);

    private static string Shown(PathNode node, IReadOnlyDictionary<PeerAddress, string?> names) => node.Address is not { } address ? "*"
        : names[address] is { } name ? $"{name} ({address.ToIPAddress()})"
        : address.ToIPAddress().ToString();

    private static string Facts(PathNode node, bool isOneOfSeveral)
    {
        var facts = new StringBuilder();
        if (node.Answer is { } answer)
        {
            facts.Append(CultureInfo.InvariantCulture, $"  {Span.ToMilliseconds(node.Statistics.Best),8:F3} ms");
            string mark = AnswerKinds.Mark(answer.Kind, answer.Code, answer.Mtu);
            facts.Append(mark.Length > 0 ? " " : "").Append(mark);
        }

        if (isOneOfSeveral)
        {
            facts.Append(CultureInfo.InvariantCulture, $"  {node.Part * 100,3:F0} %");
        }

        if (node.Answer is not null && node.Statistics.Lost > 0)
        {
            facts.Append(CultureInfo.InvariantCulture, $"  {node.Statistics.Lost} of {node.Statistics.Sent} {(node.Withholds ? "withheld" : "unanswered")}");
        }

        return facts.ToString();
    }

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
