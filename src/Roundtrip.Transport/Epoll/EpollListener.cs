using System.Runtime.InteropServices;
using Roundtrip.Core;
using Roundtrip.Transport.Interop;

namespace Roundtrip.Transport.Epoll;

/// <summary>
/// One loop's own listening socket. SO_REUSEPORT lets every loop have one at the same address, and the kernel spreads connections over them.
/// </summary>
internal sealed unsafe class EpollListener : IEpollSource, ITransportListener
{
    private const int Backlog = 4096;

    // Connections taken in one go, so that a flood of them does not keep the loop from those it has.
    private const int AcceptsPerEvent = 64;

    private readonly EpollLoop _loop;
    private readonly Action<TransportConnection> _accepted;
    private readonly int _descriptor;
    private readonly ulong _key;

    // Given up for a moment when descriptors run out, so that a waiting connection can be taken and closed instead of waking us for ever.
    private int _reserve;
    private bool _isClosed;
    private long _saidAt = long.MinValue / 2;

    public EpollListener(EpollLoop loop, PeerAddress address, Action<TransportConnection> accepted)
    {
        _loop = loop;
        _accepted = accepted;
        _descriptor = Bind(address);
        _reserve = Libc.Open("/dev/null", Libc.OCloexec);
        byte* bytes = stackalloc byte[SocketAddress.MaximumSize];
        uint length = SocketAddress.MaximumSize;
        EpollLoop.Check(Libc.GetSockName(_descriptor, bytes, &length), "getsockname");
        Address = SocketAddress.Parse(new ReadOnlySpan<byte>(bytes, (int)length));
        _key = loop.Watch(this, Libc.EpollIn);
    }

    public PeerAddress Address { get; }

    public int Descriptor => _descriptor;

    public void OnEvents(uint events)
    {
        byte* address = stackalloc byte[SocketAddress.MaximumSize];
        for (int i = 0; i < AcceptsPerEvent && !_isClosed; i++)
        {
            uint length = SocketAddress.MaximumSize;
            int accepted = Libc.Accept4(_descriptor, address, &length, Libc.SockNonblock | Libc.SockCloexec);
            if (accepted >= DescriptorLimit.Connections)
            {
                _ = Libc.Close(accepted);
                SayThatDescriptorsRanOut($"connections may have those below {DescriptorLimit.Connections}");
                continue;
            }

            if (accepted >= 0)
            {
                PeerAddress remote = SocketAddress.Parse(new ReadOnlySpan<byte>(address, (int)length));
                Begin(new EpollConnection(_loop, accepted, remote));
                continue;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno == Errno.Eagain)
            {
                return;
            }

            // accept(2): errors of the connection that was about to be accepted are reported here and concern nobody else.
            if (errno is Errno.Emfile or Errno.Enfile or Errno.Enobufs or Errno.Enomem)
            {
                SayThatDescriptorsRanOut(Libc.ErrorText(errno));
                TurnAway();
            }
        }
    }

    public void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _loop.Unwatch(_key);
            _ = Libc.Close(_descriptor);
            _ = Libc.Close(_reserve);
        }
    }

    // With TCP_DEFER_ACCEPT the first bytes are there already: reading at once saves a wake-up and, for a connection of one request, the
    // registration with epoll too.
    private void Begin(EpollConnection connection)
    {
        _accepted(connection);
        connection.Sink?.OnReadable();
    }

    // Clients that are turned away come again at once: one line a second says it.
    private void SayThatDescriptorsRanOut(string detail)
    {
        if (_loop.Now - _saidAt >= 1000)
        {
            _saidAt = _loop.Now;
            _loop.AcceptFailed?.Invoke(EndReason.OutOfDescriptors, detail);
        }
    }

    private void TurnAway()
    {
        _ = Libc.Close(_reserve);
        int turnedAway = Libc.Accept4(_descriptor, null, null, Libc.SockNonblock | Libc.SockCloexec);
        if (turnedAway >= 0)
        {
            _ = Libc.Close(turnedAway);
        }

        _reserve = Libc.Open("/dev/null", Libc.OCloexec);
    }

    private static int Bind(PeerAddress address)
    {
        int family = address.IsIPv4 ? Libc.AfInet : Libc.AfInet6;
        int descriptor = EpollLoop.Check(Libc.Socket(family, Libc.SockStream | Libc.SockNonblock | Libc.SockCloexec, 0), "socket");
        SetOption(descriptor, Libc.SolSocket, Libc.SoReuseaddr, 1);
        SetOption(descriptor, Libc.SolSocket, Libc.SoReuseport, 1);

        // Accepted sockets inherit both: no call per connection.
        SetOption(descriptor, Libc.IpprotoTcp, Libc.TcpNodelay, 1);
        SetOption(descriptor, Libc.IpprotoTcp, Libc.TcpDeferAccept, 1);
        if (family == Libc.AfInet6)
        {
            SetOption(descriptor, Libc.IpprotoIpv6, Libc.Ipv6V6Only, 1);
        }

        byte* bytes = stackalloc byte[SocketAddress.MaximumSize];
        int length = SocketAddress.Format(address, new Span<byte>(bytes, SocketAddress.MaximumSize));
        if (Libc.Bind(descriptor, bytes, (uint)length) != 0 || Libc.Listen(descriptor, Backlog) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            _ = Libc.Close(descriptor);
            string hint = errno switch
            {
                Errno.Eaddrinuse => " (another program listens there: choose another port, or stop it)",
                Errno.Eacces => " (ports below 1024 need root or CAP_NET_BIND_SERVICE)",
                Errno.Eaddrnotavail => " (no interface of this machine has that address)",
                _ => "",
            };
            throw new TransportException($"cannot listen at {address}: {Libc.ErrorText(errno)}{hint}");
        }

        return descriptor;
    }

    private static void SetOption(int descriptor, int level, int option, int value) =>
        EpollLoop.Check(Libc.SetSockOpt(descriptor, level, option, &value, sizeof(int)), "setsockopt");
}
