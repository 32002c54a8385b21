using System.Text.Json;
using Roundtrip.Live.Log;
using Roundtrip.Live.Subscribing;

namespace Roundtrip.Live.Carriers;

/// <summary>The answer to a poll: <c>{"last":…,"gap":{…},"more":true,"closed":true,"messages":[…]}</c>, where gap, more and closed stand only if they are so.</summary>
public sealed class PollAnswer
{
    private readonly List<byte[]> _messages = [];
    private LiveGap? _gap;
    private long _bytes;

    /// <summary>The id to give as <c>since</c> next time.</summary>
    public string Last { get; private set; } = "";

    public int Count => _messages.Count;

    /// <summary>Whether more was there than the answer was to have: then what it has will never change.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Whether all that was asked for is closed.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether it says anything that the client does not know.</summary>
    public bool IsEmpty => _messages.Count == 0 && _gap is null && !IsClosed;

    /// <summary>Takes what there is for a subscriber.</summary>
    /// <param name="last">The id that it has so far.</param>
    /// <param name="maximum">How many messages at most.</param>
    /// <param name="maximumBytes">How many bytes of them at most, but for the first.</param>
    public void Take(Subscriber subscriber, string last, int maximum, long maximumBytes)
    {
        Last = last;
        while (true)
        {
            if (_messages.Count == maximum || _bytes > maximumBytes)
            {
                HasMore = !subscriber.IsCaughtUp;
                return;
            }

            switch (subscriber.Next(out LiveMessage? message, out LiveGap gap))
            {
                case SubscriberStep.Message:
                    byte[] encoded = message!.Form(EncodedForms.Json, LiveJson.Message);
                    _messages.Add(encoded);
                    _bytes += encoded.Length;
                    Last = message.Id;
                    break;

                case SubscriberStep.Gap:
                    _gap = gap;
                    break;

                default:
                    return;
            }
        }
    }

    /// <summary>Has the client go on behind an id that it did not want to see.</summary>
    public void PassTo(string id) => Last = id;

    /// <summary>The JSON object.</summary>
    public byte[] ToJson() => LiveJson.Write(writer =>
    {
        writer.WriteString("last", Last);
        if (_gap is { } gap)
        {
            writer.WriteStartObject(LiveWords.GapEvent);
            LiveJson.WriteGap(writer, gap);
            writer.WriteEndObject();
        }

        WriteIf(writer, "more", HasMore);
        WriteIf(writer, "closed", IsClosed);
        writer.WriteStartArray("messages");
        foreach (byte[] message in _messages)
        {
            writer.WriteRawValue(message, skipInputValidation: true);
        }

        writer.WriteEndArray();
    });

    private static void WriteIf(Utf8JsonWriter writer, string name, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(name, true);
        }
    }
}
