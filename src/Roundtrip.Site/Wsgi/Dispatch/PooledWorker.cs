namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>A worker as the pool keeps it.</summary>
internal sealed class PooledWorker
{
    private readonly Stack<Channel> _free = new();

    public PooledWorker(Worker worker, int channels)
    {
        Worker = worker;
        Channels = [.. Enumerable.Range(0, channels).Select(index => new Channel(this, index))];
        foreach (Channel channel in Channels.Reverse())
        {
            _free.Push(channel);
        }
    }

    public Worker Worker { get; }

    public IReadOnlyList<Channel> Channels { get; }

    public int Busy => Channels.Count - _free.Count;

    public bool HasRoom => _free.Count > 0;

    /// <summary>Whether it gets no more requests.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Whether its process has ended.</summary>
    public bool IsLost { get; set; }

    /// <summary>The channel that was used last: its thread's memory is in the processor's caches.</summary>
    public Channel Take(int loop)
    {
        Channel channel = _free.Pop();
        channel.Loop = loop;
        return channel;
    }

    public void Return(Channel channel)
    {
        channel.Loop = null;
        _free.Push(channel);
    }
}
