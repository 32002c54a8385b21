using Roundtrip.Interop;

namespace Roundtrip.Processes.Descriptors;

/// <summary>Two ends of a pipe or of a pair of sockets.</summary>
public static unsafe class DescriptorPair
{
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public static (OwnedDescriptor Read, OwnedDescriptor Write) Pipe()
    {
        int* ends = stackalloc int[2];
        return Both(Libc.Pipe2(ends, Libc.OCloexec), "pipe2", ends);
    }

    /// <summary>Sockets that carry a stream of bytes.</summary>
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public static (OwnedDescriptor One, OwnedDescriptor Other) StreamSockets() => Sockets(Libc.SockStream);

    /// <summary>Sockets that keep messages apart (SOCK_SEQPACKET).</summary>
    /// <exception cref="ProcessException">The process has no descriptor left.</exception>
    public static (OwnedDescriptor One, OwnedDescriptor Other) PacketSockets() => Sockets(Libc.SockSeqpacket);

    private static (OwnedDescriptor, OwnedDescriptor) Sockets(int type)
    {
        int* ends = stackalloc int[2];
        return Both(Libc.SocketPair(Libc.AfUnix, type | Libc.SockCloexec, 0, ends), "socketpair", ends);
    }

    private static (OwnedDescriptor, OwnedDescriptor) Both(int result, string call, int* ends) =>
        result == 0
            ? (OwnedDescriptor.Result(ends[0], call), OwnedDescriptor.Result(ends[1], call))
            : throw new ProcessException(SystemError.Last(call));
}
