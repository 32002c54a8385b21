using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Roundtrip.Live.Log;

namespace Roundtrip.Live.Carriers;

/// <summary>Messages and gaps as JSON objects: docs/live.md, "Forms".</summary>
public static class LiveJson
{
    // What HTML would need escaped is no danger in application/json, and costs bytes.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A message: <c>{"op":"message","id":…,"topics":[…],"type":…,"data":…}</c>; bytes stand in <c>base64</c>.</summary>
    public static byte[] Message(LiveMessage message) => Write(writer =>
    {
        writer.WriteString("op", "message");
        WriteHead(writer, message);
        if (message.IsBinary)
        {
            writer.WriteBase64String("base64", message.Data.Span);
        }
        else
        {
            writer.WriteString("data", message.Data.Span);
        }
    });

    /// <summary>A message without its content, which goes beside it as bytes.</summary>
    public static byte[] Head(LiveMessage message) => Write(writer =>
    {
        writer.WriteString("op", "message");
        WriteHead(writer, message);
    });

    /// <summary>What is missing: <c>{"op":"gap","after":…,"before":…,"count":…,"reason":…}</c>; without a count where it is not known.</summary>
    public static byte[] Gap(in LiveGap gap)
    {
        LiveGap told = gap;
        return Write(writer =>
        {
            writer.WriteString("op", LiveWords.GapEvent);
            WriteGap(writer, told);
        });
    }

    /// <summary>Writes an object.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>A gap's members.</summary>
    public static void WriteGap(Utf8JsonWriter writer, in LiveGap gap)
    {
        writer.WriteString("after", gap.After);
        writer.WriteString("before", gap.Before);
        if (gap.Count >= 0)
        {
            writer.WriteNumber("count", gap.Count);
        }

        writer.WriteString("reason", gap.Reason switch
        {
            LiveGapReason.Expired => "expired",
            LiveGapReason.UnknownId => "unknown-id",
            LiveGapReason.NewEpoch => "new-epoch",
            _ => "too-slow",
        });
    }

    private static void WriteHead(Utf8JsonWriter writer, LiveMessage message)
    {
        writer.WriteString("id", message.Id);
        writer.WriteStartArray("topics");
        foreach (string topic in message.Topics)
        {
            writer.WriteStringValue(topic);
        }

        writer.WriteEndArray();
        if (message.Type.Length > 0)
        {
            writer.WriteString("type", message.Type);
        }

        if (message.Key.Length > 0)
        {
            writer.WriteString("key", message.Key);
        }

        if (message.IsClose)
        {
            writer.WriteBoolean("close", true);
        }
    }
}
