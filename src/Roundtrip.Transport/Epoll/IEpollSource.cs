namespace Roundtrip.Transport.Epoll;

/// <summary>Something with a descriptor that a loop watches.</summary>
internal interface IEpollSource
{
    int Descriptor { get; }

    /// <summary>The kernel reports <paramref name="events"/>, at least one of which was asked for or is an error.</summary>
    void OnEvents(uint events);
}
