using System.Text.Json;
using Roundtrip.Core;
using Roundtrip.Packets;
using Roundtrip.Tools.Names.Delegation;
using Roundtrip.Tools.Tracing;
using Roundtrip.Trace;
using Roundtrip.Trace.Probes;

namespace Roundtrip.Program;

/// <summary>What the JSON documents about traces have in common: how they begin and end, and some of what is between.</summary>
internal static class TraceDocument
{
    /// <param name="thorough">Null where names were not walked for.</param>
    /// <param name="members">Writes what is between head and names.</param>
    public static void Write(Stream output, string host, TraceRequest request, PeerAddress source, bool isRaw, ThoroughNames? thorough, Action<Utf8JsonWriter> members)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        WriteHead(json, host, request, source, isRaw);
        members(json);
        if (thorough is not null)
        {
            WriteNames(json, thorough);
        }

        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static void WriteHead(Utf8JsonWriter json, string host, TraceRequest request, PeerAddress source, bool isRaw)
    {
        json.WriteString("host", host);
        json.WriteString("target", request.Target.ToIPAddress().ToString());
        json.WriteString("source", source.ToIPAddress().ToString());
        json.WriteString("protocol", request.Protocol switch { ProbeProtocol.Icmp => "icmp", ProbeProtocol.Tcp => "tcp", _ => "udp" });
        json.WriteBoolean("raw", isRaw);
    }

    /// <summary>How it ended, and the circle in which packets go where they do.</summary>
    public static void WriteOutcome(Utf8JsonWriter json, TraceOutcome outcome, RoutingLoop? circle)
    {
        json.WriteString("outcome", outcome switch
        {
            TraceOutcome.Reached => "reached",
            TraceOutcome.Unreachable => "unreachable",
            TraceOutcome.Loop => "loop",
            TraceOutcome.NotReached => "not reached",
            _ => "cancelled",
        });
        if (circle is { } loop)
        {
            json.WriteStartObject("loop");
            json.WriteNumber("first", loop.First);
            json.WriteNumber("length", loop.Length);
            json.WriteEndObject();
        }
    }

    /// <summary>The labels that a probe had, where it had any.</summary>
    public static void WriteLabels(Utf8JsonWriter json, in Answer answer)
    {
        if (answer.Labels is not { } labels)
        {
            return;
        }

        json.WriteStartArray("mpls");
        foreach (MplsLabel label in labels)
        {
            json.WriteStartObject();
            json.WriteNumber("label", label.Label);
            json.WriteNumber("tc", label.TrafficClass);
            json.WriteBoolean("bottom", label.IsBottom);
            json.WriteNumber("ttl", label.TimeToLive);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNames(Utf8JsonWriter json, ThoroughNames thorough)
    {
        json.WriteStartArray("names");
        foreach ((PeerAddress address, ThoroughName name) in thorough.Found)
        {
            json.WriteStartObject();
            json.WriteString("address", address.ToIPAddress().ToString());
            json.WriteString("name", name.Name);
            json.WriteBoolean("confirmed", name.IsConfirmed);
            json.WriteString("remark", name.Remark);
            json.WriteStartArray("zones");
            foreach (string zone in name.Zones)
            {
                json.WriteStringValue(zone);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
