using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Roundtrip.Core;
using Roundtrip.Interop;
using Roundtrip.Transport.Files;

namespace Roundtrip.Transport.Epoll;

/// <summary>One TCP connection on its loop, accepted or made.</summary>
internal sealed unsafe class EpollConnection(EpollLoop loop, int descriptor, PeerAddress remote) : TransportConnection, IEpollSource
{
    private const int MaximumVectors = 16;

    // The stretch of a file that is given to one sendfile, which waits for the disk: whether the stretch is in memory is looked at first.
    private const long FileStretch = 512 * 1024;

    // How much may wait in the system's buffer, in milliseconds and in bytes at least. epoll tells of room at half of the bytes, when SendRoom has something again.
    private const int UnsentTime = 2;
    private const int LeastUnsent = 8 * 1024;

    // How much may wait now; 0 until somebody asks.
    private int _stride;
    private ulong _key;
    private uint _events;
    private bool _isWatched;
    private bool _isClosed;

    // Edge-triggered: the kernel tells once of what came. Nothing is left to be read, or no room to write: only then will it tell of more by itself.
    private bool _isDrained;
    private bool _isFull;
    private bool _hasInputEnded;

    public override PeerAddress Remote { get; } = remote;

    // Asked for seldom, so it is not kept.
    public override PeerAddress Local
    {
        get
        {
            byte* bytes = stackalloc byte[SocketAddress.MaximumSize];
            uint length = SocketAddress.MaximumSize;
            return Libc.GetSockName(descriptor, bytes, &length) == 0
                ? SocketAddress.Parse(new ReadOnlySpan<byte>(bytes, (int)length))
                : default;
        }
    }

    int IEpollSource.Descriptor => descriptor;

    /// <summary>The error that waits at the socket, which then has none; 0 for none.</summary>
    public int TakeError()
    {
        int errno;
        uint length = sizeof(int);
        return Libc.GetSockOpt(descriptor, Libc.SolSocket, Libc.SoError, &errno, &length) == 0 ? errno : Marshal.GetLastPInvokeError();
    }

    public override IoResult Read(Span<byte> buffer)
    {
        nint count;
        fixed (byte* p = buffer)
        {
            count = Libc.Recv(descriptor, p, buffer.Length, 0);
        }

        // A read that did not fill its room took all there was; the end, once told, stands behind that and is not told again.
        _isDrained = count < buffer.Length && (count <= 0 || !_hasInputEnded);
        return count > 0 ? IoResult.Done(count) : count == 0 ? IoResult.End : Failure();
    }

    public override IoResult Write(OutputQueue queue, long budget)
    {
        long sent = 0;
        _isFull = false;
        while (!queue.IsEmpty && sent < budget)
        {
            long asked;
            nint moved;
            if (queue.Segments[0].File is { } file)
            {
                ref readonly OutputSegment segment = ref queue.Segments[0];
                asked = Math.Min(Math.Min(segment.Length, FileStretch), budget - sent);
                IoResult result = SendFile(file, segment.Offset, asked);
                if (result.Status != IoStatus.Done)
                {
                    return sent > 0 && result.Status == IoStatus.WouldBlock ? IoResult.Done(sent) : result;
                }

                moved = (nint)result.Count;
            }
            else
            {
                moved = SendMemory(queue.Segments, budget - sent, out asked);
                _isFull = moved < asked;
                if (moved < 0)
                {
                    IoResult failure = Failure();
                    return sent > 0 && failure.Status == IoStatus.WouldBlock ? IoResult.Done(sent) : failure;
                }
            }

            queue.Consume(moved);
            sent += moved;
            if (moved < asked)
            {
                break;
            }
        }

        return sent > 0 ? IoResult.Done(sent) : IoResult.WouldBlock;
    }

    public override int WriteThrough(OutputQueue queue, ReadOnlySpan<byte> bytes)
    {
        Libc.IoVector* vectors = stackalloc Libc.IoVector[MaximumVectors];
        int count = Gather(queue.Segments, long.MaxValue, vectors, MaximumVectors - 1, out long waiting);
        if (waiting < queue.Length)
        {
            return 0;
        }

        nint moved;
        fixed (byte* p = bytes)
        {
            vectors[count] = new Libc.IoVector { Base = p, Length = bytes.Length };
            moved = SendVectors(vectors, count + 1, Libc.MsgNosignal);
        }

        _isFull = moved < waiting + bytes.Length;
        moved = Math.Max(moved, 0);
        queue.Consume(Math.Min(moved, waiting));
        return (int)Math.Max(moved - waiting, 0);
    }

    /// <summary>
    /// What the network takes up within <see cref="UnsentTime"/> at the rate that it had last, less what waits in the system's buffer already. The congestion window does not say it: behind a
    /// slow link the system holds packets back itself, with the window half empty; it is all that is known before there is a rate. A rate alone may be one burst of acknowledgements, so more
    /// than the least is given only as long as the system is found to hold nothing back. The first call also has the system tell of room only when next to nothing waits (TCP_NOTSENT_LOWAT).
    /// </summary>
    public override int SendRoom
    {
        get
        {
            if (_stride == 0)
            {
                _stride = LeastUnsent;
                int lowWater = LeastUnsent;
                _ = Libc.SetSockOpt(descriptor, Libc.IpprotoTcp, Libc.TcpNotsentLowat, &lowWater, sizeof(int));
            }

            Libc.TcpInfo info;
            uint length = (uint)sizeof(Libc.TcpInfo);
            bool isTold = Libc.GetSockOpt(descriptor, Libc.IpprotoTcp, Libc.TcpInfoOption, &info, &length) == 0 && length >= sizeof(Libc.TcpInfo);

            // What was not sent before the end never will be, and says nothing: the next write finds how it ended.
            if (!isTold || info.State == Libc.TcpClose)
            {
                return Unhurried;
            }

            _stride = info.NotSent == 0 ? Math.Min(2 * _stride, Unhurried) : LeastUnsent;
            ulong most = info.DeliveryRate == 0
                ? (ulong)Math.Max(0L, (long)info.CongestionWindow - info.Unacknowledged) * info.SendMss
                : Math.Min(info.DeliveryRate / (1000 / UnsentTime), (ulong)_stride);
            return (int)(Math.Clamp(most, LeastUnsent, Unhurried) - info.NotSent);
        }
    }

    public override void SetInterest(bool read, bool write, bool end = false)
    {
        uint events = Libc.EpollEdgeTriggered | (read ? Libc.EpollIn : 0) | (read || end ? Libc.EpollReadHangUp : 0) | (write ? Libc.EpollOut : 0);

        // epoll_ctl(2) looks anew at a socket whose interest is set, the same or another.
        bool isUnused = (read && !_isDrained) || (write && !_isFull);
        if (_isClosed || (_isWatched && events == _events && !isUnused))
        {
            return;
        }

        _events = events;
        if (_isWatched)
        {
            loop.Rewatch(this, events, _key);
        }
        else
        {
            _key = loop.Watch(this, events);
            _isWatched = true;
        }
    }

    public void OnEvents(uint events)
    {
        const uint Error = Libc.EpollErr | Libc.EpollHup;
        IConnectionSink? sink = Sink;
        if (sink is null)
        {
            return;
        }

        _hasInputEnded |= (events & (Libc.EpollReadHangUp | Error)) != 0;
        if ((events & Error) != 0 && (_events & (Libc.EpollIn | Libc.EpollOut)) == 0)
        {
            // Nobody is about to read or write, which would find the error.
            sink.OnAborted(EndReason.PeerReset);
            return;
        }

        if ((events & (Libc.EpollReadHangUp | Error)) == Libc.EpollReadHangUp && (_events & (Libc.EpollIn | Libc.EpollReadHangUp)) == Libc.EpollReadHangUp)
        {
            sink.OnEnded();
            return;
        }

        if ((events & (Libc.EpollOut | Error)) != 0 && (_events & Libc.EpollOut) != 0)
        {
            sink.OnWritable();
        }

        if ((events & (Libc.EpollIn | Error)) != 0 && (_events & Libc.EpollIn) != 0 && !_isClosed)
        {
            sink.OnReadable();
        }
    }

    public override void ShutdownWrite() => _ = Libc.Shutdown(descriptor, Libc.ShutWr);

    public override void Close()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        if (_isWatched)
        {
            loop.Unwatch(_key);
        }

        _ = Libc.Close(descriptor);
    }

    public override void Reset()
    {
        if (!_isClosed)
        {
            // socket(7): SO_LINGER on with time 0 makes close send RST and drop what is unsent.
            var linger = new Libc.Linger { OnOff = 1, Seconds = 0 };
            _ = Libc.SetSockOpt(descriptor, Libc.SolSocket, Libc.SoLinger, &linger, (uint)sizeof(Libc.Linger));
            Close();
        }
    }

    // A file behind the segments tells the kernel to wait for it before it sends a short packet.
    private nint SendMemory(ReadOnlySpan<OutputSegment> segments, long budget, out long asked)
    {
        Libc.IoVector* vectors = stackalloc Libc.IoVector[MaximumVectors];
        int count = Gather(segments, budget, vectors, MaximumVectors, out asked);
        return SendVectors(vectors, count, Libc.MsgNosignal | (count < segments.Length && segments[count].File is not null ? Libc.MsgMore : 0));
    }

    // Where the first segments lie, up to a file.
    private static int Gather(ReadOnlySpan<OutputSegment> segments, long budget, Libc.IoVector* vectors, int most, out long length)
    {
        length = 0;
        int count = 0;
        while (count < segments.Length && count < most && segments[count].Memory is { } memory && length < budget)
        {
            ref readonly OutputSegment segment = ref segments[count];

            // Segments lie in pinned arrays (BufferPool, WriteShared): their address stays.
            vectors[count].Base = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory)) + segment.Offset;
            vectors[count].Length = (nint)Math.Min(segment.Length, budget - length);
            length += vectors[count].Length;
            count++;
        }

        return count;
    }

    // One piece goes by send, several in one sendmsg.
    private nint SendVectors(Libc.IoVector* vectors, int count, int flags)
    {
        if (count == 1)
        {
            return Libc.Send(descriptor, vectors[0].Base, vectors[0].Length, flags);
        }

        var message = new Libc.MessageHeader { Vectors = vectors, VectorCount = count };
        return Libc.SendMsg(descriptor, &message, flags);
    }

    private IoResult SendFile(FileBody file, long offset, long count)
    {
        if (file is not NativeFile native)
        {
            return SendRead(file, offset, count);
        }

        FileReadStatus residence = native.Probe(offset, count);
        if (residence != FileReadStatus.Read)
        {
            return IoResult.Of(residence);
        }

        nint moved = Libc.SendFile(descriptor, native.Descriptor, &offset, (nint)count);
        if (moved < 0)
        {
            return Failure();
        }

        return moved > 0 && file.IsUnchanged() ? IoResult.Done(moved) : IoResult.Failed(EndReason.ResponseSourceChanged);
    }

    // A file that has no descriptor of its own is copied through a buffer.
    private IoResult SendRead(FileBody file, long offset, long count)
    {
        byte[] buffer = loop.Buffers.Rent();
        try
        {
            FileReadResult read = file.Read(offset, buffer.AsSpan(0, (int)Math.Min(count, buffer.Length)));
            if (read.Status != FileReadStatus.Read)
            {
                return IoResult.Of(read.Status);
            }

            nint moved;
            fixed (byte* p = buffer)
            {
                moved = Libc.Send(descriptor, p, read.Count, Libc.MsgNosignal);
            }

            return moved < 0 ? Failure() : file.IsUnchanged() ? IoResult.Done(moved) : IoResult.Failed(EndReason.ResponseSourceChanged);
        }
        finally
        {
            loop.Buffers.Return(buffer);
        }
    }

    private static IoResult Failure() => Marshal.GetLastPInvokeError() switch
    {
        Errno.Eagain or Errno.Eintr => IoResult.WouldBlock,
        Errno.Epipe => IoResult.Failed(EndReason.PeerClosed),
        _ => IoResult.Failed(EndReason.PeerReset),
    };
}
