namespace Roundtrip.Http.Http2.Priority;

/// <summary>The streams of a connection that are open, by their identifiers, and the objects of those that were.</summary>
internal sealed class OpenStreams
{
    private readonly Dictionary<int, ScheduledStream> _byId = [];
    private readonly Stack<ScheduledStream> _free = [];
    private int _lastOfClient;
    private int _lastOfServer;

    public int Count => _byId.Count;

    public Dictionary<int, ScheduledStream>.ValueCollection All => _byId.Values;

    public ScheduledStream Add(int streamId, StreamPriority? priority, object? owner)
    {
        ScheduledStream stream = _free.TryPop(out ScheduledStream? free) ? free : new ScheduledStream();
        _byId.Add(streamId, stream);
        stream.StreamId = streamId;
        stream.Owner = owner;
        stream.Client = priority ?? StreamPriority.Default;
        ref int last = ref LastLike(streamId);
        last = Math.Max(last, streamId);
        return stream;
    }

    public void Remove(ScheduledStream stream)
    {
        _byId.Remove(stream.StreamId);
        stream.Owner = null;
        stream.IsReady = false;
        stream.Response = default;
        _free.Push(stream);
    }

    public ScheduledStream? Find(int streamId) => _byId.GetValueOrDefault(streamId);

    /// <summary>RFC 9113 §5.1.1: a stream is idle as long as its opener has opened none with a higher identifier.</summary>
    public bool IsIdle(int streamId) => streamId > LastLike(streamId);

    private ref int LastLike(int streamId) => ref streamId % 2 == 0 ? ref _lastOfServer : ref _lastOfClient;
}
