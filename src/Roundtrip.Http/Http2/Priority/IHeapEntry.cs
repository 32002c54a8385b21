namespace Roundtrip.Http.Http2.Priority;

/// <summary>What can stand in one <see cref="IndexedHeap{T}"/>.</summary>
internal interface IHeapEntry<in T>
{
    /// <summary>Where it stands, kept by the heap.</summary>
    int HeapIndex { get; set; }

    /// <summary>A strict order, which does not change while the entry stands in a heap, but before <see cref="IndexedHeap{T}.MoveBack"/>.</summary>
    bool GoesBefore(T other);
}
