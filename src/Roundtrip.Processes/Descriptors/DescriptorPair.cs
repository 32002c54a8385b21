using Roundtrip.Interop;

namespace Roundtrip.Processes.Descriptors;

/// <summary>Two ends of a pipe or of a pair of sockets.</summary>
internal static unsafe class DescriptorPair
{
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public static (OwnedDescriptor Read, OwnedDescriptor Write) Pipe()
    {
        int* ends = stackalloc int[2];
        return Both(Libc.Pipe2(ends, Libc.OCloexec), "pipe2", ends);
    }

    /// <param name="type">SOCK_SEQPACKET keeps messages apart, SOCK_STREAM does not.</param>
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public static (OwnedDescriptor One, OwnedDescriptor Other) Sockets(int type)
    {
        int* ends = stackalloc int[2];
        return Both(Libc.SocketPair(Libc.AfUnix, type | Libc.SockCloexec, 0, ends), "socketpair", ends);
    }

    private static (OwnedDescriptor, OwnedDescriptor) Both(int result, string call, int* ends) =>
        result == 0
            ? (OwnedDescriptor.Result(ends[0], call), OwnedDescriptor.Result(ends[1], call))
            : throw new ProcessException(SystemError.Last(call));
}
