using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

public class DriverTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static void Ok(Exchange exchange)
    {
        exchange.Respond(200, FieldBlock.Empty, 2);
        exchange.Write("ok"u8);
        exchange.Complete();
    }

    private static Action<Exchange> Content(int bytes)
    {
        byte[] content = GC.AllocateArray<byte>(bytes, pinned: true);
        return exchange =>
        {
            exchange.Respond(200, FieldBlock.Empty, bytes);
            exchange.WriteShared(content, 0, bytes);
            exchange.Complete();
        };
    }

    [Fact]
    public void A_request_is_answered_and_the_connection_stays()
    {
        using var server = new InMemoryServer(Ok);
        InMemoryServer.Client client = server.Connect();
        client.Send(Get);
        Assert.EndsWith("\r\n\r\nok", client.Receive(), StringComparison.Ordinal);
        client.Send(Get);
        Assert.EndsWith("\r\n\r\nok", client.Receive(), StringComparison.Ordinal);
        Assert.False(client.IsEnded);
    }

    [Fact]
    public void A_handler_that_throws_when_it_is_told_of_the_end_ends_its_connection_alone()
    {
        using var server = new InMemoryServer(exchange => exchange.Handler = new ThrowsAtTheEnd());
        InMemoryServer.Client client = server.Connect();
        client.Send(Get);
        client.Reset();
        server.Loop.Advance(1_000);

        Assert.Equal(0, server.Counts.Total);
        Assert.Contains("thrown at the end", server.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_idle_connection_holds_no_buffer()
    {
        using var server = new InMemoryServer(Ok);
        for (int i = 0; i < 100; i++)
        {
            InMemoryServer.Client client = server.Connect();
            client.Send(Get);
            client.Receive();
        }

        Assert.Equal(100, server.Counts.Total);
        Assert.Equal(0, server.Loop.Buffers.Outstanding);
    }

    [Fact]
    public void A_connection_without_a_further_request_is_closed_after_KeepAliveTimeout()
    {
        using var server = new InMemoryServer(Ok);
        InMemoryServer.Client client = server.Connect();
        client.Send(Get);
        client.Receive();
        server.Loop.Advance(4_500);
        client.Receive();
        Assert.False(client.IsEnded);
        server.Loop.Advance(1_000);

        Assert.Equal("", client.Receive());
        Assert.True(client.IsEnded);
        Assert.Equal(0, server.Counts.Total);
    }

    [Fact]
    public void A_request_head_that_does_not_end_is_answered_408()
    {
        using var server = new InMemoryServer(Ok);
        InMemoryServer.Client client = server.Connect();
        client.Send("GET / HTTP/1.1\r\n");
        server.Loop.Advance(21_000);

        Assert.StartsWith("HTTP/1.1 408 ", client.Receive(), StringComparison.Ordinal);
        Assert.Contains("the request head came slower", server.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public void Dripping_a_head_does_not_extend_its_time_beyond_the_maximum()
    {
        using var server = new InMemoryServer(Ok, HttpLimits.Default with { Head = new ReadTimeout(10_000, 20_000, 10) });
        InMemoryServer.Client client = server.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        for (int second = 0; second < 19; second++)
        {
            client.Send("xxxxxxxxxxxxxxxxxxxx");
            server.Loop.Advance(1_000);
            Assert.Equal("", client.Receive());
        }

        server.Loop.Advance(2_000);

        Assert.StartsWith("HTTP/1.1 408 ", client.Receive(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_slower_than_its_minimum_rate_ends_the_exchange()
    {
        EndReason told = EndReason.None;
        var handler = new BodyReader { Aborted = reason => told = reason };
        using var server = new InMemoryServer(handler.Start);
        InMemoryServer.Client client = server.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
        for (int i = 0; i < 30; i++)
        {
            client.Send("x");
            server.Loop.Advance(1_000);
        }

        Assert.StartsWith("HTTP/1.1 408 ", client.Receive(), StringComparison.Ordinal);
        Assert.True(told is EndReason.RequestBodyTooSlow or EndReason.RequestBodyTimeout, told.ToString());
    }

    [Fact]
    public void A_client_that_takes_nothing_of_a_response_is_let_go_after_Timeout()
    {
        using var server = new InMemoryServer(Content(1_000_000));
        InMemoryServer.Client client = server.Connect();
        client.Send(Get);
        server.Loop.Advance(59_000);
        Assert.Equal(1, server.Counts.Total);
        server.Loop.Advance(2_000);

        Assert.Equal(0, server.Counts.Total);
        Assert.Contains(EndReasons.Describe(EndReason.ResponseStalled), server.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_takes_a_byte_at_a_time_is_let_go_too()
    {
        using var server = new InMemoryServer(Content(1_000_000));
        InMemoryServer.Client client = server.Connect();
        client.Send(Get);
        for (int second = 0; second < 130 && server.Counts.Total > 0; second++)
        {
            client.Receive(1);
            server.Loop.Advance(1_000);
        }

        Assert.Equal(0, server.Counts.Total);
        Assert.Contains(EndReasons.Describe(EndReason.ResponseTooSlow), server.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_slow_but_steady_reader_gets_everything()
    {
        using var server = new InMemoryServer(Content(1_000_000));
        InMemoryServer.Client client = server.Connect();
        client.Send(Get);
        int received = 0;
        for (int second = 0; second < 300 && received < 1_000_000; second++)
        {
            received += client.Receive(5_000).Length;
            server.Loop.Advance(1_000);
        }

        Assert.InRange(received, 1_000_000, 1_001_000);
    }

    [Fact]
    public void A_half_closed_client_gets_its_answer()
    {
        using var server = new InMemoryServer(Content(200_000));
        InMemoryServer.Client client = server.Connect();
        client.Send(Get);
        client.ShutdownSend();

        Assert.InRange(client.Receive().Length, 200_000, 201_000);
        Assert.True(client.IsEnded);
        Assert.Equal(0, server.Counts.Total);
    }

    [Fact]
    public void A_reset_client_aborts_its_handler_and_gives_everything_back()
    {
        EndReason told = EndReason.None;
        var handler = new BodyReader { Aborted = reason => told = reason };
        using var server = new InMemoryServer(handler.Start);
        InMemoryServer.Client client = server.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc");
        client.Reset();

        Assert.Equal(EndReason.PeerReset, told);
        Assert.Equal(0, server.Counts.Total);
        Assert.Equal(0, server.Loop.Buffers.Outstanding);
        Assert.Equal(EndReason.PeerReset, Assert.Single(server.Ended.All).Reason);
    }

    [Fact]
    public void An_error_response_is_not_lost_to_a_reset_while_the_client_still_sends()
    {
        using var server = new InMemoryServer(Ok);
        InMemoryServer.Client client = server.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.Send(new string('x', 200_000));

        Assert.StartsWith("HTTP/1.1 400 ", client.Receive(), StringComparison.Ordinal);
        Assert.True(client.IsEnded);
        Assert.False(client.IsReset);
        client.Close();
        Assert.Equal(0, server.Counts.Total);
    }

    [Fact]
    public void Lingering_is_bounded_however_much_the_client_sends()
    {
        using var server = new InMemoryServer(Ok);
        InMemoryServer.Client client = server.Connect();
        client.Send("BAD\r\n\r\n");
        client.Receive();
        for (int second = 0; second < 32; second++)
        {
            client.Send("more");
            server.Loop.Advance(1_000);
        }

        Assert.Equal(0, server.Counts.Total);
    }

    [Fact]
    public void Connections_over_the_limit_are_closed_and_said()
    {
        using var server = new InMemoryServer(Ok, HttpLimits.Default with { MaxConnections = 3 });
        InMemoryServer.Client[] clients = [.. Enumerable.Range(0, 4).Select(_ => server.Connect())];
        clients[3].Receive();
        Assert.True(clients[3].IsEnded);
        clients[0].Close();
        InMemoryServer.Client next = server.Connect();
        next.Send(Get);

        Assert.StartsWith("HTTP/1.1 200 ", next.Receive(), StringComparison.Ordinal);
        Assert.Contains(EndReasons.Describe(EndReason.TooManyConnections), server.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public void Connections_from_one_address_are_limited()
    {
        using var server = new InMemoryServer(Ok, HttpLimits.Default with { MaxConnectionsPerAddress = 2 });
        InMemoryServer.Client[] clients = [.. Enumerable.Range(0, 3).Select(_ => server.Connect())];
        clients[2].Receive();

        Assert.True(clients[2].IsEnded);
        Assert.Equal(2, server.Counts.Total);
    }

    [Fact]
    public void A_handler_that_throws_answers_500_and_the_server_goes_on()
    {
        int calls = 0;
        using var server = new InMemoryServer(exchange =>
        {
            if (calls++ == 0)
            {
                throw new InvalidOperationException("broken on purpose");
            }

            Ok(exchange);
        });
        InMemoryServer.Client client = server.Connect();
        client.Send(Get);
        Assert.StartsWith("HTTP/1.1 500 ", client.Receive(), StringComparison.Ordinal);
        InMemoryServer.Client next = server.Connect();
        next.Send(Get);

        Assert.StartsWith("HTTP/1.1 200 ", next.Receive(), StringComparison.Ordinal);
        Assert.Contains("broken on purpose", server.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_that_throws_later_ends_its_own_connection_only()
    {
        var handler = new BodyReader { Readable = () => throw new InvalidOperationException("broken later") };
        using var server = new InMemoryServer(handler.Start);
        InMemoryServer.Client client = server.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n");
        client.Send("abc");
        client.Receive();

        Assert.True(client.IsEnded || client.IsReset);
        Assert.Equal(0, server.Counts.Total);
        Assert.Contains("broken later", server.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_closes_idle_connections_and_lets_answers_finish()
    {
        Exchange? pending = null;
        using var server = new InMemoryServer(exchange =>
        {
            pending = exchange;
            exchange.Handler = new BodyReader();
        });
        InMemoryServer.Client idle = server.Connect();
        InMemoryServer.Client busy = server.Connect();
        busy.Send(Get);
        bool isStopped = false;
        server.Server.Stop(() => isStopped = true);
        idle.Receive();
        Assert.True(idle.IsEnded);
        Assert.False(isStopped);
        Ok(pending!);

        Assert.EndsWith("ok", busy.Receive(), StringComparison.Ordinal);
        busy.Close();
        Assert.True(isStopped);
    }

    [Fact]
    public void A_stop_ends_answers_that_do_not_finish_in_time()
    {
        EndReason told = EndReason.None;
        using var server = new InMemoryServer(exchange => exchange.Handler = new BodyReader { Aborted = reason => told = reason });
        server.Connect().Send(Get);
        bool isStopped = false;
        server.Server.Stop(() => isStopped = true);
        server.Loop.Advance(4_000);

        Assert.True(isStopped);
        Assert.Equal(EndReason.ServerStopping, told);
    }

    [Fact]
    public void A_file_on_a_cold_disk_is_fetched_off_the_loop()
    {
        var file = new ColdFile(300_000);
        using var server = new InMemoryServer(exchange =>
        {
            exchange.Respond(200, FieldBlock.Empty, file.Length);
            exchange.WriteFile(file, 0, file.Length);
            exchange.Complete();
        });
        InMemoryServer.Client client = server.Connect();
        client.Send(Get);
        int received = 0;
        for (long giveUp = Environment.TickCount64 + 10_000; received < file.Length && Environment.TickCount64 < giveUp;)
        {
            received += client.Receive().Length;
        }

        Assert.InRange(received, file.Length, file.Length + 1000);
        Assert.True(file.Fetches > 0);
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, file.FetchedOn);
    }

    [Fact]
    public void A_file_that_changes_while_it_is_sent_resets_the_connection()
    {
        var file = new ColdFile(300_000) { IsWarm = true };
        using var server = new InMemoryServer(exchange =>
        {
            exchange.Respond(200, FieldBlock.Empty, file.Length);
            exchange.WriteFile(file, 0, file.Length);
            exchange.Complete();
        });
        InMemoryServer.Client client = server.Connect();
        client.Send(Get);
        client.Receive(1000);
        file.HasChanged = true;
        client.Receive();

        Assert.True(client.IsReset);
        Assert.Equal(EndReason.ResponseSourceChanged, Assert.Single(server.Ended.All).Reason);
        Assert.Contains(EndReasons.Describe(EndReason.ResponseSourceChanged), server.Errors(), StringComparison.Ordinal);
    }

    private sealed class ColdFile(int length) : FileBody
    {
        private long _warmTo;

        public bool IsWarm { get; init; }

        public bool HasChanged { get; set; }

        public int Fetches { get; private set; }

        public List<int> FetchedOn { get; } = [];

        public override long Length => length;

        public override FileReadResult Read(long offset, Span<byte> destination)
        {
            long available = IsWarm ? length : Volatile.Read(ref _warmTo);
            int count = (int)Math.Min(destination.Length, available - offset);
            return count > 0 ? new FileReadResult(FileReadStatus.Read, count) : new FileReadResult(FileReadStatus.NotInMemory);
        }

        public override void Warm(long offset, long count)
        {
            Fetches++;
            FetchedOn.Add(Environment.CurrentManagedThreadId);
            Volatile.Write(ref _warmTo, Math.Min(length, offset + 50_000));
        }

        public override bool IsUnchanged() => !HasChanged;

        protected override void Close()
        {
        }
    }

    [Fact]
    public void A_file_that_never_comes_into_memory_ends_its_connection()
    {
        using var server = new InMemoryServer(exchange =>
        {
            exchange.Respond(200, FieldBlock.Empty, 1_000_000);
            exchange.WriteFile(new DeadFile(), 0, 1_000_000);
            exchange.Complete();
        });
        InMemoryServer.Client client = server.Connect();
        client.Send(Get);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                client.Receive();
                return client.IsReset;
            },
            TimeSpan.FromSeconds(10)));
        Assert.Equal([(200, 0L, EndReason.ResponseSourceFailed)], server.Ended.All);
    }

    /// <summary>A file on a disk that fails.</summary>
    private sealed class DeadFile : FileBody
    {
        public override long Length => 1_000_000;

        public override FileReadResult Read(long offset, Span<byte> destination) => new(FileReadStatus.NotInMemory);

        public override void Warm(long offset, long length)
        {
        }

        public override bool IsUnchanged() => true;

        protected override void Close()
        {
        }
    }

    private sealed class ThrowsAtTheEnd : IExchangeHandler
    {
        public string Name => "throws";

        public void OnBodyReadable(Exchange exchange)
        {
        }

        public void OnWritable(Exchange exchange)
        {
        }

        public void OnAborted(Exchange exchange, EndReason reason) => throw new InvalidOperationException("thrown at the end");
    }
}
