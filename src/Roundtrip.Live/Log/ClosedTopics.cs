namespace Roundtrip.Live.Log;

/// <summary>
/// The topics that their publishers have closed: the last so many of them, since anybody who may publish may close as many as he likes. Who comes to one that is forgotten waits for what is yet to come, as with any topic. Not thread-safe.
/// </summary>
/// <param name="limit">How many.</param>
public sealed class ClosedTopics(int limit = ClosedTopics.Most)
{
    /// <summary>How many a hub remembers (docs/live.md).</summary>
    public const int Most = 10_000;

    private readonly Dictionary<string, long> _closedAt = new(StringComparer.Ordinal);

    // In the order in which they were closed; one that was opened or closed again since then stands there for nothing.
    private readonly Queue<(string Topic, long At)> _order = new();
    private long _count;

    public int Count => _closedAt.Count;

    public bool Contains(string topic) => _closedAt.ContainsKey(topic);

    public void Add(string topic)
    {
        _closedAt[topic] = ++_count;
        _order.Enqueue((topic, _count));
        while (_closedAt.Count > limit || _order.Count > 2 * limit)
        {
            (string oldest, long at) = _order.Dequeue();
            if (_closedAt.TryGetValue(oldest, out long last) && last == at)
            {
                _closedAt.Remove(oldest);
            }
        }
    }

    /// <summary>What is said of a topic after its end opens it again.</summary>
    public void Remove(string topic) => _closedAt.Remove(topic);

    public void Clear()
    {
        _closedAt.Clear();
        _order.Clear();
    }
}
