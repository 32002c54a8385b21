using Roundtrip.Transport;

namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>A request at a pool. Its turn, or a refusal, comes on its own loop, posted where another thread found it.</summary>
internal abstract class PoolRequest : Waiter, ILoopWork
{
    private int _refusal;

    public abstract EventLoop EventLoop { get; }

    /// <summary>The channel that it is given, on the way to its loop.</summary>
    public Channel? Turn { get; set; }

    /// <summary>It has a channel. May be called when its client has left: then it gives it back.</summary>
    public abstract void Begin(Channel channel);

    /// <summary>It gets none.</summary>
    public abstract void Refuse(int status);

    public void PostTurn(Channel channel)
    {
        Turn = channel;
        EventLoop.Post(this);
    }

    public void PostRefusal(int status)
    {
        _refusal = status;
        EventLoop.Post(this);
    }

    void ILoopWork.Run()
    {
        (Channel? channel, Turn) = (Turn, null);
        if (channel is not null)
        {
            Begin(channel);
        }
        else
        {
            Refuse(_refusal);
        }
    }
}
