namespace Roundtrip.Live.Subscribing;

/// <summary>What becomes of a subscriber for whom more waits than its queue holds.</summary>
public enum QueuePolicy : byte
{
    /// <summary>It misses the oldest, and is told how many.</summary>
    DropOldest,

    /// <summary>Of messages with one topic and key it gets only the last; what is then still too much is dropped, oldest first.</summary>
    Coalesce,

    /// <summary>Its connection ends; it may come again and resume.</summary>
    Close,
}
