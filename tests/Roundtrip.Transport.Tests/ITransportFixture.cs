using Roundtrip.Core;

namespace Roundtrip.Transport.Tests;

/// <summary>One accepted connection, its loop, and the client at its other end, all on the test's thread.</summary>
public interface ITransportFixture : IDisposable
{
    EventLoop Loop { get; }

    TransportConnection Server { get; }

    RecordingSink Sink { get; }

    IClient Client { get; }

    /// <summary>Runs the loop once, for a moment.</summary>
    void Pump();

    /// <summary>Runs the loop until <paramref name="condition"/> holds; fails when it does not within ten seconds.</summary>
    void Until(Func<bool> condition)
    {
        long giveUp = Environment.TickCount64 + 10_000;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < giveUp, "the condition did not come true");
            Pump();
        }
    }

    /// <summary>Runs the loop for a few turns, for tests of what must not happen.</summary>
    void Settle()
    {
        for (int i = 0; i < 5; i++)
        {
            Pump();
        }
    }

    /// <summary>Reads once, when there is something to be read.</summary>
    IoResult ReadOnce() => Read(new byte[64]);

    byte[] Read(int count)
    {
        byte[] bytes = new byte[count];
        for (int have = 0; have < count;)
        {
            IoResult result = Read(bytes.AsSpan(have));
            Assert.Equal(IoStatus.Done, result.Status);
            have += (int)result.Count;
        }

        return bytes;
    }

    /// <summary>Writes all of the queue and gives what the client got.</summary>
    byte[] WriteAll(OutputQueue queue)
    {
        var received = new List<byte>();
        long total = queue.Length;
        Until(() =>
        {
            if (!queue.IsEmpty)
            {
                Assert.NotEqual(IoStatus.Failed, Server.Write(queue, long.MaxValue).Status);
            }

            received.AddRange(Client.Receive() ?? throw new IOException("the connection ended"));
            return received.Count >= total;
        });
        return [.. received];
    }

    private IoResult Read(Span<byte> buffer)
    {
        long giveUp = Environment.TickCount64 + 10_000;
        IoResult result = Server.Read(buffer);
        while (result.Status == IoStatus.WouldBlock && Environment.TickCount64 < giveUp)
        {
            Pump();
            result = Server.Read(buffer);
        }

        return result;
    }
}

/// <summary>The other end of a connection, as a test drives it.</summary>
public interface IClient
{
    void Send(ReadOnlySpan<byte> bytes);

    /// <returns>What has come, perhaps nothing; null at the end.</returns>
    /// <exception cref="IOException">The connection was reset.</exception>
    byte[]? Receive();

    void ShutdownSend();

    void Reset();
}

/// <summary>A sink whose reactions a test sets.</summary>
public sealed class RecordingSink : IConnectionSink
{
    public Action Readable { get; set; } = () => { };

    public Action Writable { get; set; } = () => { };

    public Action<EndReason> Aborted { get; set; } = _ => { };

    public void OnReadable() => Readable();

    public void OnWritable() => Writable();

    public Action Ended { get; set; } = () => { };

    public void OnEnded() => Ended();

    public void OnAborted(EndReason reason) => Aborted(reason);
}

/// <summary>A file whose disk is an array.</summary>
public sealed class MemoryFile(byte[] content) : FileBody
{
    public ReadOnlySpan<byte> Bytes => content;

    public bool IsCold { get; set; }

    public bool HasChanged { get; set; }

    /// <summary>0 when it was closed; otherwise 1, since the base class does not tell.</summary>
    public int References { get; private set; } = 1;

    public override long Length => content.Length;

    public override FileReadResult Read(long offset, Span<byte> destination)
    {
        if (IsCold)
        {
            return new FileReadResult(FileReadStatus.NotInMemory);
        }

        int count = (int)Math.Min(destination.Length, content.Length - offset);
        content.AsSpan((int)offset, count).CopyTo(destination);
        return new FileReadResult(FileReadStatus.Read, count);
    }

    public override void Warm(long offset, long length) => IsCold = false;

    public override bool IsUnchanged() => !HasChanged;

    protected override void Close() => References = 0;
}
