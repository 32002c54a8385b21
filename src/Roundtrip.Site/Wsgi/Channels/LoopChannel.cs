using Microsoft.Win32.SafeHandles;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Wsgi.Dispatch;
using Roundtrip.Site.Wsgi.Protocol;
using Roundtrip.Transport;

namespace Roundtrip.Site.Wsgi.Channels;

/// <summary>A channel as one loop has it: writes frames to the worker, and reads its answers for as long as their clients take them.</summary>
internal sealed partial class LoopChannel : IDescriptorSink, IDisposable
{
    // A response that nobody wants any more is read so often before other events have their turn.
    private const int ReadsATurn = 16;

    // So much of a response goes to its connection's memory whether its client reads or not: no more comes with frames (SMALL of worker.py), what is beyond that is in the ring.
    private const int TakenAnyway = 64 * 1024;

    private readonly LoopPool _pool;
    private readonly Channel _channel;
    private readonly WatchedDescriptor _descriptor;
    private readonly ResponseReader _reader;
    private readonly Backlog _in = new();
    private readonly Backlog _out = new();
    private WsgiExchange? _exchange;
    private int _takenAnyway;
    private SafeFileHandle? _passed;
    private bool _isPumping;
    private bool _isHeldBack;
    private bool _hasEnded;
    private bool _isLost;

    public LoopChannel(LoopPool pool, Channel channel, OwnedDescriptor descriptor)
    {
        (_pool, _channel) = (pool, channel);
        _descriptor = pool.Loop.Watch(descriptor, this);
        _reader = new ResponseReader(ResponseReader.DefaultMaximumHead);
        _timer = new Timer(this);
    }

    public Worker Worker => _channel.Worker.Worker;

    /// <summary>Whether all that was to be written is: only then content of a request is read.</summary>
    public bool HasRoom => _out.IsEmpty;

    /// <summary>Where the request's content goes: <see cref="SharedLayout"/>.</summary>
    public Span<byte> RequestRing => Worker.RequestRing(_channel.Index);

    /// <summary>Writes a frame, or keeps it until there is room.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        if (_out.IsEmpty)
        {
            IoResult written = _descriptor.Write(frame);
            if (written.Status == IoStatus.Done)
            {
                frame = frame[(int)written.Count..];
            }
            else if (written.Status == IoStatus.Failed)
            {
                // Reading says what has become of the worker, behind what it sent before.
                return;
            }
        }

        _out.Add(frame);
    }

    /// <summary>The client takes more, or nothing any more.</summary>
    public void Resume() => Pump();

    /// <summary>Has the descriptor watched for what is missing now.</summary>
    public void Await()
    {
        bool reads = !_isHeldBack && !_hasEnded;
        if (!_isPumping && (reads || !_out.IsEmpty))
        {
            _descriptor.Await(reads, write: !_out.IsEmpty);
        }
    }

    public void OnReady(WatchedDescriptor descriptor)
    {
        if (_exchange is not { } exchange)
        {
            return;
        }

        Roundtrip.Http.IConnectionHost? connection = exchange.Connection;
        Flush();
        exchange.OnChannelWritable();
        Pump();
        connection?.Wake();
    }

    /// <summary>The worker's process has ended: what it sent before is all that comes.</summary>
    public void OnLost()
    {
        _isLost = true;
        Roundtrip.Http.IConnectionHost? connection = _exchange?.Connection;
        Pump();
        connection?.Wake();
    }

    public void Dispose()
    {
        _pool.Loop.SoonTimers.Cancel(_timer);
        _passed?.Dispose();
        _descriptor.Dispose();
    }

    private void Flush()
    {
        while (!_out.IsEmpty)
        {
            IoResult written = _descriptor.Write(_out.Bytes);
            if (written.Status != IoStatus.Done)
            {
                if (written.Status == IoStatus.Failed)
                {
                    _out.Clear();
                }

                return;
            }

            _out.Take((int)written.Count);
        }
    }

    private void Pump()
    {
        if (_isPumping)
        {
            return;
        }

        _isPumping = true;
        _isHeldBack = false;
        while (_exchange is not null && PumpOn(_exchange))
        {
            Finish();

            // The answer to the next may have come with this one.
            if (_in.IsEmpty && !_hasEnded)
            {
                break;
            }
        }

        _isPumping = false;
        if (_exchange is { } left)
        {
            // Once for all that was taken: each frame wakes the worker.
            if (_channel.Freed >= SharedLayout.RingSize / 2)
            {
                SendRoom(left);
            }

            Await();
        }
    }

    /// <returns>Whether the channel is done with its request.</returns>
    private bool PumpOn(WsgiExchange exchange)
    {
        if ((!_in.IsEmpty || _reader.SharedLeft > 0) && TakeFromBacklog(exchange))
        {
            return true;
        }

        for (int reads = 0; !_isHeldBack && reads < ReadsATurn; reads++)
        {
            if (_hasEnded)
            {
                return _isLost;
            }

            Span<byte> room = _in.IsEmpty ? _pool.Scratch : _in.Room(_pool.Scratch.Length);
            IoResult read = _descriptor.Receive(room, out SafeFileHandle? passed);
            Keep(passed);
            if (read.Status is IoStatus.End or IoStatus.Failed || (read.Status == IoStatus.WouldBlock && _isLost))
            {
                _hasEnded = true;
                OnEnd();
                continue;
            }

            if (read.Status == IoStatus.WouldBlock)
            {
                return false;
            }

            int count = (int)read.Count;
            if (_in.IsEmpty)
            {
                bool isOver = Take(exchange, room[..count], out int used);
                _in.Add(room[used..count]);
                if (isOver)
                {
                    return true;
                }
            }
            else
            {
                _in.Grew(count);
                if (TakeFromBacklog(exchange))
                {
                    return true;
                }
            }

            // What comes behind a short read is told by the next event.
            if (count < room.Length && !_isLost)
            {
                return false;
            }
        }

        return false;
    }

    private bool TakeFromBacklog(WsgiExchange exchange)
    {
        bool isOver = Take(exchange, _in.Bytes, out int used);
        _in.Take(used);
        return isOver;
    }

    /// <returns>Whether the channel is done with its request.</returns>
    private bool Take(WsgiExchange exchange, ReadOnlySpan<byte> bytes, out int used)
    {
        used = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = bytes[used..];
            ResponseStep step = _reader.Next(rest, out int count);
            used += count;
            switch (step)
            {
                case ResponseStep.NeedMore:
                    return false;

                case ResponseStep.Head:
                    exchange.OnHead(rest[_reader.Text], _reader.IsAllHere ? _reader.ContentLeft : -1);
                    break;

                case ResponseStep.Content:
                    int taken = TakeContent(exchange, rest.Slice(count, _reader.Available));
                    _reader.Took(taken);
                    used += taken;
                    if (taken < _reader.Available)
                    {
                        _isHeldBack = true;
                        return false;
                    }

                    break;

                case ResponseStep.Shared:
                    LetNobodyWait();
                    if (!TakeShared(exchange))
                    {
                        _isHeldBack = true;
                        return false;
                    }

                    break;

                case ResponseStep.File:
                    (SafeFileHandle? file, _passed) = (_passed, null);
                    exchange.OnFile(file, _reader.Stretch.Offset, _reader.Stretch.Length);
                    break;

                case ResponseStep.Hints:
                    exchange.OnHints(rest[_reader.Text]);
                    break;

                case ResponseStep.Credit:
                    exchange.OnCredit(_reader.Credit);
                    break;

                case ResponseStep.End:
                    exchange.OnEnd(hasFailed: false);
                    return true;

                case ResponseStep.Failed:
                    exchange.OnEnd(hasFailed: true);
                    return true;

                default:
                    used = bytes.Length;
                    Break(_reader.Fault);
                    exchange.OnBroken();
                    return true;
            }
        }
    }

    /// <returns>Whether all of it was taken.</returns>
    private bool TakeShared(WsgiExchange exchange)
    {
        int at = _channel.RingAt;
        ReadOnlySpan<byte> content = Worker.ResponseRing(_channel.Index).Slice(at, Math.Min(_reader.SharedLeft, SharedLayout.RingSize - at));
        int taken = exchange.OnContent(content);
        _reader.TookShared(taken);
        _channel.RingAt = (at + taken) % SharedLayout.RingSize;
        _channel.Freed += taken;
        return taken == content.Length;
    }

    // Its worker may have the answer to another behind this one, which is not to wait for this one's client.
    private int TakeContent(WsgiExchange exchange, ReadOnlySpan<byte> content)
    {
        int taken = exchange.OnContent(content);
        int left = content.Length - taken;
        if (left > 0 && _takenAnyway + left <= TakenAnyway)
        {
            exchange.OnContentAnyway(content[taken..]);
            _takenAnyway += left;
            return content.Length;
        }

        return taken;
    }

    private void SendRoom(WsgiExchange exchange)
    {
        Span<byte> frame = stackalloc byte[CountFrame.Size];
        CountFrame.Write(frame, FrameKind.Room, 0, exchange.Number, _channel.Freed);
        _channel.Freed = 0;
        Send(frame);
    }

    // A descriptor goes with the frame in which it comes. A second one before that frame was read is none of the protocol's.
    private void Keep(SafeFileHandle? passed)
    {
        if (passed is not null)
        {
            _passed?.Dispose();
            _passed = passed;
        }
    }

    // The end of the process follows; what is to become of the request is said then.
    private void OnEnd()
    {
        _out.Clear();
        if (!_isLost)
        {
            Break("a channel has ended");
        }
    }

    private void Break(string reason)
    {
        _hasEnded = true;
        _in.Clear();
        _pool.Pool.Retire(Worker);
        TakeBack(alsoFirst: false, isStuck: false);
        _pool.Pool.Observer.Broken(Worker, reason);
    }

    private void Finish()
    {
        WsgiExchange exchange = _exchange!;
        if (_passed is not null)
        {
            _passed.Dispose();
            _passed = null;
        }

        if (_channel.Freed > 0)
        {
            SendRoom(exchange);
        }

        Advance();
        bool isOver = exchange.OnChannelDone(_channel, _hasEnded);
        _pool.Return(_channel);
        if (isOver)
        {
            exchange.Free();
        }
    }
}
