using System.Buffers.Text;
using System.Security.Cryptography;
using Roundtrip.Http;
using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;
using Roundtrip.Server;
using Roundtrip.Transport;

namespace Roundtrip.Site.LiveHub;

/// <summary>
/// A hub: its log, and the loops whose subscribers hear of it. Without a store the log is all there is, and gives messages their order; with one it follows the store's. The lock is held to take
/// a message in and to read a stretch of the log, never while bytes are written. Thread-safe.
/// </summary>
internal sealed class Hub : ILiveFollower, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<LoopHub> _loops = [];
    private readonly ClosedTopics _closed = new();

    // In order of how many messages there were when each was kept back.
    private readonly Queue<(StoreOutcome Outcome, long Told)> _held = new();
    private readonly ILiveStore? _store;
    private HubDefinition _definition;

    // How many messages the loops were given, those of other servers included.
    private long _told;
    private ErrorLog _errorLog;
    private LiveLog _log;
    private bool _isOpen;

    /// <summary>A hub that keeps its messages in memory.</summary>
    public Hub(HubDefinition definition, ErrorLog errorLog)
    {
        (_definition, _errorLog, _isOpen) = (definition, errorLog, true);
        _log = new LiveLog(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(6)), definition.History);
    }

    /// <summary>A hub with the store that its definition names.</summary>
    /// <param name="name">What names it in the store.</param>
    /// <exception cref="TransportException">The store cannot be opened.</exception>
    public Hub(HubDefinition definition, ErrorLog errorLog, ILiveStores? stores, string name)
        : this(definition, errorLog)
    {
        _isOpen = false;
        string fault = "this server has no stores";
        if (stores is null || !stores.TryOpen(definition.Store!, name, this, out _store, out fault))
        {
            throw new TransportException($"the live channels of {name} cannot be kept in {definition.Store}: {fault}");
        }
    }

    public HubDefinition Definition => Volatile.Read(ref _definition);

    /// <summary>Who is subscribed to what, where that is told.</summary>
    public Subscriptions Subscriptions { get; } = new();

    /// <summary>Read and written under <see cref="Lock"/>. Another one takes its place where its store has another.</summary>
    public LiveLog Log => Volatile.Read(ref _log);

    public Lock Lock => _lock;

    /// <summary>Whether its log is known. It stays so when its store goes away: what it has may be read.</summary>
    public bool IsOpen => Volatile.Read(ref _isOpen);

    HistoryLimit ILiveFollower.History => Definition.History;

    /// <summary>Goes on by another definition. Who is connected by terms that hold no longer is asked to come again.</summary>
    public void Use(HubDefinition definition, ErrorLog errorLog)
    {
        Volatile.Write(ref _errorLog, errorLog);
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

    /// <summary>Stores a message, and has every loop tell its subscribers.</summary>
    /// <param name="now">Milliseconds of the machine's clock.</param>
    /// <param name="receipt">Told when it is stored: before this returns where that needs nothing but memory.</param>
    public void Publish(LiveDraft draft, long now, ILiveReceipt? receipt)
    {
        if (_store is not null)
        {
            _store.Append(draft, now, receipt);
            return;
        }

        LiveMessage message;
        lock (_lock)
        {
            message = Log.Append(draft, now, out bool isNew);
            if (isNew)
            {
                Tell(message);
            }
        }

        receipt?.Stored(message.Id);
    }

    /// <summary>
    /// Keeps a publisher's answer back until every loop is nearly done with what is stored by now, so that a publisher is no faster than the subscribers can be told and what waits for them is
    /// bounded. What is stored later, by whomever, keeps it no longer.
    /// </summary>
    /// <returns>False where it may be given at once.</returns>
    public bool TryHold(StoreOutcome outcome)
    {
        lock (_lock)
        {
            bool isBehind = IsBehind(_told);
            if (isBehind)
            {
                _held.Enqueue((outcome, _told));
            }

            return isBehind;
        }
    }

    /// <summary>Gives those of the answers that were kept back for which the loops have done enough.</summary>
    public void AnswerHeld()
    {
        lock (_lock)
        {
            while (_held.TryPeek(out (StoreOutcome Outcome, long Told) first) && !IsBehind(first.Told))
            {
                _held.Dequeue().Outcome.Answer();
            }
        }
    }

    private bool IsBehind(long told)
    {
        foreach (LoopHub loop in _loops)
        {
            if (loop.IsBehind(told))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether who comes with an id can be answered at once: it is known here, or nobody else could have given it. Otherwise another server may have, and <see cref="CatchUp"/> is first.</summary>
    public bool Knows(string? lastId)
    {
        if (lastId is null || _store is null || Definition.Store is { IsFile: true })
        {
            return true;
        }

        lock (_lock)
        {
            return Log.Resume(lastId).Gap is null or { Reason: LiveGapReason.Expired };
        }
    }

    /// <summary>Has the log catch up with its store.</summary>
    /// <param name="receipt">Told when it has all that was stored when this was called.</param>
    public void CatchUp(ILiveReceipt receipt) => _store!.CatchUp(receipt);

    void ILiveFollower.Begin(string epoch, long next)
    {
        lock (_lock)
        {
            _log = new LiveLog(epoch, Definition.History, next);
            _closed.Clear();
            Volatile.Write(ref _isOpen, false);
            _loops.ForEach(static loop => loop.PostEnd());
        }
    }

    void ILiveFollower.Ready() => Volatile.Write(ref _isOpen, true);

    void ILiveFollower.Add(LiveMessage message)
    {
        lock (_lock)
        {
            Log.Add(message, message.At);
            Tell(message);
        }
    }

    void ILiveFollower.Report(bool isFault, string sentence) => Volatile.Read(ref _errorLog).Write(isFault ? LogLevel.Error : LogLevel.Notice, "live", null, sentence);

    /// <summary>Says in the error log whose request or message met a limit, and which, where that is why it is refused. Called on the connection's loop.</summary>
    /// <param name="exchange">Null where it was a message on a WebSocket.</param>
    public void NoteIfLimit(IConnectionHost connection, Exchange? exchange, int status, string sentence)
    {
        if (status is 413 or 429)
        {
            Volatile.Read(ref _errorLog).Write(LogLevel.Info, "live", connection, exchange, $"{sentence} (answered {status})");
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
                _loops.Add(known = new LoopHub(this, loop, _told));
            }

            return known;
        }
    }

    /// <summary>Ends its store and asks its subscribers to come again.</summary>
    public void Dispose()
    {
        _store?.Dispose();
        lock (_lock)
        {
            _loops.ForEach(static loop => loop.PostEnd());
        }
    }

    private void Tell(LiveMessage message)
    {
        foreach (string topic in message.Topics)
        {
            if (message.IsClose)
            {
                _closed.Add(topic);
            }
            else
            {
                _closed.Remove(topic);
            }
        }

        // Within the lock, so that each loop has them in order.
        _told++;
        foreach (LoopHub loop in _loops)
        {
            loop.Post(message, _told);
        }
    }
}
