using System.Buffers.Text;
using System.Security.Cryptography;
using Roundtrip.Live.Log;
using Roundtrip.Transport;

namespace Roundtrip.Site.LiveHub;

/// <summary>
/// A hub: its log, and the loops whose subscribers hear of it. The lock is held to store a message and to read a stretch of the log, never while bytes are written. Thread-safe.
/// </summary>
internal sealed class Hub
{
    private readonly Lock _lock = new();
    private readonly List<LoopHub> _loops = [];
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);
    private HubDefinition _definition;

    public Hub(HubDefinition definition)
    {
        _definition = definition;
        Log = new LiveLog(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(6)), definition.History);
    }

    public HubDefinition Definition => Volatile.Read(ref _definition);

    /// <summary>Who is subscribed to what, where that is told.</summary>
    public Subscriptions Subscriptions { get; } = new();

    /// <summary>Read and written under <see cref="Lock"/>.</summary>
    public LiveLog Log { get; }

    public Lock Lock => _lock;

    /// <summary>Goes on by another definition. Who is connected by terms that hold no longer is asked to come again.</summary>
    public void Use(HubDefinition definition)
    {
        HubDefinition before = Interlocked.Exchange(ref _definition, definition);
        lock (_lock)
        {
            Log.Limit = definition.History;
            if (!definition.Admits(before))
            {
                _loops.ForEach(static loop => loop.PostEnd());
            }
        }
    }

    /// <summary>Stores a message, and has every loop tell its subscribers. When this returns it is stored.</summary>
    /// <param name="now">Milliseconds of the machine's clock.</param>
    public LiveMessage Publish(LiveDraft draft, long now)
    {
        lock (_lock)
        {
            LiveMessage message = Log.Append(draft, now, out bool isNew);
            if (isNew)
            {
                foreach (string topic in draft.Topics)
                {
                    // What is said of a topic after its end opens it again.
                    _ = draft.IsClose ? _closed.Add(topic) : _closed.Remove(topic);
                }

                // Within the lock, so that each loop has them in order.
                _loops.ForEach(loop => loop.Post(message));
            }

            return message;
        }
    }

    /// <summary>Whether nothing more can come for who wants these topics. Under <see cref="Lock"/>.</summary>
    public bool IsClosedFor(Live.Subscribing.Interest interest) => interest.IsWithin(_closed);

    /// <summary>What a loop has of it.</summary>
    public LoopHub On(EventLoop loop)
    {
        lock (_lock)
        {
            LoopHub? known = _loops.Find(joined => joined.Loop == loop);
            if (known is null)
            {
                _loops.Add(known = new LoopHub(this, loop));
            }

            return known;
        }
    }
}
