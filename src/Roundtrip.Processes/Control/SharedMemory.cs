using Roundtrip.Interop;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Control;

/// <summary>Memory that is shared with a process which is given its descriptor, all zero at first. Its length is sealed: the other side cannot shorten it under our feet (SIGBUS).</summary>
public sealed unsafe class SharedMemory : IDisposable
{
    private readonly nint _length;
    private nint _address;

    private SharedMemory(OwnedDescriptor descriptor, nint address, nint length) => (Descriptor, _address, _length) = (descriptor, address, length);

    /// <summary>For the other side, to map it.</summary>
    public OwnedDescriptor Descriptor { get; }

    /// <summary>Where it is mapped here; valid until <see cref="Dispose"/>.</summary>
    public nint Address => _address;

    /// <exception cref="ProcessException">There is no memory or descriptor left.</exception>
    public static SharedMemory Create(nint length)
    {
        OwnedDescriptor descriptor = OwnedDescriptor.Result(Libc.MemfdCreate("roundtrip-shared", Libc.MfdCloexec | Libc.MfdAllowSealing), "memfd_create");
        void* address = Libc.MapFailed;
        if (Libc.Truncate(descriptor, length) == 0 && Libc.Fcntl(descriptor, Libc.FAddSeals, Libc.SealSeal | Libc.SealShrink | Libc.SealGrow) == 0)
        {
            address = Libc.Map(null, length, Libc.ProtRead | Libc.ProtWrite, Libc.MapShared, descriptor, 0);
        }

        if (address != Libc.MapFailed)
        {
            return new SharedMemory(descriptor, (nint)address, length);
        }

        using (descriptor)
        {
            throw new ProcessException(SystemError.Last("mmap", "of a memfd"));
        }
    }

    public void Dispose()
    {
        Descriptor.Dispose();
        if (_address != 0)
        {
            _ = Libc.Unmap((void*)_address, _length);
            _address = 0;
        }
    }
}
