namespace Roundtrip.Http.Http2.Priority;

/// <summary>
/// A binary heap whose entries know where they stand, so that any of them leaves it in O(log n). Its array only grows. A struct that is kept in a field: pass it by reference.
/// </summary>
internal struct IndexedHeap<T>
    where T : class, IHeapEntry<T>
{
    private T[]? _entries;

    public int Count { get; private set; }

    /// <summary>The entry that goes before all others. There must be one.</summary>
    public readonly T First => _entries![0];

    public void Add(T entry)
    {
        _entries ??= new T[4];
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        Rise(entry, Count++);
    }

    public void Remove(T entry)
    {
        int hole = entry.HeapIndex;
        T last = _entries![--Count];
        _entries[Count] = null!;
        if (!ReferenceEquals(last, entry))
        {
            Rise(last, hole);
            Sink(last, last.HeapIndex);
        }
    }

    /// <summary>Puts an entry right that goes later than it did.</summary>
    public readonly void MoveBack(T entry) => Sink(entry, entry.HeapIndex);

    private readonly void Rise(T entry, int at)
    {
        while (at > 0 && entry.GoesBefore(_entries![(at - 1) / 2]))
        {
            Put(_entries[(at - 1) / 2], at);
            at = (at - 1) / 2;
        }

        Put(entry, at);
    }

    private readonly void Sink(T entry, int at)
    {
        while (true)
        {
            int child = (2 * at) + 1;
            if (child + 1 < Count && _entries![child + 1].GoesBefore(_entries[child]))
            {
                child++;
            }

            if (child >= Count || !_entries![child].GoesBefore(entry))
            {
                break;
            }

            Put(_entries[child], at);
            at = child;
        }

        Put(entry, at);
    }

    private readonly void Put(T entry, int at)
    {
        _entries![at] = entry;
        entry.HeapIndex = at;
    }
}
