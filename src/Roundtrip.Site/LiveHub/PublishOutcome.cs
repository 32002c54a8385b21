using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;
using Roundtrip.Transport;

namespace Roundtrip.Site.LiveHub;

/// <summary>What becomes of a publication, told on the publisher's loop: within the call where the hub keeps its messages in memory, otherwise when its store has answered.</summary>
internal abstract class PublishOutcome(EventLoop loop) : ILiveReceipt, ILoopWork
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

    /// <param name="id">The message's; null where it is not known to be stored.</param>
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
