namespace Roundtrip.Site.Wsgi.Protocol;

/// <summary>
/// What stands where in the memory that a worker shares with the server: a slot of each channel with the number of the request that it took last and that of its thread, then two rings of each, for content of the
/// request and of the response. Content in memory is written once and read once; over a socket the kernel would copy it twice more, and make and free its buffers. worker.py has the same figures.
/// </summary>
internal static class SharedLayout
{
    /// <summary>Bytes of a ring. Both ends wake each other for half of one: a smaller ring has them do so oftener, a larger one leaves the processor's cache before it is read.</summary>
    public const int RingSize = 512 * 1024;

    private const int SlotSize = 64;
    private const int PageSize = 4096;

    /// <summary>How many bytes there are in all.</summary>
    public static nint Size(int channels) => RequestRing(channels, channels);

    /// <summary>Where the slot of a channel begins.</summary>
    public static nint Slot(int channel) => (nint)channel * SlotSize;

    /// <summary>Where a channel's ring for content of the request begins.</summary>
    public static nint RequestRing(int channels, int channel) => (((channels * (nint)SlotSize) + PageSize - 1) / PageSize * PageSize) + (channel * (nint)(2 * RingSize));

    /// <summary>Where a channel's ring for content of the response begins.</summary>
    public static nint ResponseRing(int channels, int channel) => RequestRing(channels, channel) + RingSize;
}
