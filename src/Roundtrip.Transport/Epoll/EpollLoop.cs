using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Roundtrip.Core;
using Roundtrip.Interop;

namespace Roundtrip.Transport.Epoll;

/// <summary>
/// An epoll loop. One thread calls <see cref="Run"/>; from other threads only <see cref="Post"/> and <see cref="Stop"/> may be called.
/// </summary>
public sealed unsafe class EpollLoop : EventLoop, IEpollSource, IDisposable
{
    private const int BatchSize = 256;

    private readonly int _epoll;
    private readonly int _wakeUp;
    private readonly ulong _wakeUpKey;
    private readonly byte* _batch;
    private readonly SlotTable _slots = new();
    private readonly ConcurrentQueue<ILoopWork> _posted = new();
    private readonly Lock _wakeUpLock = new();
    private int _isWakeUpPending;
    private volatile bool _isStopping;
    private bool _isDisposed;
    private long _now;
    private long _unixMilliseconds;

    /// <exception cref="TransportException">The process has no descriptor left.</exception>
    public EpollLoop()
        : base(Environment.TickCount64)
    {
        ReadClock();
        _epoll = Check(Libc.EpollCreate(Libc.EpollCloexec), "epoll_create1");
        _wakeUp = Check(Libc.EventFd(0, Libc.EfdNonblock | Libc.EfdCloexec), "eventfd");
        _batch = (byte*)NativeMemory.Alloc((nuint)(BatchSize * EpollEvents.Size));
        _wakeUpKey = Watch(this, Libc.EpollIn);
    }

    public override long Now => _now;

    public override long UnixMilliseconds => _unixMilliseconds;

    public override long UnixMicroseconds => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Told when a connection could not be accepted; the error number's sentence. Null tells nobody.</summary>
    public Action<EndReason, string>? AcceptFailed { get; set; }

    int IEpollSource.Descriptor => _wakeUp;

    public override void Post(ILoopWork work)
    {
        _posted.Enqueue(work);
        if (Interlocked.Exchange(ref _isWakeUpPending, 1) == 0)
        {
            WakeUp();
        }
    }

    public override ITransportListener Listen(PeerAddress address, Action<TransportConnection> accepted) =>
        new EpollListener(this, EpollListener.Open(address), accepted);

    /// <summary>Accepts connections from a socket that listens already, such as one that another process opened; it is closed with the listener.</summary>
    public ITransportListener Listen(SafeHandle socket, Action<TransportConnection> accepted)
    {
        int descriptor = Libc.Fcntl(socket, Libc.FDupfdCloexec, 0);
        return new EpollListener(this, Check(descriptor, "fcntl"), accepted);
    }

    public override WatchedDescriptor Watch(SafeHandle descriptor, IDescriptorSink sink) => new EpollDescriptor(this, descriptor, sink);

    /// <summary>Begins to connect to an address. The observer is told on this loop, never within the call.</summary>
    /// <param name="deadline">When to give up, in the loop's time; <see cref="Deadline.None"/> for when the system does.</param>
    /// <exception cref="TransportException">The process has no descriptor left, or the system knows no way there.</exception>
    public IPendingConnection Connect(PeerAddress address, long deadline, IConnectObserver observer)
    {
        int descriptor = Check(Libc.Socket(address.IsIPv4 ? Libc.AfInet : Libc.AfInet6, Libc.SockStream | Libc.SockNonblock | Libc.SockCloexec, 0), "socket");
        int on = 1;
        _ = Libc.SetSockOpt(descriptor, Libc.IpprotoTcp, Libc.TcpNodelay, &on, sizeof(int));
        byte* bytes = stackalloc byte[SocketAddress.MaximumSize];
        int length = SocketAddress.Format(address, new Span<byte>(bytes, SocketAddress.MaximumSize));
        if (Libc.Connect(descriptor, bytes, (uint)length) != 0 && Marshal.GetLastPInvokeError() is var errno and not Errno.Einprogress)
        {
            _ = Libc.Close(descriptor);
            throw new TransportException($"connect to {address}: {Libc.ErrorText(errno)}");
        }

        return new EpollConnecting(this, new EpollConnection(this, descriptor, address), deadline, observer);
    }

    /// <summary>Opens a socket that listens at an address, for a loop of this process or of another.</summary>
    /// <exception cref="TransportException">The address cannot be listened at.</exception>
    public static SafeHandle OpenListener(PeerAddress address) => new Microsoft.Win32.SafeHandles.SafeFileHandle(EpollListener.Open(address), ownsHandle: true);

    /// <summary>Makes sure, before loops listen at an address together, that no other program does.</summary>
    /// <exception cref="TransportException">The address is taken, or cannot be listened at.</exception>
    public static void EnsureFree(PeerAddress address) => EpollListener.EnsureFree(address);

    /// <summary>Runs until <see cref="Stop"/>.</summary>
    public void Run()
    {
        while (!_isStopping)
        {
            RunOnce(SleepFor());
        }
    }

    /// <summary>Waits for one batch of events and handles it.</summary>
    /// <param name="patience">Milliseconds to wait at most; -1 for as long as it takes.</param>
    internal void RunOnce(int patience)
    {
        int count = Libc.EpollWait(_epoll, _batch, BatchSize, patience);
        ReadClock();
        FireTimers();
        for (int i = 0; i < count; i++)
        {
            // A source that an earlier event of this batch closed has another generation by now, or none.
            _slots.Find(EpollEvents.DataAt(_batch, i))?.OnEvents(EpollEvents.EventsAt(_batch, i));
        }

        EndBatch();
    }

    /// <summary>Makes <see cref="Run"/> return after the batch in hand.</summary>
    public void Stop()
    {
        _isStopping = true;
        WakeUp();
    }

    /// <summary>Closes what is still open. Call it when <see cref="Run"/> has returned, or was never called.</summary>
    public void Dispose()
    {
        lock (_wakeUpLock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        foreach (IEpollSource source in _slots.All())
        {
            _ = Libc.Close(source.Descriptor);
        }

        _ = Libc.Close(_epoll);
        NativeMemory.Free(_batch);
    }

    void IEpollSource.OnEvents(uint events)
    {
        ulong ignored;
        _ = Libc.Read(_wakeUp, &ignored, sizeof(ulong));

        // Cleared before the queue is emptied: what is posted meanwhile wakes us again.
        Interlocked.Exchange(ref _isWakeUpPending, 0);
        for (int left = _posted.Count; left > 0 && _posted.TryDequeue(out ILoopWork? work); left--)
        {
            work.Run();
        }

        if (!_posted.IsEmpty && Interlocked.Exchange(ref _isWakeUpPending, 1) == 0)
        {
            WakeUp();
        }
    }

    /// <returns>The key under which the source is watched, for <see cref="Rewatch"/> and <see cref="Unwatch"/>.</returns>
    internal ulong Watch(IEpollSource source, uint events)
    {
        ulong key = _slots.Add(source);
        if (!Control(Libc.EpollCtlAdd, source.Descriptor, events, key))
        {
            int errno = Marshal.GetLastPInvokeError();
            _slots.Remove(key);
            throw new TransportException($"epoll_ctl: {Libc.ErrorText(errno)} (see fs.epoll.max_user_watches)");
        }

        return key;
    }

    internal void Rewatch(IEpollSource source, uint events, ulong key) => Control(Libc.EpollCtlMod, source.Descriptor, events, key);

    /// <summary>Has the kernel not watch the source until <see cref="TryResume"/>.</summary>
    internal void Suspend(IEpollSource source, ulong key) => Control(Libc.EpollCtlDel, source.Descriptor, 0, key);

    /// <returns>False where the kernel has no memory for it now, or as many are watched as may be.</returns>
    internal bool TryResume(IEpollSource source, uint events, ulong key) => Control(Libc.EpollCtlAdd, source.Descriptor, events, key);

    /// <summary>Forgets the source. Closing its descriptor is what takes it out of the kernel's set.</summary>
    internal void Unwatch(ulong key) => _slots.Remove(key);

    internal static int Check(int result, string call) =>
        result >= 0 ? result : throw new TransportException($"{call}: {Libc.ErrorText(Marshal.GetLastPInvokeError())}");

    private bool Control(int operation, int descriptor, uint events, ulong key)
    {
        Span<byte> item = stackalloc byte[16];
        EpollEvents.Write(item, events, key);
        fixed (byte* p = item)
        {
            return Libc.EpollCtl(_epoll, operation, descriptor, p) == 0;
        }
    }

    private void WakeUp()
    {
        // Work that comes back late must not write to a descriptor that is somebody else's by now.
        ulong one = 1;
        lock (_wakeUpLock)
        {
            if (!_isDisposed)
            {
                _ = Libc.Write(_wakeUp, &one, sizeof(ulong));
            }
        }
    }

    private void ReadClock()
    {
        _now = Environment.TickCount64;
        _unixMilliseconds = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    }
}
