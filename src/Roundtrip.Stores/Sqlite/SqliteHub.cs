using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;

namespace Roundtrip.Stores.Sqlite;

/// <summary>What the tables have of one hub, and who follows it.</summary>
internal sealed class SqliteHub(StoredLog stored)
{
    private readonly List<ILiveFollower> _followers = [];

    // The offset of the message that followers are told next.
    private long _next = stored.Log.Next;

    public string Name => Stored.Name;

    public StoredLog Stored { get; private set; } = stored;

    /// <summary>Whether the log in memory may have what the file has not, or the other way round: a transaction has not come to a good end.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>Goes on by what the file has in fact: a transaction that was not confirmed may be there all the same.</summary>
    public void Renew(StoredLog stored)
    {
        (Stored, IsUncertain) = (stored, false);
        for (long offset = Math.Max(_next, stored.Log.First); offset < stored.Log.Next; offset++)
        {
            Tell(stored.Log[offset]);
        }
    }

    public void Join(ILiveFollower follower)
    {
        _followers.Add(follower);
        follower.Begin(Stored.Log.Epoch, Stored.Log.First);
        for (long offset = Stored.Log.First; offset < Stored.Log.Next; offset++)
        {
            follower.Add(Stored.Log[offset]);
        }

        follower.Ready();
    }

    /// <returns>Whether nobody follows it any more.</returns>
    public bool Leave(ILiveFollower follower)
    {
        _followers.Remove(follower);
        return _followers.Count == 0;
    }

    public void Tell(LiveMessage message)
    {
        _next = message.Offset + 1;
        _followers.ForEach(follower => follower.Add(message));
    }

    public void Report(bool isFault, string sentence) => _followers.ForEach(follower => follower.Report(isFault, sentence));
}
