namespace Roundtrip.Http.Tests;

/// <summary>Measures what code allocates on its thread.</summary>
public static class Allocated
{
    /// <summary>
    /// The least that any of some rounds allocated, in bytes. What code itself allocates it allocates in each; a collection that another test causes meanwhile takes the thread's allocation
    /// context away, and what was left of it then counts as allocated (about 8 KB).
    /// </summary>
    public static long Least(int rounds, Action round)
    {
        long least = long.MaxValue;
        for (int i = 0; i < rounds; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    /// <summary>What most of some objects take, in bytes: the median, for the reason that <see cref="Least"/> gives.</summary>
    /// <param name="make">Makes the object with this index.</param>
    public static long Each(int count, Action<int> make)
    {
        long[] sizes = new long[count];
        for (int i = 0; i < count; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            make(i);
            sizes[i] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Array.Sort(sizes);
        return sizes[count / 2];
    }
}
