using System.Buffers.Binary;
using System.Text.Json;
using Roundtrip.Live.Log;
using Roundtrip.Live.Topics;

namespace Roundtrip.Live.Carriers;

/// <summary>What a hub says on <c>roundtrip.live.v1</c>: docs/live.md, beside its messages.</summary>
public static class LiveAnswers
{
    /// <param name="heartbeat">Milliseconds.</param>
    public static byte[] Welcome(string epoch, string last, int heartbeat) => LiveJson.Write(writer =>
    {
        writer.WriteString("op", "welcome");
        writer.WriteString("epoch", epoch);
        writer.WriteString("last", last);
        writer.WriteNumber("heartbeat", heartbeat);
    });

    /// <param name="from">The id that it begins behind.</param>
    public static byte[] Subscribed(long subscription, string from) => Of("subscribed", subscription, writer => writer.WriteString("from", from));

    public static byte[] Unsubscribed(long subscription) => Of("unsubscribed", subscription, static _ => { });

    /// <summary>Nothing that the subscription wants is left up to an id.</summary>
    public static byte[] Place(long subscription, string id) => Of("place", subscription, writer => writer.WriteString("id", id));

    public static byte[] Gap(long subscription, LiveGap gap) => Of(LiveWords.GapEvent, subscription, writer => LiveJson.WriteGap(writer, gap));

    /// <summary>All that a subscription wanted is closed.</summary>
    public static byte[] Closed(long subscription, IReadOnlyList<TopicSelector> wanted) => Of("message", subscription, writer =>
    {
        writer.WriteString("id", LiveWords.ClosedId);
        writer.WriteStartArray("topics");
        foreach (TopicSelector topic in wanted)
        {
            writer.WriteStringValue(topic.Text);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("close", true);
        writer.WriteString("data", "");
    });

    public static byte[] Published(long reference, string id) => LiveJson.Write(writer =>
    {
        writer.WriteString("op", "published");
        writer.WriteNumber("ref", reference);
        writer.WriteString("id", id);
    });

    public static byte[] TokenTaken() => LiveJson.Write(static writer => writer.WriteString("op", "token"));

    public static byte[] Expired() => LiveJson.Write(static writer => writer.WriteString("op", "expired"));

    /// <param name="what">What the number is of: <c>sub</c> or <c>ref</c>.</param>
    /// <param name="status">As HTTP would have it.</param>
    public static byte[] Error(string what, long number, int status, string text) => LiveJson.Write(writer =>
    {
        writer.WriteString("op", "error");
        writer.WriteNumber(what, number);
        writer.WriteNumber("status", status);
        writer.WriteString("text", text);
    });

    /// <summary>A piece of the JSON text of a message.</summary>
    public static byte[] Part(string id, IReadOnlyList<long> subscriptions, bool isLast, ReadOnlySpan<byte> text)
    {
        string piece = System.Text.Encoding.UTF8.GetString(text);
        return LiveJson.Write(writer =>
        {
            WritePart(writer, id, subscriptions, isLast);
            writer.WriteString("text", piece);
        });
    }

    /// <summary>A piece of the binary form of a message, in a binary form of its own.</summary>
    public static byte[] BinaryPart(string id, IReadOnlyList<long> subscriptions, bool isLast, ReadOnlySpan<byte> piece) =>
        Join(LiveJson.Write(writer => WritePart(writer, id, subscriptions, isLast)), piece);

    /// <summary>A message's JSON with the subscriptions that it is for.</summary>
    /// <param name="json">An object with at least one member.</param>
    public static byte[] For(IReadOnlyList<long> subscriptions, ReadOnlySpan<byte> json)
    {
        ReadOnlySpan<byte> numbers = LiveJson.Write(writer => WriteSubscriptions(writer, subscriptions));
        return [.. numbers[..^1], (byte)',', .. json[1..]];
    }

    /// <summary>The binary form: the head's length in four bytes (big-endian), the head in JSON, the content.</summary>
    public static byte[] Join(ReadOnlySpan<byte> head, ReadOnlySpan<byte> content)
    {
        byte[] whole = new byte[4 + head.Length + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(whole, head.Length);
        head.CopyTo(whole.AsSpan(4));
        content.CopyTo(whole.AsSpan(4 + head.Length));
        return whole;
    }

    private static void WritePart(Utf8JsonWriter writer, string id, IReadOnlyList<long> subscriptions, bool isLast)
    {
        writer.WriteString("op", "part");
        WriteSubscriptions(writer, subscriptions);
        writer.WriteString("id", id);
        writer.WriteBoolean("last", isLast);
    }

    private static void WriteSubscriptions(Utf8JsonWriter writer, IReadOnlyList<long> subscriptions)
    {
        writer.WriteStartArray("subs");
        foreach (long subscription in subscriptions)
        {
            writer.WriteNumberValue(subscription);
        }

        writer.WriteEndArray();
    }

    private static byte[] Of(string word, long subscription, Action<Utf8JsonWriter> members) => LiveJson.Write(writer =>
    {
        writer.WriteString("op", word);
        writer.WriteNumber("sub", subscription);
        members(writer);
    });
}
