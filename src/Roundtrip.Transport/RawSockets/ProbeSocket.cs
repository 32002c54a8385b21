using System.Runtime.InteropServices;
using Roundtrip.Core;
using Roundtrip.Interop;
using Roundtrip.Transport.Epoll;

namespace Roundtrip.Transport.RawSockets;

/// <summary>A socket that sends probes or gets what answers them, without waiting. ProbeSocket.Receiving.cs has the other half.</summary>
public sealed unsafe partial class ProbeSocket : IDisposable
{
    private readonly int _descriptor;
    private readonly bool _isV6;
    private bool _isClosed;

    private ProbeSocket(int descriptor, bool isV6) => (_descriptor, _isV6) = (descriptor, isV6);

    /// <summary>The address and port that the system sends from.</summary>
    public PeerAddress Local
    {
        get
        {
            byte* address = stackalloc byte[SocketAddress.MaximumSize];
            uint length = SocketAddress.MaximumSize;
            Check(Libc.GetSockName(_descriptor, address, &length), "getsockname");
            return SocketAddress.Parse(new ReadOnlySpan<byte>(address, (int)length));
        }
    }

    internal int Descriptor => _descriptor;

    /// <exception cref="TransportException">It may not be opened; <see cref="TransportException.IsRightMissing"/> says whether a right is missing.</exception>
    public static ProbeSocket Open(ProbeSocketKind kind, bool isV6)
    {
        int icmp = isV6 ? Libc.IpprotoIcmpV6 : Libc.IpprotoIcmp;
        (int type, int protocol) = kind switch
        {
            ProbeSocketKind.Stream => (Libc.SockStream, 0),
            ProbeSocketKind.Ping => (Libc.SockDgram, icmp),
            ProbeSocketKind.RawIcmp => (Libc.SockRaw, icmp),
            ProbeSocketKind.RawTcp => (Libc.SockRaw, Libc.IpprotoTcp),
            ProbeSocketKind.Packet => (Libc.SockRaw, Libc.IpprotoRaw),
            _ => (Libc.SockDgram, 0),
        };
        int descriptor = Libc.Socket(isV6 ? Libc.AfInet6 : Libc.AfInet, type | Libc.SockNonblock | Libc.SockCloexec, protocol);
        Check(descriptor, "socket");
        var socket = new ProbeSocket(descriptor, isV6);

        // To nowhere: what the runtime does for the first call of its kind shall be no part of a round trip.
        _ = Libc.SendTo(-1, null, 0, 0, null, 0);
        socket.Set(Libc.SolSocket, Libc.SoTimestampns, 1);
        socket.Set(socket.Level, isV6 ? Libc.Ipv6Recvhoplimit : Libc.IpRecvttl, 1);
        if (kind is ProbeSocketKind.Datagram or ProbeSocketKind.Stream or ProbeSocketKind.Ping)
        {
            socket.Set(socket.Level, isV6 ? Libc.Ipv6Recverr : Libc.IpRecverr, 1);

            // Linux 5.9; before, extensions are not shown.
            int one = 1;
            _ = Libc.SetSockOpt(descriptor, socket.Level, isV6 ? Libc.Ipv6RecverrRfc4884 : Libc.IpRecverrRfc4884, &one, sizeof(int));
        }

        return socket;
    }

    public void Dispose()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _ = Libc.Close(_descriptor);
        }
    }

    /// <exception cref="TransportException">The address is not this machine's, or the port is taken.</exception>
    public void Bind(PeerAddress address)
    {
        byte* bytes = stackalloc byte[SocketAddress.MaximumSize];
        Check(Libc.Bind(_descriptor, bytes, Format(address, bytes)), $"bind {address}");
    }

    /// <exception cref="TransportException">There is no such interface.</exception>
    public void BindToInterface(string name)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(name);
        fixed (byte* p = bytes)
        {
            Check(Libc.SetSockOpt(_descriptor, Libc.SolSocket, Libc.SoBindtodevice, p, (uint)bytes.Length), $"interface {name}");
        }
    }

    /// <summary>Has the kernel drop what a program does not let through, before it wakes anybody.</summary>
    public void Attach(ReadOnlySpan<FilterInstruction> filter)
    {
        fixed (FilterInstruction* p = filter)
        {
            var program = new Libc.FilterProgram { Length = (ushort)filter.Length, Instructions = p };
            Check(Libc.SetSockOpt(_descriptor, Libc.SolSocket, Libc.SoAttachFilter, &program, (uint)sizeof(Libc.FilterProgram)), "SO_ATTACH_FILTER");
        }
    }

    /// <summary>Chooses the other end; of TCP this sends the SYN.</summary>
    /// <param name="at">When, by <see cref="MonotonicClock"/>.</param>
    /// <returns>errno; 0 also where a connection has only begun.</returns>
    public int Connect(PeerAddress address, out long at)
    {
        byte* bytes = stackalloc byte[SocketAddress.MaximumSize];
        uint length = Format(address, bytes);
        at = MonotonicClock.Now;
        if (Libc.Connect(_descriptor, bytes, length) == 0)
        {
            return 0;
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == Errno.Einprogress ? 0 : errno;
    }

    public void SetTimeToLive(int value) => Set(Level, _isV6 ? Libc.Ipv6UnicastHops : Libc.IpTtl, value);

    /// <param name="value">DSCP and ECN as they stand in the header.</param>
    public void SetTrafficClass(int value) => Set(Level, _isV6 ? Libc.Ipv6Tclass : Libc.IpTos, value);

    /// <summary>Has packets go out up to the link's own MTU, whatever was learnt of the path's before: where they are too large is what a trace is to find out.</summary>
    public void IgnorePathMtu() => Set(Level, _isV6 ? Libc.Ipv6MtuDiscover : Libc.IpMtuDiscover, Libc.PmtudiscProbe);

    /// <summary>Whether a packet that is too large for a link is fragmented (by this machine alone in IPv6) or brings an error.</summary>
    public void SetDontFragment(bool value)
    {
        Set(Level, _isV6 ? Libc.Ipv6MtuDiscover : Libc.IpMtuDiscover, value ? Libc.PmtudiscProbe : Libc.PmtudiscDont);
        if (_isV6)
        {
            Set(Level, Libc.Ipv6Dontfrag, value ? 1 : 0);
        }
    }

    /// <summary>Lets TCP repeat its SYN no more than it must: once.</summary>
    public void SetFewSyns() => Set(Libc.IpprotoTcp, Libc.TcpSyncnt, 1);

    /// <summary>Lets closing end a connection with RST, which leaves nothing behind.</summary>
    public void ResetOnClose()
    {
        var linger = new Libc.Linger { OnOff = 1 };
        Check(Libc.SetSockOpt(_descriptor, Libc.SolSocket, Libc.SoLinger, &linger, (uint)sizeof(Libc.Linger)), "SO_LINGER");
    }

    /// <param name="at">When, by <see cref="MonotonicClock"/>.</param>
    /// <param name="to">Null where <see cref="Connect"/> has said it.</param>
    /// <returns>errno; 0 where it was sent.</returns>
    public int Send(ReadOnlySpan<byte> bytes, out long at, PeerAddress? to = null)
    {
        byte* address = stackalloc byte[SocketAddress.MaximumSize];
        uint length = to is { } target ? Format(target, address) : 0;
        fixed (byte* p = bytes)
        {
            at = MonotonicClock.Now;
            return Libc.SendTo(_descriptor, p, bytes.Length, Libc.MsgNosignal, to is null ? null : address, length) >= 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>
    /// Sends what the kernel has not sent because it had an answer to an earlier packet to report (ip(7)): that is reported once, waits in the error queue all the same, and holds back this one.
    /// </summary>
    /// <inheritdoc cref="Send"/>
    public int SendBehindErrors(ReadOnlySpan<byte> bytes, out long at) => Send(bytes, out at) == 0 ? 0 : Send(bytes, out at);

    /// <summary>Takes the error that the socket holds.</summary>
    /// <returns>errno; 0 for none.</returns>
    public int TakeError()
    {
        int errno = 0;
        uint size = sizeof(int);
        Check(Libc.GetSockOpt(_descriptor, Libc.SolSocket, Libc.SoError, &errno, &size), "SO_ERROR");
        return errno;
    }

    private int Level => _isV6 ? Libc.IpprotoIpv6 : Libc.IpprotoIp;

    private static uint Format(PeerAddress address, byte* bytes) => (uint)SocketAddress.Format(address, new Span<byte>(bytes, SocketAddress.MaximumSize));

    private void Set(int level, int option, int value) => Check(Libc.SetSockOpt(_descriptor, level, option, &value, sizeof(int)), $"setsockopt {level} {option}");

    private static void Check(int result, string what)
    {
        if (result < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            throw new TransportException($"{what}: {Libc.ErrorText(errno)}") { IsRightMissing = errno is Errno.Eperm or Errno.Eacces };
        }
    }
}
