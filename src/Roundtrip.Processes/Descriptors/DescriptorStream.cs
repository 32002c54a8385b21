using System.Runtime.InteropServices;
using Roundtrip.Interop;

namespace Roundtrip.Processes.Descriptors;

/// <summary>What came of an attempt to read or send without waiting.</summary>
public enum StreamResult
{
    Done,

    /// <summary>There is nothing to read, or no room to send, now.</summary>
    WouldWait,

    /// <summary>The other side has closed, or ended.</summary>
    Closed,
}

/// <summary>Reading and sending over a stream socket or a pipe, never waiting.</summary>
public static unsafe class DescriptorStream
{
    /// <summary>Makes a descriptor one of which a read does not wait.</summary>
    /// <exception cref="ProcessException">It cannot be.</exception>
    public static void SetNonblocking(OwnedDescriptor descriptor)
    {
        const int SetFlags = 4;
        if (Libc.Fcntl(descriptor, SetFlags, Libc.ONonblock) < 0)
        {
            throw new ProcessException(SystemError.Last("fcntl", "F_SETFL O_NONBLOCK"));
        }
    }

    /// <summary>Reads what is there. Any error is the end.</summary>
    /// <param name="descriptor">Nonblocking.</param>
    public static StreamResult TryRead(OwnedDescriptor descriptor, Span<byte> buffer, out int count)
    {
        fixed (byte* first = buffer)
        {
            nint read;
            while ((read = Libc.Read(descriptor, first, buffer.Length)) < 0 && Marshal.GetLastPInvokeError() == Errno.Eintr)
            {
            }

            return ResultOf(read, out count);
        }
    }

    /// <summary>Takes a message of a socket that keeps them apart, without waiting, also where the socket is another's to wait at.</summary>
    public static StreamResult TryReceive(OwnedDescriptor socket, Span<byte> buffer, out int count)
    {
        fixed (byte* first = buffer)
        {
            var vector = new Libc.IoVector { Base = first, Length = buffer.Length };
            var message = new Libc.MessageHeader { Vectors = &vector, VectorCount = 1 };
            nint read;
            while ((read = Libc.RecvMsg(socket, &message, Libc.MsgDontwait)) < 0 && Marshal.GetLastPInvokeError() == Errno.Eintr)
            {
            }

            return ResultOf(read, out count);
        }
    }

    /// <summary>Sends a short message, all of it or nothing.</summary>
    /// <param name="bytes">So few that a socket takes them whole or not at all.</param>
    /// <param name="passed">A descriptor that goes with them, or null. It stays the caller's.</param>
    public static StreamResult TrySend(OwnedDescriptor socket, ReadOnlySpan<byte> bytes, OwnedDescriptor? passed)
    {
        int controlLength = sizeof(Libc.ControlHeader) + sizeof(int);
        byte* control = stackalloc byte[sizeof(Libc.ControlHeader) + sizeof(long)];
        *(Libc.ControlHeader*)control = new Libc.ControlHeader { Length = controlLength, Level = Libc.SolSocket, Type = Libc.ScmRights };
        *(int*)(control + sizeof(Libc.ControlHeader)) = passed?.Number ?? -1;
        fixed (byte* first = bytes)
        {
            var vector = new Libc.IoVector { Base = first, Length = bytes.Length };
            var message = new Libc.MessageHeader { Vectors = &vector, VectorCount = 1, Control = passed is null ? null : control, ControlLength = passed is null ? 0 : controlLength };
            while (true)
            {
                nint sent = Libc.SendMsg(socket, &message, Libc.MsgNosignal | Libc.MsgDontwait);
                if (sent == bytes.Length)
                {
                    return StreamResult.Done;
                }

                int errno = sent < 0 ? Marshal.GetLastPInvokeError() : 0;
                if (errno != Errno.Eintr)
                {
                    return errno == Errno.Eagain ? StreamResult.WouldWait : StreamResult.Closed;
                }
            }
        }
    }

    private static StreamResult ResultOf(nint read, out int count)
    {
        count = (int)Math.Max(read, 0);
        return read > 0 ? StreamResult.Done : read < 0 && Marshal.GetLastPInvokeError() == Errno.Eagain ? StreamResult.WouldWait : StreamResult.Closed;
    }
}
