namespace Roundtrip.Http.Http2.Priority;

/// <summary>The ready streams of one urgency (RFC 9218 section 10): a heap of those that are not incremental, a ring of those that are.</summary>
internal struct UrgencyLevel
{
    private IndexedHeap<ScheduledStream> _inOrder;
    private ScheduledStream? _ring;

    // By how many bytes the streams of the heap are ahead of those of the ring.
    private long _ahead;

    public readonly bool IsEmpty => _inOrder.Count == 0 && _ring is null;

    /// <summary>
    /// The stream that goes next. RFC 9218 leaves open how the two kinds mix: here each has half of the bytes, so that neither a long download that is not incremental stops
    /// a live stream that is, nor many small images a script.
    /// </summary>
    public readonly ScheduledStream Next => _ring is null || (_inOrder.Count > 0 && _ahead <= 0) ? _inOrder.First : _ring;

    public void Add(ScheduledStream stream)
    {
        if (stream.Priority.IsIncremental)
        {
            AddLast(stream);
        }
        else
        {
            _inOrder.Add(stream);
        }
    }

    public void Remove(ScheduledStream stream)
    {
        if (stream.Priority.IsIncremental)
        {
            RemoveFromRing(stream);
        }
        else
        {
            _inOrder.Remove(stream);
        }

        // A kind that was away has nothing to catch up on.
        if (_inOrder.Count == 0 || _ring is null)
        {
            _ahead = 0;
        }
    }

    /// <summary>Counts what a ready stream sent, and goes on to the next of the ring.</summary>
    public void Sent(ScheduledStream stream, int bytes)
    {
        bool bothAreThere = _inOrder.Count > 0 && _ring is not null;
        _ahead += !bothAreThere ? 0 : stream.Priority.IsIncremental ? -bytes : bytes;
        if (ReferenceEquals(stream, _ring))
        {
            _ring = stream.Following;
        }
    }

    private void AddLast(ScheduledStream stream)
    {
        if (_ring is null)
        {
            _ring = stream.Following = stream.Preceding = stream;
            return;
        }

        stream.Following = _ring;
        stream.Preceding = _ring.Preceding;
        _ring.Preceding!.Following = stream;
        _ring.Preceding = stream;
    }

    private void RemoveFromRing(ScheduledStream stream)
    {
        if (ReferenceEquals(stream, _ring))
        {
            _ring = ReferenceEquals(stream.Following, stream) ? null : stream.Following;
        }

        stream.Preceding!.Following = stream.Following;
        stream.Following!.Preceding = stream.Preceding;
        stream.Following = stream.Preceding = null;
    }
}
