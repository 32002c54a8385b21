using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;
using Roundtrip.Transport;

namespace Roundtrip.Site.LiveHub;

/// <summary>What a hub's store says to a request, told on the request's loop: within the call where the hub keeps its messages in memory, otherwise when the store has answered.</summary>
internal abstract class StoreOutcome(EventLoop loop) : ILiveReceipt, ILoopWork
{
    private int _thread;
    private string? _id;

    protected EventLoop Loop => loop;

    public void Stored(string id) => Tell(id);

    public void Failed() => Tell(null);

    void ILoopWork.Run() => OnOutcome(_id);

    protected void Publish(Hub hub, LiveDraft draft)
    {
        _thread = Environment.CurrentManagedThreadId;
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

    private void Tell(string? id)
    {
        _id = id;
        if (Environment.CurrentManagedThreadId == _thread)
        {
            OnOutcome(id);
        }
        else
        {
            loop.Post(this);
        }
    }
}
