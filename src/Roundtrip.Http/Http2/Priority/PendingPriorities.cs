namespace Roundtrip.Http.Http2.Priority;

/// <summary>What PRIORITY_UPDATE has said of streams that are still idle (RFC 9218 section 7), in the order of their identifiers.</summary>
internal sealed class PendingPriorities
{
    private readonly List<int> _streamIds = [];
    private readonly List<StreamPriority> _priorities = [];

    public int Count => _streamIds.Count;

    /// <summary>Keeps a priority, in place of what was said of the stream before.</summary>
    /// <param name="limit">How many streams may be kept.</param>
    /// <returns>False where that were too many.</returns>
    public bool TrySet(int streamId, StreamPriority priority, int limit)
    {
        int at = _streamIds.BinarySearch(streamId);
        if (at >= 0)
        {
            _priorities[at] = priority;
            return true;
        }

        if (Count >= limit)
        {
            return false;
        }

        _streamIds.Insert(~at, streamId);
        _priorities.Insert(~at, priority);
        return true;
    }

    /// <summary>Takes what was said of a stream that opens, and forgets the streams before it, which will never open (RFC 9113 section 5.1.1).</summary>
    public StreamPriority? Take(int streamId)
    {
        if (Count == 0 || streamId < _streamIds[0])
        {
            return null;
        }

        int at = _streamIds.BinarySearch(streamId);
        StreamPriority? priority = at >= 0 ? _priorities[at] : null;
        int gone = at >= 0 ? at + 1 : ~at;
        _streamIds.RemoveRange(0, gone);
        _priorities.RemoveRange(0, gone);
        return priority;
    }
}
