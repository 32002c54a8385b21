using Roundtrip.Core;

namespace Roundtrip.Transport.Tests.Tls;

/// <summary>The server's end of a connection through two bounded queues, and the client's end as methods named Client….</summary>
internal sealed class MemoryConnection : TransportConnection
{
    private readonly TestLoop _loop;
    private readonly ByteQueue _toServer;
    private readonly ByteQueue _toClient;
    private bool _wantsRead;
    private bool _wantsWrite;
    private bool _clientEnded;
    private bool _clientReset;
    private bool _abortTold;

    public MemoryConnection(TestLoop loop, int window = 1 << 20)
    {
        _loop = loop;
        _toServer = new ByteQueue(window);
        _toClient = new ByteQueue(window);
        loop.Add(this);
    }

    public override PeerAddress Remote => PeerAddress.FromIPv4(0x7F000001, 50000);

    public override PeerAddress Local => PeerAddress.FromIPv4(0x7F000001, 443);

    /// <summary>Called in each read and write, which is inside OpenSSL for reads.</summary>
    public Action? Touched { get; set; }

    public bool ServerEnded { get; private set; }

    public bool IsClosed { get; private set; }

    public bool IsReset { get; private set; }

    /// <summary>How many writes moved bytes: one is one system call on a socket.</summary>
    public int Sends { get; private set; }

    public int Receives { get; private set; }

    public int ClientSend(ReadOnlySpan<byte> bytes) => _toServer.Add(bytes);

    public int ClientReceive(Span<byte> buffer) => _toClient.Take(buffer);

    public bool ClientSeesEnd => (ServerEnded || IsClosed) && _toClient.Count == 0;

    public void ClientEnd() => _clientEnded = true;

    public void ClientReset() => _clientReset = true;

    public bool Dispatch()
    {
        if (IsClosed || Sink is null)
        {
            return false;
        }

        if (_clientReset)
        {
            bool first = !_abortTold;
            _abortTold = true;
            if (first)
            {
                Sink.OnAborted(EndReason.PeerReset);
            }

            return first;
        }

        bool busy = false;
        if (_wantsRead && (_toServer.Count > 0 || _clientEnded))
        {
            busy = true;
            Sink.OnReadable();
        }

        if (!IsClosed && _wantsWrite && _toClient.Room > 0)
        {
            busy = true;
            Sink.OnWritable();
        }

        return busy;
    }

    public override IoResult Read(Span<byte> buffer)
    {
        Assert.False(IsClosed, "read after close");
        Assert.False(buffer.IsEmpty);
        Touched?.Invoke();
        if (_clientReset)
        {
            return IoResult.Failed(EndReason.PeerReset);
        }

        Receives++;
        int count = _toServer.Take(buffer);
        return count > 0 ? IoResult.Done(count) : _clientEnded ? IoResult.End : IoResult.WouldBlock;
    }

    public override IoResult Write(OutputQueue queue, long budget)
    {
        Assert.False(IsClosed, "write after close");
        Assert.False(ServerEnded, "write after the end");
        Touched?.Invoke();
        if (_clientReset)
        {
            return IoResult.Failed(EndReason.PeerReset);
        }

        long sent = 0;
        while (!queue.IsEmpty && sent < budget)
        {
            int count = _toClient.Add(queue.Segments[0].Span);
            if (count == 0)
            {
                break;
            }

            queue.Consume(count);
            sent += count;
        }

        Sends += sent > 0 ? 1 : 0;
        return sent > 0 ? IoResult.Done(sent) : IoResult.WouldBlock;
    }

    public override void SetInterest(bool read, bool write, bool end = false) => (_wantsRead, _wantsWrite) = (read, write);

    public override void ShutdownWrite() => ServerEnded = true;

    public override void Close()
    {
        Assert.False(IsClosed, "closed twice");
        IsClosed = true;
        _loop.Remove(this);
    }

    public override void Reset()
    {
        Assert.False(IsClosed, "closed twice");
        IsReset = IsClosed = true;
        _loop.Remove(this);
    }
}
