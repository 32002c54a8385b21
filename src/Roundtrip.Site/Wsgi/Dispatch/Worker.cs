using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>One process that is ready. Whoever started it owns the page and the sockets, and closes them once the pool has told that nothing uses them.</summary>
/// <param name="number">Its number in the server's life, for logs.</param>
/// <param name="page">The page of memory that the process shares: at 64 times the channel's index stands the number of the request that it took last.</param>
/// <param name="sockets">The server's end of each channel.</param>
internal sealed unsafe class Worker(int number, long* page, IReadOnlyList<OwnedDescriptor> sockets)
{
    private const int SlotSize = 64;

    public int Number => number;

    public IReadOnlyList<OwnedDescriptor> Sockets => sockets;

    /// <summary>What belongs to who started it.</summary>
    public object? Process { get; init; }

    /// <summary>The number of the last request that the process took on a channel; 0 for none.</summary>
    public long TakenOn(int channel) => Volatile.Read(ref page[channel * (SlotSize / sizeof(long))]);
}
