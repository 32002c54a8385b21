using System.Globalization;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Packets;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Paths.Drawing;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Program;

/// <summary>
/// All paths as a drawing. Routers of a hop with several have letters, by which the paths, and the links where hops are meshed, are told.
/// </summary>
internal static class PathsText
{
    // More paths are no reading.
    private const int MostPaths = 16;

    public static void Write(TextWriter output, string host, PathsResult result, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"paths to {host} ({result.Request.Target.ToIPAddress()}), {result.Request.Options.MaximumTimeToLive} hops max, {result.Request.PacketSize} byte packets, failure bound {result.Options.FailureBound} at each parting"));
        PathGraph graph = result.Graph;
        string[] ids = PathDrawing.Ids(graph);
        string[] shown = [.. graph.Nodes.Select(node => Shown(node, names))];
        int width = shown.Select(text => text.Length).DefaultIfEmpty(0).Max();
        bool isMeshed = false;
        foreach (DrawnLine line in PathDrawing.Draw(graph))
        {
            if (line.Node is not { } node)
            {
                output.WriteLine($"     {line.Columns.TrimEnd()}");
                continue;
            }

            isMeshed |= line.To.Count > 0;
            string to = line.To.Count > 0 ? $"  → {string.Join(' ', line.To.Select(other => ids[other]))}" : "";
            bool isOneOfSeveral = char.IsLetter(ids[node][^1]);
            output.WriteLine($"{Label(ids[node])}{line.Columns} {shown[node].PadRight(width)}{Facts(graph.Nodes[node], isOneOfSeveral)}{to}".TrimEnd());
            foreach (MplsLabel mpls in graph.Nodes[node].Answer?.Labels ?? [])
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"     {line.Below} [MPLS: Lbl {mpls.Label} TC {mpls.TrafficClass} S {(mpls.IsBottom ? 1 : 0)} TTL {mpls.TimeToLive}]"));
            }
        }

        WritePaths(output, graph, ids, isMeshed);
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

    // Numbers below numbers, letters below letters.
    private static string Label(string id) => (id.TrimEnd([.. "abcdefghijklmnopqrstuvwxyz"]).Length < 2 ? $" {id}" : id).PadRight(5);

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
