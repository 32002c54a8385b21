using System.Buffers.Binary;
using Roundtrip.Processes;
using Roundtrip.Processes.Control;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Site.Wsgi.Dispatch;
using Roundtrip.Site.Wsgi.Protocol;

namespace Roundtrip.Site.Wsgi.Processes;

/// <summary>What a worker said over its control socket.</summary>
internal enum WorkerWord
{
    /// <summary>Nothing more for now.</summary>
    Nothing,

    /// <summary>Its applications are loaded.</summary>
    Ready,

    /// <summary>One of its source files is not as it was.</summary>
    Modified,

    /// <summary>It ends in good order: it was sent SIGTERM.</summary>
    Leaving,

    /// <summary>It has closed its control socket, or what it says is no frame.</summary>
    Gone,
}

/// <summary>
/// The server's side of a process that runs: its control socket (see worker.py for the frames), its errors, the memory and the channels that it shares with the server. It is brought up by
/// <see cref="Advance"/>: the memory, an inbox and a channel for each thread, go.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int HeaderLength = 16;
    private const int LongestWord = 4096;

    private readonly OwnedDescriptor _control;
    private readonly SharedMemory _memory;
    private readonly List<Inbox> _inboxes = [];
    private readonly List<OwnedDescriptor> _ours = [];
    private readonly Queue<(byte Kind, OwnedDescriptor? Passed)> _orders = new();
    private readonly byte[] _input = new byte[HeaderLength + LongestWord];
    private int _have;
    private int _busy;
    private long _requests;
    private long _lastUsed;

    /// <param name="number">Its number in the server's life.</param>
    /// <param name="owner">What <see cref="Worker.Process"/> is.</param>
    /// <param name="control">The server's end of its control socket.</param>
    /// <param name="errors">What it writes to its descriptors 1 and 2.</param>
    /// <exception cref="ProcessException">There is no memory or descriptor left.</exception>
    public WorkerProcess(int number, int threads, object? owner, OwnedDescriptor control, OwnedDescriptor errors)
    {
        (_control, Errors) = (control, new WorkerErrors(errors));
        DescriptorStream.SetNonblocking(control);
        _memory = SharedMemory.Create(SharedLayout.Size(threads));
        _orders.Enqueue(((byte)'P', _memory.Descriptor.Duplicate()));
        for (int i = 0; i < threads; i++)
        {
            var inbox = new Inbox();
            _inboxes.Add(inbox);
            _orders.Enqueue(((byte)'I', inbox.Reader.Duplicate()));
            (OwnedDescriptor ours, OwnedDescriptor theirs) = DescriptorPair.StreamSockets();
            _ours.Add(ours);
            _orders.Enqueue(((byte)'A', theirs));
        }

        _orders.Enqueue(((byte)'G', null));
        Worker = new Worker(number, _memory.Address, _inboxes, _ours) { Process = owner };
    }

    /// <summary>What the pool has of it.</summary>
    public Worker Worker { get; }

    public WorkerErrors Errors { get; }

    /// <summary>How many requests it has in hand.</summary>
    public int Busy => Volatile.Read(ref _busy);

    /// <summary>When it answered last, in monotonic milliseconds; 0 for never.</summary>
    public long LastUsed => Volatile.Read(ref _lastUsed);

    /// <summary>It was given a request. On any thread.</summary>
    /// <returns>How many it has been given.</returns>
    public long Began()
    {
        Interlocked.Increment(ref _busy);
        return Interlocked.Increment(ref _requests);
    }

    /// <summary>It has answered a request. On any thread.</summary>
    public void Ended(long now)
    {
        Volatile.Write(ref _lastUsed, now);
        Interlocked.Decrement(ref _busy);
    }

    /// <summary>Adds what is to be polled.</summary>
    public void AddTo(PollSet poll)
    {
        if (!_control.IsClosed)
        {
            if (_orders.Count > 0)
            {
                poll.AddWriter(_control);
            }
            else
            {
                poll.Add(_control);
            }
        }

        Errors.AddTo(poll);
    }

    /// <summary>Sends what there is room for, and reads one word, if there is one.</summary>
    public WorkerWord Advance()
    {
        if (_control.IsClosed)
        {
            return WorkerWord.Nothing;
        }

        Span<byte> frame = stackalloc byte[HeaderLength];
        frame.Clear();
        while (_orders.TryPeek(out (byte Kind, OwnedDescriptor? Passed) order))
        {
            frame[0] = order.Kind;
            StreamResult sent = DescriptorStream.TrySend(_control, frame, order.Passed);
            if (sent == StreamResult.WouldWait)
            {
                break;
            }

            if (sent == StreamResult.Closed)
            {
                return WorkerWord.Gone;
            }

            order.Passed?.Dispose();
            _orders.Dequeue();
        }

        return Read();
    }

    /// <summary>Has it write the stack of every thread to its errors.</summary>
    public void AskForStacks() => _orders.Enqueue(((byte)'K', null));

    /// <summary>Tells it to end, once its requests are done: there are no more orders.</summary>
    public void CloseControl() => _control.Dispose();

    /// <summary>Closes the channels and forgets the memory. Nothing of the pool's may use them any more.</summary>
    public void Dispose()
    {
        _control.Dispose();
        Errors.Dispose();
        _inboxes.ForEach(inbox => inbox.Dispose());
        _ours.ForEach(socket => socket.Dispose());
        foreach ((_, OwnedDescriptor? passed) in _orders)
        {
            passed?.Dispose();
        }

        _orders.Clear();
        _memory.Dispose();
    }

    private WorkerWord Read()
    {
        while (true)
        {
            if (_have >= HeaderLength)
            {
                uint length = BinaryPrimitives.ReadUInt32LittleEndian(_input.AsSpan(4));
                if (length > LongestWord)
                {
                    return WorkerWord.Gone;
                }

                int whole = HeaderLength + (int)length;
                if (_have >= whole)
                {
                    byte kind = _input[0];
                    _input.AsSpan(whole, _have - whole).CopyTo(_input);
                    _have -= whole;
                    return kind switch
                    {
                        (byte)'Y' => WorkerWord.Ready,
                        (byte)'M' => WorkerWord.Modified,
                        (byte)'L' => WorkerWord.Leaving,
                        _ => WorkerWord.Gone,
                    };
                }
            }

            StreamResult result = DescriptorStream.TryRead(_control, _input.AsSpan(_have), out int count);
            if (result != StreamResult.Done)
            {
                return result == StreamResult.Closed ? WorkerWord.Gone : WorkerWord.Nothing;
            }

            _have += count;
        }
    }
}
