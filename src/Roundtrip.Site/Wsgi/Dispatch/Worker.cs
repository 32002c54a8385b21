using Roundtrip.Processes.Descriptors;
using Roundtrip.Site.Wsgi.Protocol;

namespace Roundtrip.Site.Wsgi.Dispatch;

/// <summary>One process that is ready. Whoever started it owns the memory and the sockets, and closes them once the pool has told that nothing uses them.</summary>
/// <param name="number">Its number in the server's life, for logs.</param>
/// <param name="memory">The memory that the process shares, laid out as <see cref="SharedLayout"/> says. The process may write into it at any time: what is read there twice may differ.</param>
/// <param name="inboxes">Where each channel finds its requests.</param>
/// <param name="sockets">The server's end of each channel.</param>
internal sealed unsafe class Worker(int number, nint memory, IReadOnlyList<Inbox> inboxes, IReadOnlyList<OwnedDescriptor> sockets)
{
    public int Number => number;

    public IReadOnlyList<Inbox> Inboxes => inboxes;

    public IReadOnlyList<OwnedDescriptor> Sockets => sockets;

    /// <summary>What belongs to who started it.</summary>
    public object? Process { get; init; }

    /// <summary>The number of the last request that the process took on a channel; 0 for none.</summary>
    public long TakenOn(int channel) => Volatile.Read(ref *(long*)(memory + SharedLayout.Slot(channel)));

    /// <summary>The system's number of a channel's thread, as the process says it.</summary>
    public long ThreadOf(int channel) => Volatile.Read(ref *(long*)(memory + SharedLayout.Slot(channel) + sizeof(long)));

    /// <summary>Where the content of a channel's request goes.</summary>
    public Span<byte> RequestRing(int channel) => new((void*)(memory + SharedLayout.RequestRing(sockets.Count, channel)), SharedLayout.RingSize);

    /// <summary>Where the content of a channel's response comes.</summary>
    public ReadOnlySpan<byte> ResponseRing(int channel) => new((void*)(memory + SharedLayout.ResponseRing(sockets.Count, channel)), SharedLayout.RingSize);
}
