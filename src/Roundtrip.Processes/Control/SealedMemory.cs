using Roundtrip.Interop;
using Roundtrip.Processes.Descriptors;

namespace Roundtrip.Processes.Control;

/// <summary>Bytes in a memfd that nobody can change any more: what the receiver checks is what it reads.</summary>
public static unsafe class SealedMemory
{
    private const int Sealed = Libc.SealSeal | Libc.SealShrink | Libc.SealGrow | Libc.SealWrite;

    /// <exception cref="ProcessException">There is no memory or descriptor left.</exception>
    public static OwnedDescriptor Create(ReadOnlySpan<byte> bytes)
    {
        OwnedDescriptor memory = OwnedDescriptor.Result(Libc.MemfdCreate("roundtrip-control", Libc.MfdCloexec | Libc.MfdAllowSealing), "memfd_create");
        fixed (byte* first = bytes)
        {
            for (int written = 0; written < bytes.Length;)
            {
                nint count = Libc.Write(memory, first + written, bytes.Length - written);
                if (count <= 0)
                {
                    using (memory)
                    {
                        throw new ProcessException(SystemError.Last("write", "to a memfd"));
                    }
                }

                written += (int)count;
            }
        }

        if (Libc.Fcntl(memory, Libc.FAddSeals, Sealed) < 0)
        {
            using (memory)
            {
                throw new ProcessException(SystemError.Last("fcntl", "F_ADD_SEALS"));
            }
        }

        return memory;
    }

    /// <returns>Null, or what is wrong with it.</returns>
    internal static string? Read(OwnedDescriptor memory, int length, out byte[] bytes)
    {
        bytes = [];
        int seals = Libc.Fcntl(memory, Libc.FGetSeals, 0);
        if (seals < 0 || (seals & Sealed) != Sealed)
        {
            return "the payload's descriptor is not a sealed memfd";
        }

        if (Libc.Seek(memory, 0, Libc.SeekEnd) != length)
        {
            return "the payload's memfd is not as long as the head says";
        }

        bytes = GC.AllocateUninitializedArray<byte>(length);
        fixed (byte* first = bytes)
        {
            for (int read = 0; read < length;)
            {
                nint count = Libc.PRead(memory, first + read, length - read, read);
                if (count <= 0)
                {
                    return SystemError.Last("pread", "of the payload's memfd").Text;
                }

                read += (int)count;
            }
        }

        return null;
    }
}
