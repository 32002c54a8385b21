namespace Roundtrip.Live.Subscribing;

/// <summary>What a subscriber gets next.</summary>
public enum SubscriberStep : byte
{
    /// <summary>Nothing is there.</summary>
    None,

    /// <summary>A message.</summary>
    Message,

    /// <summary>Messages are missing here.</summary>
    Gap,

    /// <summary>It was too slow, and its policy is to end: <see cref="QueuePolicy.Close"/>.</summary>
    Close,
}
