using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;
using Roundtrip.Transport;

namespace Roundtrip.Site.LiveHub;

/// <summary>
/// What a hub's store says to a request, told on the request's loop: within the call where the hub keeps its messages in memory, otherwise when the store has answered. That a message is stored is told
/// later where the hub's subscribers are behind.
/// </summary>
internal abstract class StoreOutcome(EventLoop loop) : ILiveReceipt, ILoopWork
{
    private int _thread;
    private string? _id;

    // Null where it asks for what the store has: nothing keeps that answer back.
    private Hub? _publishedTo;

    protected EventLoop Loop => loop;

    public void Stored(string id)
    {
        _id = id;
        if (_publishedTo?.TryHold(this) != true)
        {
            Tell();
        }
    }

    public void Failed()
    {
        _id = null;
        Tell();
    }

    /// <summary>On any thread: what was held is told.</summary>
    public void Answer() => loop.Post(this);

    void ILoopWork.Run() => OnOutcome(_id);

    protected void Publish(Hub hub, LiveDraft draft)
    {
        (_thread, _publishedTo) = (Environment.CurrentManagedThreadId, hub);
        hub.Publish(draft, loop.UnixMilliseconds, this);
    }

    /// <summary>Asks for all that the store has by now.</summary>
    protected void CatchUp(Hub hub)
    {
        _thread = Environment.CurrentManagedThreadId;
        hub.CatchUp(this);
    }

    /// <param name="id">The stored message's; null where the store has not done what it was asked.</param>
    protected abstract void OnOutcome(string? id);

    private void Tell()
    {
        if (Environment.CurrentManagedThreadId == _thread)
        {
            OnOutcome(_id);
        }
        else
        {
            loop.Post(this);
        }
    }
}
