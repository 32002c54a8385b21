namespace Roundtrip.Http.Http2.Priority;

/// <summary>A stream in an <see cref="IStreamScheduler"/>, from Open to Close.</summary>
public sealed class ScheduledStream : IHeapEntry<ScheduledStream>
{
    public int StreamId { get; internal set; }

    /// <summary>What Open was given.</summary>
    public object? Owner { get; internal set; }

    public bool IsReady { get; internal set; }

    /// <summary>RFC 9218's priority: the client's, with what the response says over it.</summary>
    public StreamPriority Priority => Response.Over(Client);

    internal StreamPriority Client { get; set; }

    internal PriorityParameters Response { get; set; }

    /// <summary>Its place in RFC 7540's tree, while a tree schedules it.</summary>
    internal TreeNode? Node { get; set; }

    // Its neighbours in the ring of its urgency, while it is ready and incremental.
    internal ScheduledStream? Following { get; set; }

    internal ScheduledStream? Preceding { get; set; }

    int IHeapEntry<ScheduledStream>.HeapIndex { get; set; }

    // RFC 9218 §10: streams that are not incremental go in the order of their identifiers, which is the order of the requests.
    bool IHeapEntry<ScheduledStream>.GoesBefore(ScheduledStream other) => StreamId < other.StreamId;
}
