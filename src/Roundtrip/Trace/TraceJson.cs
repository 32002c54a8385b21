using System.Text.Json;
using Roundtrip.Core;
using Roundtrip.Tools.Names.Delegation;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Mtu;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Program;

/// <summary>A trace as one JSON document. Times are in milliseconds.</summary>
internal static class TraceJson
{
    public static void Write(Stream output, string host, TraceResult result, IReadOnlyDictionary<PeerAddress, string?> names, ThoroughNames? thorough) =>
        TraceDocument.Write(output, host, result.Request, result.Source, result.IsRaw, thorough, json => WriteMembers(json, result, names));

    private static void WriteMembers(Utf8JsonWriter json, TraceResult result, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        TraceDocument.WriteOutcome(json, result.Outcome, result.Loop);
        if (result.Mtu is { } steps)
        {
            WriteMtu(json, steps);
        }

        json.WriteNumber("took", Span.ToMilliseconds(result.Took));
        json.WriteNumber("untold", result.Untold);
        json.WriteStartArray("hops");
        double[] lost = Loss.OnTheWay([.. result.Hops.Select(hop => hop.StatisticsOf().LossRate)]);
        for (int i = 0; i < result.Hops.Count; i++)
        {
            WriteHop(json, result.Hops, i, lost[i], names);
        }

        json.WriteEndArray();
    }

    private static void WriteMtu(Utf8JsonWriter json, IReadOnlyList<MtuStep> steps)
    {
        json.WriteStartObject("mtu");
        json.WriteNumber("path", steps[^1].Mtu);
        json.WriteStartArray("steps");
        foreach (MtuStep step in steps)
        {
            json.WriteStartObject();
            json.WriteNumber("ttl", step.TimeToLive);
            json.WriteNumber("mtu", step.Mtu);
            json.WriteString("said_by", step.SaidBy?.ToIPAddress().ToString());
            json.WriteBoolean("black_hole", step.IsSilent);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteHop(Utf8JsonWriter json, IReadOnlyList<Hop> hops, int index, double lost, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        Hop hop = hops[index];
        Statistics all = hop.StatisticsOf();
        json.WriteStartObject();
        json.WriteNumber("ttl", hop.TimeToLive);
        json.WriteNumber("sent", all.Sent);
        json.WriteNumber("received", all.Received);

        // What is lost here is at most what is lost behind it; the rest the router had and did not answer.
        json.WriteNumber("loss", lost);
        json.WriteBoolean("withholds", Loss.IsWithheld(hops, index));
        if (all.Received > 0)
        {
            json.WriteNumber("best", Span.ToMilliseconds(all.Best));
            json.WriteNumber("average", all.Average / Span.Millisecond);
            json.WriteNumber("worst", Span.ToMilliseconds(all.Worst));
            json.WriteNumber("deviation", all.Deviation / Span.Millisecond);
        }

        json.WriteStartArray("probes");
        foreach (ProbeResult probe in hop.Probes)
        {
            WriteProbe(json, probe, names);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProbe(Utf8JsonWriter json, in ProbeResult probe, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        if (probe.Answer is not { } answer)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("address", answer.From.ToIPAddress().ToString());
        json.WriteString("name", names[answer.From]);
        json.WriteNumber("rtt", Span.ToMilliseconds(probe.RoundTrip));
        json.WriteString("mark", AnswerKinds.Mark(answer.Kind, answer.Code, answer.Mtu));
        json.WriteNumber("reply_ttl", answer.TimeToLive);
        json.WriteBoolean("translated", answer.IsTranslated);
        TraceDocument.WriteLabels(json, answer);
        json.WriteEndObject();
    }
}
