using Roundtrip.Live.Topics;

namespace Roundtrip.Live.Tokens;

/// <summary>What a token allows (Mercure, "Authorization").</summary>
public sealed class LiveGrant
{
    /// <summary>What nobody's token allows.</summary>
    public static readonly LiveGrant Nothing = new();

    /// <summary>The topics that may be published to; null where the claim is missing, which allows nothing.</summary>
    public IReadOnlyList<TopicSelector>? Publish { get; init; }

    /// <summary>The topics whose private messages may be seen.</summary>
    public IReadOnlyList<TopicSelector> Subscribe { get; init; } = [];

    /// <summary>What the subscriptions API tells of the subscriber, as JSON; empty for nothing.</summary>
    public string Payload { get; init; } = "";

    /// <summary>When it ends, in seconds since 1970: whoever is connected by it is then asked for another. <see cref="long.MaxValue"/> for never.</summary>
    public long Expires { get; init; } = long.MaxValue;

    /// <summary>Whether all topics of a message may be published to, the alternates too.</summary>
    public bool MayPublish(IReadOnlyList<string> topics) => Publish is { } allowed && topics.All(topic => allowed.Any(selector => selector.Matches(topic)));
}
