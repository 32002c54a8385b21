using Roundtrip.Live.Log;

namespace Roundtrip.Live.Subscribing;

/// <summary>
/// A place in the log and what is wanted of it: the queue of a subscriber is the log itself from there on. <see cref="Offer"/> is called for each message that is
/// stored, <see cref="Next"/> whenever its carrier has room for more. Whatever it does not get comes as a gap, in its place. Not thread-safe, and but for an Offer that gives true they need the log.
/// </summary>
/// <param name="limit">How many messages may wait that were stored after it began; what it resumes is bounded by the history.</param>
public sealed class Subscriber(LiveLog log, Interest interest, long start, LiveGap? missed, int limit, QueuePolicy policy)
{
    private readonly long _began = log.Next;
    private LiveGap? _gap = missed;
    private long _cursor = start;
    private string _lastId = log.IdBefore(start);
    private long _offered = -1;
    private int _waiting;
    private bool _isTooSlow;

    public Interest Interest { get; set; } = interest;

    /// <summary>Which log it reads.</summary>
    public string Epoch => log.Epoch;

    /// <summary>How many messages it missed since it is too slow.</summary>
    public long Dropped { get; private set; }

    /// <summary>How many it did not get since a later one says the same.</summary>
    public long Coalesced { get; private set; }

    /// <summary>Whether it has got all that there is.</summary>
    public bool IsCaughtUp => IsInStep || (_cursor >= log.Next && _gap is null && !_isTooSlow);

    /// <summary>
    /// Whether nothing waits for it: it has been given, or does not want, all that it was offered. Then messages that it does not want need not be offered, and none is looked up in the log.
    /// </summary>
    public bool IsInStep { get; private set; }

    /// <summary>A message was stored. Each one that it wants is offered, in order, whether <see cref="Next"/> has given it already or not.</summary>
    /// <param name="hasRoom">Whether its carrier would take it now.</param>
    /// <returns>Whether it is given with this. If not, it waits, or is not wanted.</returns>
    public bool Offer(LiveMessage message, bool hasRoom)
    {
        // One message may be found by several of its topics.
        if (message.Offset < _cursor || message.Offset <= _offered)
        {
            return false;
        }

        _offered = message.Offset;
        if (IsInStep)
        {
            _cursor = message.Offset;
            if (hasRoom && Interest.Covers(message))
            {
                _cursor++;
                _lastId = message.Id;
                return true;
            }

            IsInStep = false;
        }

        Added(message);
        return false;
    }

    /// <summary>It is told that nothing is left for it up to a message, to which all that was stored has been offered: so it need not be asked for behind a place that history has forgotten.</summary>
    /// <returns>Whether that is so, and news.</returns>
    public bool PassTo(LiveMessage message)
    {
        if (!IsInStep || message.Offset < _cursor)
        {
            return false;
        }

        (_cursor, _lastId) = (message.Offset + 1, message.Position.ToString());
        return true;
    }

    /// <summary>What comes next, if anything: then it counts as given.</summary>
    public SubscriberStep Next(out LiveMessage? message, out LiveGap gap)
    {
        message = null;
        gap = default;
        if (IsInStep)
        {
            return SubscriberStep.None;
        }

        if (_isTooSlow)
        {
            return SubscriberStep.Close;
        }

        MissForgotten();

        // The message that a gap ends with is known once there is one.
        while (_cursor < log.Next)
        {
            LiveMessage next = log[_cursor];
            if (!Interest.Covers(next) || IsSuperseded(next))
            {
                Pass(next);
                continue;
            }

            if (_gap is { } before)
            {
                return Tell(before with { Before = next.Id }, out gap);
            }

            Pass(next);
            _lastId = next.Id;
            message = next;
            return SubscriberStep.Message;
        }

        if (_gap is { } last)
        {
            return Tell(last, out gap);
        }

        IsInStep = true;
        return SubscriberStep.None;
    }

    private void Added(LiveMessage message)
    {
        if (_isTooSlow || !Interest.Covers(message) || ++_waiting <= limit)
        {
            return;
        }

        if (policy == QueuePolicy.Close)
        {
            _isTooSlow = true;
            return;
        }

        if (policy == QueuePolicy.Coalesce)
        {
            CountWaiting();
        }

        if (_waiting > limit)
        {
            DropOldest();
        }
    }

    private SubscriberStep Tell(LiveGap told, out LiveGap gap)
    {
        gap = told;
        _gap = null;
        return SubscriberStep.Gap;
    }

    private void Pass(LiveMessage message)
    {
        _cursor++;
        if (message.Offset >= _began && Interest.Covers(message))
        {
            bool isSuperseded = IsSuperseded(message);
            _waiting -= isSuperseded || _waiting == 0 ? 0 : 1;
            Coalesced += isSuperseded ? 1 : 0;
        }
    }

    private void DropOldest()
    {
        MissForgotten();
        while (_waiting > limit && _cursor < log.Next)
        {
            LiveMessage oldest = log[_cursor++];
            if (Interest.Covers(oldest) && !IsSuperseded(oldest))
            {
                _waiting -= oldest.Offset >= _began ? 1 : 0;
                Dropped++;
                Miss(1, LiveGapReason.TooSlow);
            }
        }
    }

    private void MissForgotten()
    {
        if (_cursor < log.First)
        {
            Miss(log.First - _cursor, LiveGapReason.Expired);
            _cursor = log.First;
            CountWaiting();
        }
    }

    private void Miss(long count, LiveGapReason reason) => _gap = _gap is { Count: >= 0 } known
        ? known with { Count = known.Count + count, Reason = reason }
        : _gap ?? new LiveGap(_lastId, "", count, reason);

    private bool IsSuperseded(LiveMessage message) => policy == QueuePolicy.Coalesce && log.LatestLike(message) is var latest && latest > message.Offset && Interest.Covers(log[latest]);

    private void CountWaiting()
    {
        _waiting = 0;
        for (long offset = Math.Max(_cursor, Math.Max(_began, log.First)); offset < log.Next; offset++)
        {
            _waiting += Interest.Covers(log[offset]) && !IsSuperseded(log[offset]) ? 1 : 0;
        }
    }
}
