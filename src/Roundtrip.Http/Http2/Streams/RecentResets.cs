namespace Roundtrip.Http.Http2;

/// <summary>
/// The streams that we reset last. What the peer sent on them before it knew is to be ignored (RFC 9113 section 5.1), and not taken for a frame on a stream that both ends have closed.
/// Bounded: a peer that is more than so many resets behind has had a round trip's time to learn of them.
/// </summary>
internal struct RecentResets(int maximumStreams)
{
    private const int Least = 64;

    // All streams that may be open can be reset within one round trip, and those that were refused meanwhile.
    private readonly int _kept = Math.Max(4 * Math.Min(maximumStreams, 1024), Least);
    private int[]? _ids;
    private int _next;

    public void Add(int streamId)
    {
        _ids ??= new int[_kept];
        _ids[_next] = streamId;
        _next = (_next + 1) % _kept;
    }

    public readonly bool Contains(int streamId) => _ids is not null && _ids.AsSpan().Contains(streamId);
}
