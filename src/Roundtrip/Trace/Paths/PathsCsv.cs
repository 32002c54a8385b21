using System.Globalization;
using Roundtrip.Core;
using Roundtrip.Trace;
using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Program;

/// <summary>All paths as comma-separated values (RFC 4180): a line for each router, with those behind it. Who does not answer is a star.</summary>
internal static class PathsCsv
{
    public static void Write(TextWriter output, PathGraph graph, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        output.WriteLine("ttl,address,name,flows,sent,lost,withholds,best_ms,average_ms,mark,next");
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            PathNode node = graph.Nodes[i];
            string next = string.Join(' ', graph.Links.Where(link => link.From == i).Select(link => Shown(graph.Nodes[link.To])));
            string mark = node.Answer is { } answer ? AnswerKinds.Mark(answer.Kind, answer.Code, answer.Mtu) : "";
            string times = node.Statistics.Received > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{Span.ToMilliseconds(node.Statistics.Best):F3},{node.Statistics.Average / Span.Millisecond:F3}")
                : ",";
            output.WriteLine(
                $"{node.TimeToLive},{Shown(node)},{(node.Address is { } address ? names[address] : null)},{node.Flows},{node.Statistics.Sent},{node.Statistics.Lost},{(node.Withholds ? 1 : 0)},{times},{mark},{next}");
        }
    }

    private static string Shown(PathNode node) => node.Address?.ToIPAddress().ToString() ?? "*";
}
