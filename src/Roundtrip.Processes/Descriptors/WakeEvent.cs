using Roundtrip.Interop;

namespace Roundtrip.Processes.Descriptors;

/// <summary>An eventfd by which any thread wakes one that polls.</summary>
public sealed unsafe class WakeEvent : IDisposable
{
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public WakeEvent() => Descriptor = OwnedDescriptor.Result(Libc.EventFd(0, Libc.EfdNonblock | Libc.EfdCloexec), "eventfd");

    /// <summary>Readable once <see cref="Set"/> was called, until <see cref="Clear"/> is.</summary>
    public OwnedDescriptor Descriptor { get; }

    public void Set()
    {
        ulong one = 1;
        _ = Libc.Write(Descriptor, &one, sizeof(ulong));
    }

    public void Clear()
    {
        ulong ignored;
        _ = Libc.Read(Descriptor, &ignored, sizeof(ulong));
    }

    public void Dispose() => Descriptor.Dispose();
}
