using System.Text.Json;
using Roundtrip.Core;
using Roundtrip.Tools.Names.Delegation;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Rounds;

namespace Roundtrip.Program;

/// <summary>A trace that went on as one JSON document. Times are in milliseconds, loss is from 0 to 1.</summary>
internal static class LiveJson
{
    public static void Write(Stream output, string host, RoundsProgress progress, IReadOnlyDictionary<PeerAddress, string?> names, ThoroughNames? thorough) =>
        TraceDocument.Write(output, host, progress.Request, progress.Source, progress.IsRaw, thorough, json => WriteMembers(json, progress, names));

    private static void WriteMembers(Utf8JsonWriter json, RoundsProgress progress, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        json.WriteString("outcome", progress.Loop is not null ? "loop" : progress.IsReached ? "reached" : "not reached");
        json.WriteNumber("rounds", progress.Round);
        json.WriteStartArray("hops");
        foreach (RoundHop hop in progress.Hops)
        {
            Write(json, hop, names);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, RoundHop hop, IReadOnlyDictionary<PeerAddress, string?> names)
    {
        Statistics trips = hop.Statistics;
        json.WriteStartObject();
        json.WriteNumber("ttl", hop.TimeToLive);
        json.WriteStartArray("addresses");
        foreach (PeerAddress address in hop.Addresses)
        {
            json.WriteStartObject();
            json.WriteString("address", address.ToIPAddress().ToString());
            json.WriteString("name", names[address]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("mark", hop.Mark);
        json.WriteNumber("sent", hop.Sent);
        json.WriteNumber("received", trips.Received);
        json.WriteNumber("loss", hop.Loss);
        json.WriteNumber("withheld", hop.Withheld);
        if (trips.Received > 0)
        {
            json.WriteNumber("last", Span.ToMilliseconds(trips.Last));
            json.WriteNumber("average", trips.Average / Span.Millisecond);
            json.WriteNumber("best", Span.ToMilliseconds(trips.Best));
            json.WriteNumber("worst", Span.ToMilliseconds(trips.Worst));
            json.WriteNumber("deviation", trips.Deviation / Span.Millisecond);
            json.WriteNumber("jitter", trips.Jitter / Span.Millisecond);
        }

        json.WriteEndObject();
    }
}
