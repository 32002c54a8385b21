namespace Roundtrip.Live.Log;

/// <summary>
/// A hub's messages in their one order, of which it keeps the last. Topics have no order of their own: they filter this one. Pure and not thread-safe; messages may be shared.
/// </summary>
/// <param name="epoch">A name that no other log has ever had.</param>
/// <param name="first">The offset of the first message; other than 0 where the store goes on with an epoch.</param>
public sealed class LiveLog(string epoch, HistoryLimit limit, long first = 0)
{
    private readonly Queue<LiveMessage> _expiring = new();
    private readonly Dictionary<long, LiveMessage> _byOffset = [];
    private readonly Dictionary<string, long> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Topic, string Key), long> _latest = [];
    private long _bytes;

    // When the last message that it no longer has was stored; what was before its beginning may have been stored at any time.
    private long _forgottenAt = first > 0 ? long.MaxValue : long.MinValue;

    /// <summary>The value of Last-Event-ID that asks for the whole history (Mercure, "Reconciliation").</summary>
    public const string Earliest = "earliest";

    public string Epoch => epoch;

    /// <summary>How much of the past it keeps.</summary>
    public HistoryLimit Limit { get; set; } = limit;

    /// <summary>The offset of the oldest message that it has; <see cref="Next"/> where it has none.</summary>
    public long First { get; private set; } = first;

    /// <summary>The offset that the next message will have.</summary>
    public long Next { get; private set; } = first;

    /// <summary>The id of the last message ever stored here; <see cref="Earliest"/> where there was none.</summary>
    public string LastId => IdBefore(Next);

    /// <summary>Stores a message, and forgets what the limit no longer allows.</summary>
    /// <param name="now">Milliseconds of the hub's clock.</param>
    /// <param name="isNew">False where the log has a message of that id already: then it is returned, and nothing stored. A publisher may so try again without harm.</param>
    public LiveMessage Append(LiveDraft draft, long now, out bool isNew)
    {
        Expire(now);
        if (draft.Id is not null && _byId.TryGetValue(draft.Id, out long known))
        {
            isNew = false;
            return _byOffset[known];
        }

        var message = new LiveMessage(draft, new LivePosition(epoch, Next), now);
        Add(message, now);
        isNew = true;
        return message;
    }

    /// <summary>Takes the next message of a store that has given it its place already, and forgets what the limit no longer allows.</summary>
    /// <param name="now">Milliseconds of the hub's clock.</param>
    /// <exception cref="ArgumentException">It is not the next.</exception>
    public void Add(LiveMessage message, long now)
    {
        if (message.Offset != Next || message.Position.Epoch != epoch)
        {
            throw new ArgumentException($"{message.Position} is not the message behind {epoch}/{Next - 1}.", nameof(message));
        }

        Next++;
        _expiring.Enqueue(message);
        _byOffset.Add(message.Offset, message);
        if (message.HasOwnId)
        {
            // Two of one id there are only where a store's history is longer than this one.
            _byId[message.Id] = message.Offset;
        }

        if (message.Key.Length > 0)
        {
            _latest[(message.Topics[0], message.Key)] = message.Offset;
        }

        _bytes += message.Size;
        Expire(now);
    }

    /// <summary>The message at an offset from <see cref="First"/> to before <see cref="Next"/>.</summary>
    public LiveMessage this[long offset] => _byOffset[offset];

    /// <summary>Forgets what is older or more than the limit allows.</summary>
    public void Expire(long now)
    {
        while (_expiring.TryPeek(out LiveMessage? oldest) && (_expiring.Count > Limit.Count || _bytes > Limit.Bytes || now - oldest.At > Limit.Age))
        {
            Forget(_expiring.Dequeue());
        }
    }

    /// <summary>Where who has seen everything up to an id goes on, and what it missed for ever.</summary>
    /// <param name="lastId">The last id that it has seen; <see cref="Earliest"/> for whatever there is; null for what is yet to come.</param>
    /// <returns>The offset to go on with, and the gap before it if there is one.</returns>
    public (long Offset, LiveGap? Gap) Resume(string? lastId)
    {
        if (lastId is null)
        {
            return (Next, null);
        }

        if (lastId == Earliest)
        {
            return (First, null);
        }

        if (_byId.TryGetValue(lastId, out long known))
        {
            return (known + 1, null);
        }

        if (!LivePosition.TryParse(lastId, out LivePosition position))
        {
            return (First, GapBefore(First, lastId, -1, LiveGapReason.UnknownId));
        }

        if (position.IsTime)
        {
            return ResumeAt(position.Offset, lastId);
        }

        if (position.Epoch != epoch)
        {
            return (First, GapBefore(First, lastId, -1, LiveGapReason.NewEpoch));
        }

        // An offset that was never given is none of ours.
        if (position.Offset >= Next)
        {
            return (First, GapBefore(First, lastId, -1, LiveGapReason.UnknownId));
        }

        long missing = First - (position.Offset + 1);
        return missing <= 0 ? (position.Offset + 1, null) : (First, GapBefore(First, lastId, missing, LiveGapReason.Expired));
    }

    /// <summary>The id of the message before an offset, as a subscriber that begins there may give it later, whether it may see that message or not; <see cref="Earliest"/> where nothing was before.</summary>
    public string IdBefore(long offset) => offset > First ? PublicId(offset - 1)
        : offset == First && First > 0 ? BeforeFirst : Earliest;

    /// <summary>A gap that ends at an offset.</summary>
    public LiveGap GapBefore(long offset, string after, long count, LiveGapReason reason) => new(after, offset < Next ? PublicId(offset) : "", count, reason);

    /// <summary>The offset of the latest message with the same topic and key; the message's own where none is later.</summary>
    public long LatestLike(LiveMessage message) => message.Key.Length > 0 && _latest.TryGetValue((message.Topics[0], message.Key), out long latest) ? latest : message.Offset;

    // Messages of several servers have the times of their clocks, and so are in this order nearly: whoever gives a time takes one early enough.
    private (long Offset, LiveGap? Gap) ResumeAt(long time, string lastId)
    {
        (long offset, long end) = (First, Next);
        while (offset < end)
        {
            long middle = offset + ((end - offset) / 2);
            (offset, end) = _byOffset[middle].At < time ? (middle + 1, end) : (offset, middle);
        }

        return (offset, offset == First && _forgottenAt >= time ? GapBefore(First, lastId, -1, LiveGapReason.Expired) : null);
    }

    // A private message's own id is for those alone whom it is for; its place is an id too.
    private string PublicId(long offset) => _byOffset[offset] is { IsPrivate: true } message ? message.Position.ToString() : _byOffset[offset].Id;

    // A publisher's id is not known any more.
    private string BeforeFirst => new LivePosition(epoch, First - 1).ToString();

    private void Forget(LiveMessage message)
    {
        _byOffset.Remove(message.Offset);
        if (message.HasOwnId && _byId.TryGetValue(message.Id, out long known) && known == message.Offset)
        {
            _byId.Remove(message.Id);
        }

        if (message.Key.Length > 0 && _latest.TryGetValue((message.Topics[0], message.Key), out long latest) && latest == message.Offset)
        {
            _latest.Remove((message.Topics[0], message.Key));
        }

        _bytes -= message.Size;
        _forgottenAt = message.At;
        First = message.Offset + 1;
    }
}
