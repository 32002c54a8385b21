using System.Runtime.InteropServices;

namespace Roundtrip.Interop;

/// <summary>Unix sockets and the descriptors that travel over them (unix(7), cmsg(3)).</summary>
internal static unsafe partial class Libc
{
    public const int AfUnix = 1;
    public const int SockDgram = 2;
    public const int SockSeqpacket = 5;
    public const int SoType = 3;
    public const int SoAcceptconn = 30;
    public const int MsgCtrunc = 0x8;
    public const int MsgTrunc = 0x20;
    public const int MsgDontwait = 0x40;

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    public static partial int SocketPair(int family, int type, int protocol, int* ends);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(SafeHandle fd, byte* bytes, nint length, int flags, byte* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSockName(SafeHandle fd, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSockOpt(SafeHandle fd, int level, int option, int* value, uint* length);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMsg(SafeHandle fd, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint RecvMsg(SafeHandle fd, MessageHeader* message, int flags);
}
