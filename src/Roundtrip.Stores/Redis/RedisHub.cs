using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;

namespace Roundtrip.Stores.Redis;

/// <summary>What is known of one hub's stream, and who follows it. Under the server's lock.</summary>
internal sealed class RedisHub(string name)
{
    private readonly List<ILiveFollower> _followers = [];
    private readonly List<(long Place, string Id, ILiveReceipt Receipt)> _unread = [];

    public HubKeys Keys => new(name);

    // Where all has been read that was there when the epoch began; no place once that is so.
    private long _readyAt;

    /// <summary>The epoch that is read; empty while it is not known.</summary>
    public string Epoch { get; private set; } = "";

    /// <summary>The place that is read next.</summary>
    public long Next { get; private set; }

    /// <summary>What no other message has, of the last message that was read; empty for none.</summary>
    public string Mark { get; private set; } = "";

    public bool IsUnused => _followers.Count == 0;

    public void Join(ILiveFollower follower)
    {
        _followers.Add(follower);

        // All are told all of it again: it is asked for from its beginning.
        Forget();
    }

    public void Leave(ILiveFollower follower) => _followers.Remove(follower);

    /// <summary>Whether the epoch is to be asked for again.</summary>
    public void Forget() => Epoch = "";

    /// <summary>Another epoch, or this one with a hole before a place.</summary>
    /// <param name="place">What is read next.</param>
    /// <param name="end">Behind what is there already.</param>
    public void Begin(string epoch, long place, long end)
    {
        (Epoch, Next, Mark, _readyAt) = (epoch, place, "", end);
        _followers.ForEach(follower => follower.Begin(epoch, place));
        TellAll();
        TellReady();
    }

    /// <summary>An entry of the stream was read.</summary>
    public void Add(long place, long at, string mark, ReadOnlyMemory<byte> stored)
    {
        if (place < Next)
        {
            return;
        }

        // Trimmed before it was read; or of a later version of this program.
        LiveDraft? draft = StoredDraft.TryRead(stored);
        if (place > Next || draft is null)
        {
            Begin(Epoch, draft is null ? place + 1 : place, Math.Min(_readyAt, place));
        }

        if (draft is not null)
        {
            var message = new LiveMessage(draft, new LivePosition(Epoch, place), at);
            (Next, Mark) = (place + 1, mark);
            _followers.ForEach(follower => follower.Add(message));
            TellReady();
        }

        if (_unread.Count > 0)
        {
            foreach ((_, string id, ILiveReceipt receipt) in _unread.Where(unread => unread.Place < Next))
            {
                receipt.Stored(id);
            }

            _unread.RemoveAll(unread => unread.Place < Next);
        }
    }

    /// <summary>A message is stored. Its publisher is told once it is read here too, so that whoever goes on behind it finds it.</summary>
    /// <param name="id">The message's; empty for who asked how far the store is, and is told once that is read.</param>
    public void Stored(string epoch, long place, string id, ILiveReceipt receipt)
    {
        if (epoch == Epoch && place >= Next)
        {
            _unread.Add((place, id, receipt));
        }
        else if (id.Length > 0 || epoch == Epoch)
        {
            receipt.Stored(id);
        }
        else
        {
            receipt.Failed();
        }
    }

    /// <summary>Nothing is read for now: publishers are told what is so all the same, who waits to go on behind what others have stored is not.</summary>
    public void TellAll()
    {
        foreach ((_, string id, ILiveReceipt receipt) in _unread)
        {
            if (id.Length > 0)
            {
                receipt.Stored(id);
            }
            else
            {
                receipt.Failed();
            }
        }

        _unread.Clear();
    }

    public void Report(bool isFault, string sentence) => _followers.ForEach(follower => follower.Report(isFault, sentence));

    private void TellReady()
    {
        if (Next >= _readyAt)
        {
            _readyAt = long.MaxValue;
            _followers.ForEach(static follower => follower.Ready());
        }
    }
}
