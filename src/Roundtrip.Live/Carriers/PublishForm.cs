using System.Globalization;
using System.Text;
using Roundtrip.Live.Log;
using Roundtrip.Live.Topics;

namespace Roundtrip.Live.Carriers;

/// <summary>A publisher's POST (Mercure, "Publication"): topic, data, private, id, type, retry; and of ours key and close.</summary>
public static class PublishForm
{
    private const int MaximumFields = 100;

    /// <param name="content">application/x-www-form-urlencoded.</param>
    /// <param name="fault">What is wrong with it, in a sentence for the publisher.</param>
    public static LiveDraft? TryRead(ReadOnlySpan<byte> content, out string fault)
    {
        fault = "the content is no application/x-www-form-urlencoded in UTF-8, or has too many fields";
        return FormFields.TryRead(content, MaximumFields) is { } fields ? TryMake(fields, out fault) : null;
    }

    /// <summary>Makes a draft of fields that stand in a query, beside the bytes that they are about.</summary>
    /// <param name="content">Kept: nobody may write to it any more.</param>
    public static LiveDraft? TryRead(IReadOnlyList<(string Name, string Value)> fields, ReadOnlyMemory<byte> content, out string fault)
    {
        if (Last(fields, "data") is not null)
        {
            fault = "data is the content, and stands in no field beside it";
            return null;
        }

        return TryMake(fields, out fault) is { } draft ? draft with { Data = content, IsBinary = true } : null;
    }

    /// <summary>Makes a draft of fields, whichever carrier they came by.</summary>
    public static LiveDraft? TryMake(IReadOnlyList<(string Name, string Value)> fields, out string fault)
    {
        fault = "";
        string[] topics = [.. fields.Where(field => field.Name == "topic").Select(field => field.Value).Distinct(StringComparer.Ordinal)];
        string? id = Last(fields, "id");
        string? retry = Last(fields, "retry");
        string type = Last(fields, "type") ?? "";
        string key = Last(fields, "key") ?? "";
        long? milliseconds = null;
        if (topics.Length == 0 || topics.Any(topic => !IsTopic(topic)))
        {
            fault = $"topic is missing, longer than {TopicSelector.MaximumLength} characters, or has control characters";
        }
        else if (id is not null && !IsId(id))
        {
            fault = "id begins with #, is CLOSE or earliest, is longer than 256 characters, or has CR, LF or NUL";
        }
        else if (type is LiveWords.GapEvent or LiveWords.BinaryEvent)
        {
            fault = "events named gap and binary are the hub's own";
        }
        else if (type.AsSpan().ContainsAny("\r\n\0") || key.Length > TopicSelector.MaximumLength)
        {
            fault = "type has CR, LF or NUL, or key is too long";
        }
        else if (!string.IsNullOrEmpty(retry) && !(retry.All(char.IsAsciiDigit) && long.TryParse(retry, NumberStyles.None, CultureInfo.InvariantCulture, out long said) && (milliseconds = said) is not null))
        {
            fault = "retry is no number of milliseconds";
        }

        return fault.Length > 0 ? null : new LiveDraft
        {
            Topics = topics,
            Data = Encoding.UTF8.GetBytes(Last(fields, "data") ?? ""),
            IsPrivate = Last(fields, "private") is not null,
            Id = string.IsNullOrEmpty(id) ? null : id,
            Type = type,
            Retry = milliseconds,
            Key = key,
            IsClose = Last(fields, "close") is not null,
        };
    }

    private static bool IsTopic(string topic) => topic.Length is > 0 and <= TopicSelector.MaximumLength && topic != TopicSelector.Any && !topic.Any(char.IsControl);

    // Mercure, "Publication": none begins with #, which is the hub's. CLOSE and earliest have meanings of their own.
    private static bool IsId(string id) => id.Length <= 256 && !id.StartsWith('#') && id is not (LiveLog.Earliest or LiveWords.ClosedId) && !id.AsSpan().ContainsAny("\r\n\0");

    private static string? Last(IReadOnlyList<(string Name, string Value)> fields, string name)
    {
        for (int i = fields.Count - 1; i >= 0; i--)
        {
            if (fields[i].Name == name)
            {
                return fields[i].Value;
            }
        }

        return null;
    }
}
