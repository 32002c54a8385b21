using System.Text.Json;
using Roundtrip.Live.Log;
using Roundtrip.Live.Topics;

namespace Roundtrip.Live.Carriers;

/// <summary>What a client says on <c>roundtrip.live.v1</c>: one JSON object, or the binary form, in which a head's length in four bytes (big-endian), the head in JSON and the content follow each other.</summary>
public sealed class LiveCommand
{
    private const int MaximumTopics = 100;

    public LiveCommandKind Kind { get; private init; }

    /// <summary>What the client calls the subscription, or the publication whose outcome it wants to know; 0 for nothing.</summary>
    public long Reference { get; private init; }

    /// <summary>What a subscription is for.</summary>
    public IReadOnlyList<TopicSelector> Topics { get; private init; } = [];

    /// <summary>The last id that the client has of these topics; null for what is yet to come.</summary>
    public string? Since { get; private init; }

    /// <summary>What is to be published.</summary>
    public LiveDraft? Draft { get; private init; }

    /// <summary>The token that takes the place of the one before.</summary>
    public string Token { get; private init; } = "";

    /// <summary>Reads a command.</summary>
    /// <param name="isBinary">Whether it came as a binary message.</param>
    /// <param name="fault">What is wrong with it, for the client.</param>
    public static LiveCommand? TryRead(ReadOnlyMemory<byte> message, bool isBinary, out string fault)
    {
        ReadOnlyMemory<byte> head = message;
        ReadOnlyMemory<byte> content = default;
        fault = "";
        if (isBinary)
        {
            if (message.Length < 4 || System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(message.Span) is var length && length > message.Length - 4)
            {
                fault = "a binary message begins with the length of its head in four bytes, and the head";
                return null;
            }

            head = message.Slice(4, (int)length);
            content = message[(4 + (int)length)..];
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(head, new JsonDocumentOptions { MaxDepth = 8 });
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement, isBinary ? content : default(ReadOnlyMemory<byte>?), out fault) : Wrong("a command is a JSON object", out fault);
        }
        catch (JsonException broken)
        {
            return Wrong($"no JSON, at byte {broken.BytePositionInLine}", out fault);
        }
        catch (InvalidOperationException)
        {
            // GetString.
            return Wrong("a string is no UTF-8, or has half of a surrogate pair", out fault);
        }
    }

    private static LiveCommand? Read(JsonElement root, ReadOnlyMemory<byte>? content, out string fault)
    {
        fault = "";
        if (!TryNumber(root, root.TryGetProperty("sub", out _) ? "sub" : "ref", out long reference))
        {
            return Wrong("sub and ref are whole numbers that are not negative", out fault);
        }

        switch (Text(root, "op"))
        {
            case "subscribe":
                return Subscribe(root, reference, out fault);

            case "unsubscribe":
                return new LiveCommand { Kind = LiveCommandKind.Unsubscribe, Reference = reference };

            case "publish":
                LiveDraft? draft = PublishForm.TryMake(Fields(root), out fault);
                return draft is null ? null : new LiveCommand { Kind = LiveCommandKind.Publish, Reference = reference, Draft = content is { } bytes ? draft with { Data = bytes.ToArray(), IsBinary = true } : draft };

            case "token":
                return Text(root, "token") is { } token ? new LiveCommand { Kind = LiveCommandKind.Token, Reference = reference, Token = token } : Wrong("token is missing", out fault);

            default:
                return Wrong("op is none of subscribe, unsubscribe, publish, token", out fault);
        }
    }

    private static LiveCommand? Subscribe(JsonElement root, long reference, out string fault)
    {
        fault = "";
        var topics = new List<TopicSelector>();
        if (!root.TryGetProperty("topics", out JsonElement array) || array.ValueKind != JsonValueKind.Array || array.GetArrayLength() is 0 or > MaximumTopics)
        {
            return Wrong($"topics are 1 to {MaximumTopics} strings", out fault);
        }

        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || !TopicSelector.TryParse(item.GetString()!, out TopicSelector? selector))
            {
                return Wrong($"a topic is a string of 1 to {TopicSelector.MaximumLength} characters without control characters", out fault);
            }

            topics.Add(selector);
        }

        return new LiveCommand { Kind = LiveCommandKind.Subscribe, Reference = reference, Topics = [.. topics], Since = Text(root, "since") };
    }

    // The members of a publication are the fields of the form: the same rules hold for both.
    private static List<(string Name, string Value)> Fields(JsonElement root)
    {
        var fields = new List<(string, string)>();
        foreach (JsonProperty member in root.EnumerateObject())
        {
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.String:
                    fields.Add((member.Name, member.Value.GetString()!));
                    break;

                case JsonValueKind.True:
                case JsonValueKind.Number:
                    fields.Add((member.Name, member.Value.GetRawText()));
                    break;

                case JsonValueKind.Array when member.Name == "topics":
                    fields.AddRange(member.Value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => ("topic", item.GetString()!)));
                    break;
            }
        }

        return fields;
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool TryNumber(JsonElement root, string name, out long number)
    {
        number = 0;
        return !root.TryGetProperty(name, out JsonElement value) || (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out number) && number >= 0);
    }

    private static LiveCommand? Wrong(string what, out string fault)
    {
        fault = what;
        return null;
    }
}
