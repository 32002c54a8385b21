namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>One thread of a worker, as the pool keeps it: free, or given to requests of one loop: the one in hand, and those that wait in its inbox.</summary>
internal sealed class Channel(PooledWorker worker, int index)
{
    public PooledWorker Worker => worker;

    /// <summary>Its place among the worker's channels, and in the memory that is shared.</summary>
    public int Index => index;

    /// <summary>The loop whose requests have it; null while it is free.</summary>
    public int? Loop { get; set; }

    /// <summary>How many requests it was given and has not answered.</summary>
    public int InHand { get; set; }

    /// <summary>When it last began or was done with one, in monotonic milliseconds; 0 where the one in hand will last, so that nobody is to wait behind it.</summary>
    public long Since { get; set; }

    /// <summary>Where in the response's ring the next content comes. Belongs to the loop that has the channel.</summary>
    public int RingAt { get; set; }

    /// <summary>How much was taken out of that ring since the worker was told. Belongs to the loop that has the channel.</summary>
    public int Freed { get; set; }
}
