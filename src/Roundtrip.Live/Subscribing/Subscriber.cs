using Roundtrip.Live.Log;

namespace Roundtrip.Live.Subscribing;

/// <summary>
/// A place in the log and what is wanted of it: the queue of a subscriber is the log itself from there on. <see cref="Added"/> is called for each message that is
/// stored, <see cref="Next"/> whenever its carrier has room. Whatever it does not get comes as a gap, in its place. Not thread-safe.
/// </summary>
/// <param name="limit">How many messages may wait that were stored after it began; what it resumes is bounded by the history.</param>
public sealed class Subscriber(LiveLog log, Interest interest, long start, LiveGap? missed, int limit, QueuePolicy policy)
{
    private readonly long _began = log.Next;
    private LiveGap? _gap = missed;
    private long _cursor = start;
    private string _lastId = log.IdBefore(start);
    private int _waiting;
    private bool _isTooSlow;

    public Interest Interest { get; set; } = interest;

    /// <summary>How many messages it missed since it is too slow.</summary>
    public long Dropped { get; private set; }

    /// <summary>How many it did not get since a later one says the same.</summary>
    public long Coalesced { get; private set; }

    /// <summary>Whether it has got all that there is.</summary>
    public bool IsCaughtUp => _cursor >= log.Next && _gap is null && !_isTooSlow;

    /// <summary>A message was stored, before <see cref="Next"/> is asked for it.</summary>
    public void Added(LiveMessage message)
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

    /// <summary>What comes next, if anything: then it counts as given.</summary>
    public SubscriberStep Next(out LiveMessage? message, out LiveGap gap)
    {
        message = null;
        gap = default;
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

        return _gap is { } last ? Tell(last, out gap) : SubscriberStep.None;
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
