using System.Net.Sockets;
using System.Text;
using Roundtrip.Processes.Control;
using Roundtrip.Processes.Descriptors;
using Roundtrip.Site.Wsgi.Dispatch;
using Roundtrip.Site.Wsgi.Processes;
using Roundtrip.Site.Wsgi.Protocol;

namespace Roundtrip.Site.Tests.Wsgi.Support;

/// <summary>A worker with one channel whose other end is the test's: it says whatever the test wants.</summary>
internal sealed class ScriptedWorker : IWorkerPools, IWorkerPoolObserver, IDisposable
{
    private readonly SharedMemory _page = SharedMemory.Create(SharedLayout.Size(1));
    private readonly Inbox _inbox = new();
    private readonly OwnedDescriptor _ours;
    private readonly OwnedDescriptor _theirs;
    private readonly Dictionary<WorkerGroupDefinition, WorkerPool> _pools = [];
    private readonly Socket _socket;
    private readonly Dictionary<long, byte[]> _messages = [];

    public ScriptedWorker()
    {
        (_ours, _theirs) = DescriptorPair.StreamSockets();
        _socket = new Socket(new SafeSocketHandle(_theirs.Number, ownsHandle: false));
        Worker = new Worker(1, _page.Address, [_inbox], [_ours]);
    }

    public Worker Worker { get; }

    public WorkerPool Pool { get; private set; } = null!;

    /// <summary>Why the server wants it to be ended; null as long as it does not.</summary>
    public string? Fault { get; private set; }

    public bool IsDrained { get; private set; }

    public long Request { get; private set; }

    public WorkerPool PoolOf(WorkerGroupDefinition definition)
    {
        if (!_pools.TryGetValue(definition, out WorkerPool? pool))
        {
            _pools.Add(definition, pool = new WorkerPool(definition, this));
            if (!definition.IsOnDemand)
            {
                Pool = pool;
                pool.Add(Worker);
            }
        }

        return pool;
    }

    /// <summary>Takes the next request, and returns its payload as text.</summary>
    public async Task<string> Take()
    {
        string? payload = TryTake();
        for (int i = 0; i < 1000 && payload is null; i++)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
            payload = TryTake();
        }

        return payload ?? throw new TimeoutException("no request is in the inbox");
    }

    /// <summary>Takes the next request, if there is one.</summary>
    public string? TryTake()
    {
        byte[] message = new byte[Inbox.LongestMessage];
        if (!_inbox.TryTakeBack(message, out int count))
        {
            return null;
        }

        FrameHeader frame = FrameHeader.Read(message);
        Assert.Equal((FrameKind.Request, (uint)(count - FrameHeader.Size)), (frame.Kind, frame.Length));
        Request = frame.Request;
        _messages.Add(Request, message[..count]);
        return Encoding.Latin1.GetString(message, FrameHeader.Size, (int)frame.Length);
    }

    /// <summary>Puts a request into the inbox again, as if it had taken those behind it first.</summary>
    public void PutBack(long request) => Assert.Equal(StreamResult.Done, _inbox.TryPut(_messages[request]));

    /// <summary>Says on the memory that it has taken a request, as a worker does.</summary>
    public unsafe void SayTaken(long request) => *(long*)(_page.Address + SharedLayout.Slot(0)) = request;

    public async Task<FrameHeader> TakeBody()
    {
        FrameHeader frame = FrameHeader.Read(await Read(FrameHeader.Size));
        await Read((int)frame.Length);
        return frame;
    }

    /// <summary>How much of the request's content is in its ring beside what was told before, and whether it is the last.</summary>
    public async Task<(int Count, bool IsLast)> TakeContent()
    {
        FrameHeader frame = FrameHeader.Read(await Read(FrameHeader.Size).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.Equal((FrameKind.Body, 4u, Request), (frame.Kind, frame.Length, frame.Request));
        return (BitConverter.ToInt32(await Read((int)frame.Length)), (frame.Flags & FrameFlags.Last) != 0);
    }

    /// <summary>How much more the server has taken of the response's ring.</summary>
    public async Task<int> TakeRoom()
    {
        FrameHeader frame = FrameHeader.Read(await Read(FrameHeader.Size));
        Assert.Equal((FrameKind.Room, 4u, Request), (frame.Kind, frame.Length, frame.Request));
        return BitConverter.ToInt32(await Read((int)frame.Length));
    }

    /// <summary>Says on the memory which thread it is, as a worker does.</summary>
    public unsafe void SayThread(long number) => *(long*)(_page.Address + SharedLayout.Slot(0) + sizeof(long)) = number;

    /// <summary>Writes into the ring of the response's content, round its end.</summary>
    public unsafe void Share(int at, string content)
    {
        var ring = new Span<byte>((void*)(_page.Address + SharedLayout.ResponseRing(1, 0)), SharedLayout.RingSize);
        for (int i = 0; i < content.Length; i++)
        {
            ring[(at + i) % ring.Length] = (byte)content[i];
        }
    }

    public Task Say(char kind, byte flags, ReadOnlySpan<byte> payload, long? request = null) => SayRaw([.. Frame(kind, flags, payload.Length, request), .. payload]);

    public Task SayHead(byte flags, string head, string content = "") =>
        Say('R', flags, [.. BitConverter.GetBytes(head.Length), .. Encoding.Latin1.GetBytes(head), .. Encoding.Latin1.GetBytes(content)]);

    public async Task SayRaw(byte[] bytes) => await _socket.SendAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>A file's frame with this descriptor.</summary>
    public void SayFile(OwnedDescriptor passed, long offset, long length)
    {
        byte[] frame = [.. Frame('F', 1, 16, null), .. BitConverter.GetBytes(offset), .. BitConverter.GetBytes(length)];
        Assert.Equal(StreamResult.Done, DescriptorStream.TrySend(_theirs, frame, passed));
    }

    public void Dispose()
    {
        _socket.Dispose();
        _theirs.Dispose();
        _inbox.Dispose();
        _ours.Dispose();
        _page.Dispose();
    }

    void IWorkerPoolObserver.Wanted()
    {
    }

    void IWorkerPoolObserver.Began(Worker worker, long now)
    {
    }

    void IWorkerPoolObserver.Ended(Worker worker, long now)
    {
    }

    void IWorkerPoolObserver.Drained(Worker worker) => IsDrained = true;

    void IWorkerPoolObserver.Overdue(Worker worker, long request)
    {
    }

    void IWorkerPoolObserver.Broken(Worker worker, string reason) => Fault = reason;

    void IWorkerPoolObserver.Touched(string script)
    {
    }

    private byte[] Frame(char kind, byte flags, int length, long? request)
    {
        byte[] header = new byte[FrameHeader.Size];
        new FrameHeader((FrameKind)kind, flags, 0, (uint)length, request ?? Request).Write(header);
        return header;
    }

    private async Task<byte[]> Read(int count)
    {
        byte[] bytes = new byte[count];
        for (int have = 0; have < count;)
        {
            int read = await _socket.ReceiveAsync(bytes.AsMemory(have), TestContext.Current.CancellationToken);
            Assert.NotEqual(0, read);
            have += read;
        }

        return bytes;
    }
}
