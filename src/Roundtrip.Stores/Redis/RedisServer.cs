using Roundtrip.Live.Stores;

namespace Roundtrip.Stores.Redis;

/// <summary>
/// A database of a Redis server, for all hubs that are kept there: a thread and a connection to publish, a thread and a connection to read what every server has published, in its one order.
/// </summary>
internal sealed class RedisServer : ISharedStore
{
    private readonly Dictionary<string, RedisHub> _hubs = new(StringComparer.Ordinal);
    private readonly RedisPublisher _publisher;
    private readonly RedisFeed _feed;
    private string? _fault;
    private string? _refusal;

    public RedisServer(StoreAddress address)
    {
        Address = address;
        _publisher = new RedisPublisher(this);
        _feed = new RedisFeed(this);
    }

    public StoreAddress Address { get; }

    /// <summary>Held while hubs are looked at or told.</summary>
    public Lock Lock { get; } = new();

    /// <summary>Under <see cref="Lock"/>.</summary>
    public IEnumerable<RedisHub> Hubs => _hubs.Values;

    public bool IsUnused
    {
        get
        {
            lock (Lock)
            {
                return _hubs.Count == 0;
            }
        }
    }

    /// <summary>Under <see cref="Lock"/>; null for a hub that has left.</summary>
    public RedisHub? Find(string hub) => _hubs.GetValueOrDefault(hub);

    public bool TryJoin(string hub, ILiveFollower follower, out string fault)
    {
        fault = "";
        lock (Lock)
        {
            if (!_hubs.TryGetValue(hub, out RedisHub? joined))
            {
                _hubs.Add(hub, joined = new RedisHub(hub));
            }

            joined.Join(follower);
            if (_fault is not null)
            {
                follower.Report(isFault: true, Sentence(_fault));
            }
        }

        _feed.Wake();
        return true;
    }

    public void Leave(string hub, ILiveFollower follower)
    {
        lock (Lock)
        {
            if (_hubs.TryGetValue(hub, out RedisHub? joined))
            {
                joined.Leave(follower);
                if (joined.IsUnused)
                {
                    joined.TellAll();
                    _hubs.Remove(hub);
                }
            }
        }
    }

    public void Append(in Pending pending) => _publisher.Append(pending);

    /// <summary>It cannot be read; or, with null, it can. Each hub's log has a line for each change.</summary>
    public void Report(string? fault) => Report(ref _fault, fault, "answers again");

    /// <summary>It takes no messages; or, with null, it does.</summary>
    public void ReportRefusal(string? fault) => Report(ref _refusal, fault, "takes messages again");

    public void Dispose()
    {
        _publisher.Dispose();
        _feed.Dispose();
    }

    private void Report(ref string? known, string? fault, string isWell)
    {
        lock (Lock)
        {
            if (known is null == fault is null)
            {
                return;
            }

            known = fault;
            foreach (RedisHub hub in _hubs.Values)
            {
                hub.Report(fault is not null, fault is not null ? Sentence(fault) : $"{Address} {isWell}");
            }
        }
    }

    private string Sentence(string fault) => $"{Address} cannot be used, and publishers are answered 503: {fault}";
}
