using System.Runtime.InteropServices;

namespace Roundtrip.Interop;

/// <summary>The socket calls. Each sets errno, which <see cref="Marshal.GetLastPInvokeError"/> gives.</summary>
internal static unsafe partial class Libc
{
    public const int SockNonblock = 0x800;
    public const int SoReuseaddr = 2;
    public const int SoError = 4;
    public const int SoLinger = 13;
    public const int SoReuseport = 15;
    public const int IpprotoTcp = 6;
    public const int TcpNodelay = 1;
    public const int TcpDeferAccept = 9;
    public const int TcpInfoOption = 11;
    public const int TcpNotsentLowat = 25;

    /// <summary><see cref="TcpInfo.State"/> of a connection that has ended.</summary>
    public const byte TcpClose = 7;

    public const int IpprotoIpv6 = 41;
    public const int Ipv6V6Only = 26;
    public const int MsgMore = 0x8000;
    public const int ShutWr = 1;

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSockOpt(int fd, int level, int option, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSockOpt(int fd, int level, int option, void* value, uint* length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(int fd, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int fd, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static partial int Listen(int fd, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept4(int fd, byte* address, uint* length, int flags);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSockName(int fd, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Recv(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int fd, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMsg(int fd, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint RecvMsg(int fd, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    public static partial nint SendFile(int socket, int file, long* offset, nint count);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int fd, int how);

    /// <summary>The fields of struct tcp_info (linux/tcp.h) that are looked at.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 168)]
    public struct TcpInfo
    {
        [FieldOffset(0)]
        public byte State;

        [FieldOffset(16)]
        public uint SendMss;

        /// <summary>Segments.</summary>
        [FieldOffset(24)]
        public uint Unacknowledged;

        /// <summary>Microseconds.</summary>
        [FieldOffset(68)]
        public uint RoundTrip;

        /// <summary>Segments.</summary>
        [FieldOffset(80)]
        public uint CongestionWindow;

        /// <summary>Bytes.</summary>
        [FieldOffset(144)]
        public uint NotSent;

        /// <summary>Bytes a second, as of the last measure; 0 before the first.</summary>
        [FieldOffset(160)]
        public ulong DeliveryRate;
    }

    /// <summary>struct linger.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Linger
    {
        public int OnOff;
        public int Seconds;
    }
}
