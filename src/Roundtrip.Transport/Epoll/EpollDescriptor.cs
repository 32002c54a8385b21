using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Core;
using Roundtrip.Interop;

namespace Roundtrip.Transport.Epoll;

/// <summary>
/// Watched by EPOLLONESHOT: the kernel disarms it with each event, so that several loops may each have a descriptor of one socket, and the one that waits at it is woken alone.
/// </summary>
internal sealed unsafe class EpollDescriptor(EpollLoop loop, SafeHandle descriptor, IDescriptorSink sink) : WatchedDescriptor, IEpollSource
{
    // Room for one header and two numbers: what is beyond that the kernel closes.
    private const int ControlRoom = 32;

    // It is closed by its number, once.
    private readonly int _number = Take(descriptor);
    private ulong _key;
    private uint _awaited;
    private bool _isWatched;
    private bool _isClosed;

    int IEpollSource.Descriptor => _number;

    public override void Await(bool read, bool write)
    {
        uint events = Libc.EpollOneShot | (read ? Libc.EpollIn : 0) | (write ? Libc.EpollOut : 0);
        if (_isClosed || events == _awaited)
        {
            return;
        }

        _awaited = events;
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
        _awaited = 0;
        sink.OnReady(this);
    }

    public override IoResult Read(Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            return Result(_isClosed ? 0 : Libc.Read(_number, p, buffer.Length));
        }
    }

    public override IoResult Receive(Span<byte> buffer, out SafeFileHandle? passed)
    {
        passed = null;
        if (_isClosed)
        {
            return IoResult.End;
        }

        byte* control = stackalloc byte[ControlRoom];
        nint count;
        Libc.MessageHeader message;
        fixed (byte* p = buffer)
        {
            var vector = new Libc.IoVector { Base = p, Length = buffer.Length };
            message = new Libc.MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlRoom };
            count = Libc.RecvMsg(_number, &message, Libc.MsgCmsgCloexec);
        }

        if (count >= 0 && message.ControlLength >= sizeof(Libc.ControlHeader) + sizeof(int))
        {
            passed = TakePassed((Libc.ControlHeader*)control);
        }

        return Result(count);
    }

    public override IoResult Write(ReadOnlySpan<byte> bytes)
    {
        if (_isClosed)
        {
            return IoResult.Failed(EndReason.PeerClosed);
        }

        fixed (byte* p = bytes)
        {
            // The runtime ignores SIGPIPE: a reader that is gone is an error number.
            nint count = Libc.Write(_number, p, bytes.Length);
            return count >= 0 ? IoResult.Done(count) : Result(count);
        }
    }

    protected override void Dispose(bool disposing)
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

        _ = Libc.Close(_number);
    }

    // Without waiting, and ours from here on. The flag is the open file's, of which the other end has another; what else can be set of a pipe or socket is not.
    private static int Take(SafeHandle descriptor)
    {
        _ = EpollLoop.Check(Libc.Fcntl(descriptor, Libc.FSetfl, Libc.ONonblock), "fcntl");
        int number = (int)descriptor.DangerousGetHandle();
        descriptor.SetHandleAsInvalid();
        return number;
    }

    private static SafeFileHandle? TakePassed(Libc.ControlHeader* header)
    {
        if (header->Level != Libc.SolSocket || header->Type != Libc.ScmRights)
        {
            return null;
        }

        int* numbers = (int*)(header + 1);
        int count = (int)(header->Length - sizeof(Libc.ControlHeader)) / sizeof(int);
        for (int i = 1; i < count; i++)
        {
            _ = Libc.Close(numbers[i]);
        }

        return count > 0 ? new SafeFileHandle(numbers[0], ownsHandle: true) : null;
    }

    private static IoResult Result(nint count) => count > 0 ? IoResult.Done(count) : count == 0 ? IoResult.End : Marshal.GetLastPInvokeError() switch
    {
        Errno.Eagain or Errno.Eintr => IoResult.WouldBlock,
        Errno.Epipe => IoResult.Failed(EndReason.PeerClosed),
        _ => IoResult.Failed(EndReason.PeerReset),
    };
}
