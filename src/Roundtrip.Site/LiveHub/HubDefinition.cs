using System.Collections.Immutable;
using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;
using Roundtrip.Live.Subscribing;
using Roundtrip.Live.Tokens;

namespace Roundtrip.Site.LiveHub;

/// <summary>What the configuration says of one hub: LiveHub and what stands beside it.</summary>
internal sealed record HubDefinition
{
    /// <summary>Mercure's path (RFC 8615).</summary>
    public const string DefaultPath = "/.well-known/mercure";

    /// <summary>Whether there is a LiveHub at all.</summary>
    public bool IsThere { get; init; }

    public string Path { get; init; } = DefaultPath;

    public HistoryLimit History { get; init; } = HistoryLimit.Default;

    /// <summary>What keeps the messages; null for memory.</summary>
    public StoreAddress? Store { get; init; }

    /// <summary>How many messages may wait for a slow subscriber.</summary>
    public int Queue { get; init; } = 256;

    public QueuePolicy Policy { get; init; } = QueuePolicy.DropOldest;

    /// <summary>Further origins whose pages may use it, as browsers say them; <c>*</c> for all.</summary>
    public ImmutableArray<string> Origins { get; init; } = [];

    /// <summary>What publishers' tokens are signed with; without one nobody publishes.</summary>
    public TokenKey? PublisherKey { get; init; }

    /// <summary>What subscribers' tokens are signed with.</summary>
    public TokenKey? SubscriberKey { get; init; }

    /// <summary>Whether one may subscribe without a token, to what is not private.</summary>
    public bool AllowsAnonymous { get; init; }

    /// <summary>After so many milliseconds of silence a subscriber is sent something, so that what stands between keeps the connection.</summary>
    public int Heartbeat { get; init; } = 15_000;

    /// <summary>The most topic selectors of one client connection: of its open responses together, and of its WebSockets together.</summary>
    public int MaximumChannels { get; init; } = 100;

    /// <summary>What is said to who asks for more.</summary>
    public string TooManyTopics => $"more than {MaximumChannels} topics on one connection (LiveMaxChannels)";

    /// <summary>The most bytes of a message.</summary>
    public int MaximumMessage { get; init; } = 1024 * 1024;

    /// <summary>What is said to who sends more.</summary>
    public string TooLong => $"a message has {MaximumMessage} bytes at most (LiveMaxMessage)";

    /// <summary>Whether who subscribes to what is told, to whom a token allows it (Mercure, "Active Subscriptions").</summary>
    public bool TellsSubscriptions { get; init; }

    /// <summary>What the keys were made of, so that a reload can tell whether they are others.</summary>
    public string KeyMarks { get; init; } = "";

    /// <summary>Whether it says the same in every word.</summary>
    public bool IsLike(HubDefinition other) => Admits(other) && (History, Store, Heartbeat) == (other.History, other.Store, other.Heartbeat);

    /// <summary>Whether those who are connected by another definition may stay.</summary>
    public bool Admits(HubDefinition other) => KeyMarks == other.KeyMarks && AllowsAnonymous == other.AllowsAnonymous && Origins.SequenceEqual(other.Origins)
        && (Queue, Policy, MaximumChannels, MaximumMessage, TellsSubscriptions) == (other.Queue, other.Policy, other.MaximumChannels, other.MaximumMessage, other.TellsSubscriptions);
}
