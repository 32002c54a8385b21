using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;

namespace Roundtrip.Server.Tests;

/// <summary>A handler on the loop that reads, or makes, content slower than its client sends, or takes, it. OffloadedExchangeTests has the same of asynchronous code.</summary>
public class SlowHandlerTests
{
    private const long Gigabyte = 1L << 30;

    // The 64 KiB that wait for a handler, and what is being read and written.
    private const int MostBuffers = 12;

    [Fact]
    public void A_gigabyte_upload_to_a_handler_that_reads_now_and_then_takes_bounded_memory()
    {
        var handler = new SlowReader();
        using var server = new InMemoryServer(handler.Start);
        InMemoryServer.Client client = server.Connect();
        client.Send($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Gigabyte}\r\n\r\n");
        var queue = new OutputQueue(new BufferPool());
        byte[] piece = GC.AllocateArray<byte>(256 * 1024, pinned: true);
        long sent = 0;
        int largest = 0, heldBack = 0;
        while (sent < Gigabyte)
        {
            if (queue.IsEmpty)
            {
                queue.WriteShared(piece, 0, piece.Length);
            }

            IoResult result = client.Connection.Write(queue, long.MaxValue);
            sent += result.Status == IoStatus.Done ? result.Count : 0;
            server.Loop.RunUntilIdle();
            largest = Math.Max(largest, server.Loop.Buffers.Outstanding);
            if (result.Status == IoStatus.WouldBlock)
            {
                heldBack++;
                handler.Read(48 * 1024);
                server.Loop.RunUntilIdle();
            }
        }

        while (!handler.IsDone)
        {
            handler.Read(48 * 1024);
            server.Loop.RunUntilIdle();
        }

        Assert.EndsWith("done", client.Receive(), StringComparison.Ordinal);
        Assert.Equal(Gigabyte, handler.Received);
        Assert.InRange(heldBack, 1_000, int.MaxValue);
        Assert.InRange(largest, 1, MostBuffers);
    }

    [Fact]
    public void A_gigabyte_response_to_a_client_that_reads_now_and_then_is_made_no_faster_than_it_is_taken()
    {
        var handler = new Producer(Gigabyte);
        using var server = new InMemoryServer(handler.Start);
        InMemoryServer.Client client = server.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        byte[] buffer = new byte[40_000];
        long taken = 0, furthest = 0;
        int largest = 0;
        for (IoResult read; (read = client.Connection.Read(buffer)).Status == IoStatus.Done; server.Loop.RunUntilIdle())
        {
            taken += read.Count;
            furthest = Math.Max(furthest, handler.Produced - taken);
            largest = Math.Max(largest, server.Loop.Buffers.Outstanding);
        }

        Assert.InRange(taken, Gigabyte, Gigabyte + 1000);
        Assert.InRange(furthest, 1, 512 * 1024);
        Assert.InRange(largest, 1, MostBuffers + (128 * 1024 / BufferPool.SegmentSize));
    }

    /// <summary>Reads when the test says so, and answers at the end.</summary>
    private sealed class SlowReader : IExchangeHandler
    {
        private readonly byte[] _buffer = new byte[64 * 1024];
        private Exchange? _exchange;

        public long Received { get; private set; }

        public bool IsDone { get; private set; }

        public string Name => "slow reader";

        public void Start(Exchange exchange) => (_exchange = exchange).Handler = this;

        public void Read(int most)
        {
            BodyRead read = _exchange!.ReadBody(_buffer.AsSpan(0, most));
            Received += read.Count;
            if (read.Status == BodyReadStatus.End)
            {
                IsDone = true;
                _exchange.Respond(200, FieldBlock.Empty, 4);
                _exchange.Write("done"u8);
                _exchange.Complete();
            }
        }

        public void OnBodyReadable(Exchange exchange)
        {
        }

        public void OnWritable(Exchange exchange)
        {
        }

        public void OnAborted(Exchange exchange, EndReason reason) => Assert.Fail($"aborted: {reason}");
    }

    /// <summary>Writes as much as is taken, whenever something is.</summary>
    private sealed class Producer(long length) : IExchangeHandler
    {
        private readonly byte[] _piece = new byte[16 * 1024];

        public long Produced { get; private set; }

        public string Name => "producer";

        public void Start(Exchange exchange)
        {
            exchange.Handler = this;
            exchange.Respond(200, FieldBlock.Empty, length);
            OnWritable(exchange);
        }

        public void OnBodyReadable(Exchange exchange)
        {
        }

        public void OnWritable(Exchange exchange)
        {
            while (exchange.CanWrite && Produced < length)
            {
                Produced += exchange.Write(_piece.AsSpan(0, (int)Math.Min(_piece.Length, length - Produced)));
            }

            if (Produced == length)
            {
                exchange.Complete();
            }
        }

        public void OnAborted(Exchange exchange, EndReason reason) => Assert.Fail($"aborted: {reason}");
    }
}
