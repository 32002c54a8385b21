namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>One thread of a worker, as the pool keeps it: free, or given to one request on one loop.</summary>
internal sealed class Channel(PooledWorker worker, int index)
{
    public PooledWorker Worker => worker;

    /// <summary>Its place among the worker's channels, and in the memory that is shared.</summary>
    public int Index => index;

    /// <summary>The loop whose request has it; null while it is free.</summary>
    public int? Loop { get; set; }
}
