namespace Roundtrip.Live.Log;

/// <summary>What a publisher wants told: a message that has no place yet.</summary>
public sealed record LiveDraft
{
    /// <summary>The topic, and after it others under which the same may be found (Mercure: alternates). At least one.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>The content: text in UTF-8, or bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Whether the content is bytes and not text.</summary>
    public bool IsBinary { get; init; }

    /// <summary>Only for subscribers whose token allows one of the topics.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>The publisher's own name for it; null for none. One that the log still has is not told again.</summary>
    public string? Id { get; init; }

    /// <summary>The event's name for subscribers; empty for the usual, <c>message</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary>How long a subscriber waits before it connects again, in milliseconds; null says nothing of it.</summary>
    public long? Retry { get; init; }

    /// <summary>Of several messages of one topic with one key, a slow subscriber that coalesces gets the last; empty for none.</summary>
    public string Key { get; init; } = "";

    /// <summary>Ends its topic: subscribers are told that nothing more comes.</summary>
    public bool IsClose { get; init; }
}
