namespace Roundtrip.Site.Files;

/// <summary>The memory that the hot files of all loops may take together. May be used on any thread.</summary>
/// <param name="limit">Bytes.</param>
public sealed class SharedCacheBudget(long limit = SharedCacheBudget.DefaultLimit)
{
    public const long DefaultLimit = 64 * 1024 * 1024;

    private long _used;
    private int _loops;
    private int _refusals;

    public long Limit => limit;

    /// <summary>Bytes that are taken.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>
    /// Grows each time a loop that had nothing left to evict got nothing. The others then give back what they have above their <see cref="Share"/>.
    /// </summary>
    internal int Refusals => Volatile.Read(ref _refusals);

    /// <summary>What each loop may have when all want all they can get, in bytes.</summary>
    internal long Share => limit / Math.Max(1, Volatile.Read(ref _loops));

    internal void Join() => Interlocked.Increment(ref _loops);

    internal void Leave() => Interlocked.Decrement(ref _loops);

    internal bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    internal void Give(long bytes) => Interlocked.Add(ref _used, -bytes);

    internal void Refused() => Interlocked.Increment(ref _refusals);
}
