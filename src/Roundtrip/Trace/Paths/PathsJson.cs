using System.Text.Json;
using Roundtrip.Core;
using Roundtrip.Tools.Names.Delegation;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Paths;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Program;

/// <summary>All paths as one JSON document: nodes, links between them by the nodes' ids, and the ways that flows were seen to take. Times are in milliseconds.</summary>
internal static class PathsJson
{
    public static void Write(Stream output, string host, PathsResult result, IReadOnlyDictionary<PeerAddress, string?> names, ThoroughNames? thorough) =>
        TraceDocument.Write(output, host, result.Request, result.Source, result.IsRaw, thorough, json => WriteMembers(json, result, names));

    private static void WriteMembers(Utf8JsonWriter json, PathsResult result, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        TraceDocument.WriteOutcome(json, result.Outcome, result.Loop);
        json.WriteNumber("took", Span.ToMilliseconds(result.Took));
        json.WriteNumber("probes", result.Probes);
        json.WriteNumber("untold", result.Untold);
        json.WriteNumber("failure_bound", result.Options.FailureBound);
        json.WriteBoolean("whole", result.Graph.IsWhole);
        json.WriteStartArray("nodes");
        for (int id = 0; id < result.Graph.Nodes.Count; id++)
        {
            WriteNode(json, id, result.Graph.Nodes[id], names);
        }

        json.WriteEndArray();
        json.WriteStartArray("links");
        foreach (PathLink link in result.Graph.Links)
        {
            json.WriteStartObject();
            json.WriteNumber("from", link.From);
            json.WriteNumber("to", link.To);
            json.WriteNumber("flows", link.Flows);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("paths");
        foreach (FoundPath path in result.Graph.Paths)
        {
            WritePath(json, path);
        }

        json.WriteEndArray();
    }

    private static void WriteNode(Utf8JsonWriter json, int id, PathNode node, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteNumber("ttl", node.TimeToLive);
        json.WriteString("address", node.Address?.ToIPAddress().ToString());
        json.WriteString("name", node.Address is { } address ? names[address] : null);
        json.WriteNumber("flows", node.Flows);
        json.WriteNumber("part", node.Part);
        json.WriteNumber("sent", node.Statistics.Sent);
        json.WriteNumber("received", node.Statistics.Received);
        json.WriteBoolean("withholds", node.Withholds);
        if (node.Answer is { } answer)
        {
            json.WriteNumber("best", Span.ToMilliseconds(node.Statistics.Best));
            json.WriteNumber("average", node.Statistics.Average / Span.Millisecond);
            json.WriteNumber("worst", Span.ToMilliseconds(node.Statistics.Worst));
            json.WriteString("mark", AnswerKinds.Mark(answer.Kind, answer.Code, answer.Mtu));
            json.WriteBoolean("translated", answer.IsTranslated);
            TraceDocument.WriteLabels(json, answer);
        }

        json.WriteEndObject();
    }

    private static void WritePath(Utf8JsonWriter json, FoundPath path)
    {
        json.WriteStartObject();
        json.WriteStartArray("nodes");
        foreach (int node in path.Nodes)
        {
            json.WriteNumberValue(node);
        }

        json.WriteEndArray();
        json.WriteNumber("flows", path.Flows);
        json.WriteNumber("sent", path.Sent);
        json.WriteNumber("lost", path.Lost);
        json.WriteEndObject();
    }
}
