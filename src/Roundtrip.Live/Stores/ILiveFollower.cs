using Roundtrip.Live.Log;

namespace Roundtrip.Live.Stores;

/// <summary>A hub, as its store sees it: told of every message in the order of the store.</summary>
public interface ILiveFollower
{
    /// <summary>How much of the past is kept.</summary>
    HistoryLimit History { get; }

    /// <summary>The store has a log, of which nothing was told so far: at first, and again where it is another log than before, since messages may have been lost.</summary>
    /// <param name="epoch">The log's name.</param>
    /// <param name="next">The offset of the message that <see cref="Add"/> is called with next; or if none is there, of the next that will be stored.</param>
    void Begin(string epoch, long next);

    /// <summary>All was told that the log had when it began: who comes with an id can be answered.</summary>
    void Ready();

    /// <summary>A message is stored: the next of the log.</summary>
    void Add(LiveMessage message);

    /// <summary>Something for the error log: that the store cannot be used, why, and that it can again.</summary>
    void Report(bool isFault, string sentence);
}
