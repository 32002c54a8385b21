using System.Runtime.InteropServices;
using Roundtrip.Core;
using Roundtrip.Interop;

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

    private readonly Pause _pause;
    private bool _isClosed;

    /// <param name="descriptor">A listening socket, which belongs to the listener from now on.</param>
    public EpollListener(EpollLoop loop, int descriptor, Action<TransportConnection> accepted)
    {
        _loop = loop;
        _accepted = accepted;
        _descriptor = descriptor;
        _pause = new Pause(this);
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
        int failed = 0;
        for (int i = 0; i < AcceptsPerEvent && !_isClosed; i++)
        {
            uint length = SocketAddress.MaximumSize;
            int accepted = Libc.Accept4(_descriptor, address, &length, Libc.SockNonblock | Libc.SockCloexec);
            if (accepted >= DescriptorLimit.Connections)
            {
                _ = Libc.Close(accepted);
                _loop.AcceptFailed?.Invoke(EndReason.OutOfDescriptors, $"connections may have those below {DescriptorLimit.Connections}");
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

            // accept(2): errors of the connection that was about to be accepted are reported here and concern nobody else. Where nothing else comes, it is not the connections:
            // a listener that was shut down (ss -K), or a security module. Either way what waits stays where it is, and would wake the loop for ever.
            bool isOutOfDescriptors = errno is Errno.Emfile or Errno.Enfile or Errno.Enobufs or Errno.Enomem;
            if (isOutOfDescriptors || ++failed == AcceptsPerEvent)
            {
                _loop.AcceptFailed?.Invoke(isOutOfDescriptors ? EndReason.OutOfDescriptors : EndReason.AcceptFailed, Libc.ErrorText(errno));
                _pause.Begin();
                return;
            }
        }
    }

    public void Close()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            _loop.Timers.Cancel(_pause);
            _loop.Unwatch(_key);
            _ = Libc.Close(_descriptor);
        }
    }

    // With TCP_DEFER_ACCEPT the first bytes are there already: reading at once saves a wake-up and, for a connection of one request, the
    // registration with epoll too.
    private void Begin(EpollConnection connection)
    {
        _accepted(connection);
        connection.Sink?.OnReadable();
    }

    /// <summary>
    /// Makes sure that nobody listens at the address. SO_REUSEPORT would let a second server of the same user listen there too, and share the first one's clients.
    /// </summary>
    public static void EnsureFree(PeerAddress address)
    {
        if (address.Port != 0)
        {
            _ = Libc.Close(Bind(address, isShared: false));
        }
    }

    /// <summary>Opens a socket that listens at an address, beside others of this process and user.</summary>
    /// <exception cref="TransportException">The address cannot be listened at.</exception>
    public static int Open(PeerAddress address) => Bind(address, isShared: true);

    private static int Bind(PeerAddress address, bool isShared)
    {
        int family = address.IsIPv4 ? Libc.AfInet : Libc.AfInet6;
        int descriptor = EpollLoop.Check(Libc.Socket(family, Libc.SockStream | Libc.SockNonblock | Libc.SockCloexec, 0), "socket");
        SetOption(descriptor, Libc.SolSocket, Libc.SoReuseaddr, 1);
        SetOption(descriptor, Libc.SolSocket, Libc.SoReuseport, isShared ? 1 : 0);

        // Accepted sockets inherit both: no call per connection.
        SetOption(descriptor, Libc.IpprotoTcp, Libc.TcpNodelay, 1);
        SetOption(descriptor, Libc.IpprotoTcp, Libc.TcpDeferAccept, 1);
        if (family == Libc.AfInet6)
        {
            SetOption(descriptor, Libc.IpprotoIpv6, Libc.Ipv6V6Only, 1);
        }

        byte* bytes = stackalloc byte[SocketAddress.MaximumSize];
        int length = SocketAddress.Format(address, new Span<byte>(bytes, SocketAddress.MaximumSize));
        if (Libc.Bind(descriptor, bytes, (uint)length) != 0 || (isShared && Libc.Listen(descriptor, Backlog) != 0))
        {
            int errno = Marshal.GetLastPInvokeError();
            _ = Libc.Close(descriptor);
            string hint = errno switch
            {
                Errno.Eaddrinuse => " (another program listens there: choose another port, or stop it)",
                Errno.Eacces => " (ports below 1024 need root or CAP_NET_BIND_SERVICE)",
                Errno.Einval when address.ToIPAddress().IsIPv6LinkLocal && address.Scope == 0 =>
                    " (a link-local address needs an interface of this machine, as in fe80::1%eth0)",
                Errno.Eaddrnotavail => " (no interface of this machine has that address)",
                _ => "",
            };
            throw new TransportException($"cannot listen at {address}: {Libc.ErrorText(errno)}{hint}") { IsRightMissing = errno == Errno.Eacces };
        }

        return descriptor;
    }

    private static void SetOption(int descriptor, int level, int option, int value) =>
        EpollLoop.Check(Libc.SetSockOpt(descriptor, level, option, &value, sizeof(int)), "setsockopt");

    // Accepting goes on when there has been time for descriptors to come back. The kernel tells EPOLLHUP of what it watches whatever it is asked for, so it does not watch meanwhile.
    private sealed class Pause(EpollListener listener) : TimerEntry
    {
        private const int Length = 100;

        public void Begin()
        {
            listener._loop.Suspend(listener, listener._key);
            listener._loop.Timers.Schedule(this, listener._loop.Now + Length);
        }

        protected internal override void OnDue(long now)
        {
            if (!listener._loop.TryResume(listener, Libc.EpollIn, listener._key))
            {
                listener._loop.Timers.Schedule(this, now + Length);
            }
        }
    }
}
