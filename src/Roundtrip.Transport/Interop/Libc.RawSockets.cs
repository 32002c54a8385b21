using System.Runtime.InteropServices;

namespace Roundtrip.Interop;

/// <summary>Raw sockets, error queues and what a datagram's header is told to hold (linux/in.h, linux/in6.h, linux/errqueue.h).</summary>
internal static unsafe partial class Libc
{
    public const int SockDgram = 2;
    public const int SockRaw = 3;
    public const int IpprotoIp = 0;
    public const int IpprotoIcmp = 1;
    public const int IpprotoIcmpV6 = 58;
    public const int IpprotoRaw = 255;
    public const int SoBindtodevice = 25;
    public const int SoAttachFilter = 26;

    /// <summary>SO_TIMESTAMPNS, and the type of the message that it brings: a struct timespec of 64 bits each.</summary>
    public const int SoTimestampns = 35;

    public const int IpTos = 1;
    public const int IpTtl = 2;
    public const int IpMtuDiscover = 10;
    public const int IpRecverr = 11;
    public const int IpRecvttl = 12;
    public const int IpRecverrRfc4884 = 26;
    public const int Ipv6UnicastHops = 16;
    public const int Ipv6MtuDiscover = 23;
    public const int Ipv6Recverr = 25;
    public const int Ipv6RecverrRfc4884 = 31;
    public const int Ipv6Recvhoplimit = 51;
    public const int Ipv6Hoplimit = 52;
    public const int Ipv6Dontfrag = 62;
    public const int Ipv6Tclass = 67;
    public const int TcpSyncnt = 7;

    /// <summary>No DF, and no path MTU kept.</summary>
    public const int PmtudiscDont = 0;

    /// <summary>DF, whatever path MTU is known.</summary>
    public const int PmtudiscProbe = 3;

    public const int MsgDontwait = 0x40;
    public const int MsgErrqueue = 0x2000;
    public const short PollIn = 0x1;

    /// <summary>SO_EE_ORIGIN_ICMP and SO_EE_ORIGIN_ICMP6.</summary>
    public const byte OriginIcmp = 2;

    /// <inheritdoc cref="OriginIcmp"/>
    public const byte OriginIcmpV6 = 3;

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(int fd, byte* buffer, nint length, int flags, byte* address, uint addressLength);

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FilterProgram
    {
        public ushort Length;
        public void* Instructions;
    }

    /// <summary>struct sock_extended_err; the offender's address follows.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ExtendedError
    {
        public uint Number;
        public byte Origin;
        public byte Type;
        public byte Code;
        public byte Padding;
        public uint Info;

        /// <summary>struct sock_ee_data_rfc4884: where extensions begin behind what was quoted; 0 for none.</summary>
        public ushort ExtensionsAt;

        public byte Flags;
        public byte Reserved;
    }
}
