using System.Collections.Concurrent;
using System.Numerics;
using Roundtrip.Live.Log;

namespace Roundtrip.Site.LiveHub;

/// <summary>
/// The messages that were stored and are not offered to a loop's subscribers yet. Those that wait by then are offered together, each subscriber's behind each other, so that they go out in one write: what a
/// publisher sends faster than all can be told costs little more than one message. But for <see cref="Add"/> and <see cref="Waiting"/> it belongs to the loop's thread.
/// </summary>
internal sealed class OfferQueue(TopicIndex index)
{
    /// <summary>How many messages are offered together at most: a bit each in <see cref="LoopSubscriber.Awaits"/>.</summary>
    public const int Together = 32;

    // Finding whom many messages reach is done in one go, and must not keep the loop.
    private const int EnoughFound = 64 * 1024;

    private readonly ConcurrentQueue<LiveMessage> _stored = new();
    private readonly List<LiveMessage> _messages = [];
    private readonly List<LoopSubscriber> _found = [];
    private readonly List<LoopSubscriber> _reached = [];
    private int _next;
    private uint _before;

    /// <summary>The message that is being offered.</summary>
    public LiveMessage? Offered { get; private set; }

    /// <summary>The last of the messages that were begun with.</summary>
    public LiveMessage? Last { get; private set; }

    /// <summary>Whether all whom these messages reach have been offered them.</summary>
    public bool IsOffered => _next == _reached.Count;

    /// <summary>On any thread: how many messages are not begun with.</summary>
    public int Waiting => _stored.Count;

    /// <summary>How many messages are not offered to all whom they reach.</summary>
    public int Left => Waiting + (IsOffered ? 0 : _messages.Count);

    /// <summary>On any thread.</summary>
    public void Add(LiveMessage message) => _stored.Enqueue(message);

    /// <summary>Whether a subscriber has been offered all that was stored before <see cref="Offered"/>.</summary>
    public bool IsNextFor(LoopSubscriber subscriber) => (subscriber.Awaits & _before) == 0;

    /// <summary>Who is next to be offered <see cref="Offered"/>.</summary>
    /// <param name="subscriber">Null where messages have just begun that reach nobody.</param>
    /// <returns>False where there is nothing to offer.</returns>
    public bool TryTake(out LoopSubscriber? subscriber)
    {
        subscriber = null;
        if (IsOffered && !TryBegin())
        {
            return false;
        }

        if (IsOffered)
        {
            return true;
        }

        subscriber = _reached[_next];
        int which = BitOperations.TrailingZeroCount(subscriber.Awaits);
        subscriber.Awaits &= subscriber.Awaits - 1;
        _before = (1U << which) - 1;
        Offered = _messages[which];
        _next += subscriber.Awaits == 0 ? 1 : 0;
        return true;
    }

    // Who comes later begins behind them.
    private bool TryBegin()
    {
        _messages.Clear();
        _reached.Clear();
        _next = 0;
        for (int found = 0; _messages.Count < Together && found < EnoughFound && _stored.TryDequeue(out LiveMessage? message); found += _found.Count)
        {
            _found.Clear();
            index.Find(message, _found);
            foreach (LoopSubscriber subscriber in _found)
            {
                if (subscriber.Awaits == 0)
                {
                    _reached.Add(subscriber);
                }

                subscriber.Awaits |= 1U << _messages.Count;
            }

            _messages.Add(Last = message);
        }

        return _messages.Count > 0;
    }
}
