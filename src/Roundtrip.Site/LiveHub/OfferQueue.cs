using System.Collections.Concurrent;
using Roundtrip.Live.Log;

namespace Roundtrip.Site.LiveHub;

/// <summary>The messages that were stored and are not offered to a loop's subscribers yet. One after the other: so what came before the one that is being offered has been offered to all. But for <see cref="Add"/> it belongs to the loop's thread.</summary>
internal sealed class OfferQueue(TopicIndex index)
{
    private readonly ConcurrentQueue<LiveMessage> _stored = new();
    private readonly List<LoopSubscriber> _reached = [];
    private int _next;

    /// <summary>The message that is being offered, or was the last.</summary>
    public LiveMessage? Offered { get; private set; }

    /// <summary>Whether all whom it reaches have been offered it.</summary>
    public bool IsOffered => _next == _reached.Count;

    /// <summary>On any thread.</summary>
    public void Add(LiveMessage message) => _stored.Enqueue(message);

    /// <summary>Who is next to be offered <see cref="Offered"/>.</summary>
    /// <param name="subscriber">Null where a message has just begun that reaches nobody.</param>
    /// <returns>False where there is nothing to offer.</returns>
    public bool TryTake(out LoopSubscriber? subscriber)
    {
        subscriber = null;
        if (IsOffered && !TryBegin())
        {
            return false;
        }

        subscriber = IsOffered ? null : _reached[_next++];
        return true;
    }

    // Who comes later begins behind it.
    private bool TryBegin()
    {
        _reached.Clear();
        _next = 0;
        if (!_stored.TryDequeue(out LiveMessage? message))
        {
            return false;
        }

        Offered = message;
        index.Find(message, _reached);
        return true;
    }
}
