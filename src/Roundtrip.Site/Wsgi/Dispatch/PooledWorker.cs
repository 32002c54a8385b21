namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>A worker as the pool keeps it.</summary>
internal sealed class PooledWorker
{
    // The one that is to be used next is the last.
    private readonly List<Channel> _free;

    public PooledWorker(Worker worker, int channels)
    {
        Worker = worker;
        Channels = [.. Enumerable.Range(0, channels).Select(index => new Channel(this, index))];
        _free = [.. Channels.Reverse()];
    }

    public Worker Worker { get; }

    public IReadOnlyList<Channel> Channels { get; }

    /// <summary>How many channels have requests.</summary>
    public int Busy => Channels.Count - _free.Count;

    /// <summary>How many requests they have.</summary>
    public int InHand { get; private set; }

    public bool HasRoom => _free.Count > 0;

    /// <summary>Whether it gets no more requests.</summary>
    public bool IsRetired { get; set; }

    /// <summary>Whether its process has ended.</summary>
    public bool IsLost { get; set; }

    /// <summary>The channel of a loop that has got on with its requests since <paramref name="since"/>; null where there is none.</summary>
    public Channel? LineOf(int loop, long since)
    {
        foreach (Channel channel in Channels)
        {
            if (channel.Loop == loop && channel.Since >= since)
            {
                return channel;
            }
        }

        return null;
    }

    /// <summary>Gives a request the channel that was used last: its thread's memory is in the processor's caches.</summary>
    public Channel Take(int loop, long now)
    {
        Channel channel = _free[^1];
        _free.RemoveAt(_free.Count - 1);
        (channel.Loop, channel.Since) = (loop, now);
        return Join(channel);
    }

    /// <summary>Gives a request a place in the inbox of a channel that has others.</summary>
    public Channel Join(Channel channel)
    {
        channel.InHand++;
        InHand++;
        return channel;
    }

    /// <summary>A channel is done with a request.</summary>
    public void Return(Channel channel, long now)
    {
        channel.Since = now;
        Leave(channel, 1);
        if (channel.InHand == 0)
        {
            _free.Add(channel);
        }
    }

    /// <summary>Requests were taken back from a channel that does not get on: if it is free by that, it is used last.</summary>
    public void TakeBack(Channel channel, int count)
    {
        Leave(channel, count);
        if (channel.InHand == 0)
        {
            _free.Insert(0, channel);
        }
    }

    private void Leave(Channel channel, int count)
    {
        channel.InHand -= count;
        InHand -= count;
        if (channel.InHand == 0)
        {
            channel.Loop = null;
        }
    }
}
