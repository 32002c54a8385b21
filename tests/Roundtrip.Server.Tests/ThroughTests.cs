using System.Net.Sockets;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

/// <summary>The driver, where a handler reads large pieces past the connection's input.</summary>
public class ThroughTests
{
    private const int Length = 4 * 1024 * 1024;
    private const string Head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4194304\r\n\r\n";

    [Fact]
    public void A_client_that_ends_in_the_middle_is_answered_400_and_its_handler_is_told()
    {
        var handler = new LargeReader();
        using var server = new InMemoryServer(handler.Start);
        InMemoryServer.Client client = server.Connect();
        client.Send(Head + new string('x', 200_000));
        Assert.Equal(200_000, handler.Read);
        client.ShutdownSend();

        Assert.Equal(EndReason.TruncatedBody, handler.Told);
        Assert.StartsWith("HTTP/1.1 400 ", client.Receive(), StringComparison.Ordinal);
        Assert.True(client.IsEnded);
        Assert.Equal(0, server.Counts.Total);
    }

    [Fact]
    public void An_end_that_the_handler_finds_when_it_reads_again_is_told_too()
    {
        var handler = new LargeReader { MayRead = 40_000 };
        using var server = new InMemoryServer(handler.Start);
        InMemoryServer.Client client = server.Connect();
        client.Send(Head + new string('x', 100_000));
        client.ShutdownSend();
        Assert.Equal(EndReason.None, handler.Told);

        handler.MayRead = int.MaxValue;
        handler.OnBodyReadable(handler.Exchange!);
        Assert.Equal(100_000, handler.Read);
        server.Loop.RunUntilIdle();

        Assert.Equal(EndReason.TruncatedBody, handler.Told);
        Assert.StartsWith("HTTP/1.1 400 ", client.Receive(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_resets_in_the_middle_is_told_as_that()
    {
        var handler = new LargeReader { MayRead = 40_000 };
        using var server = new InMemoryServer(handler.Start);
        InMemoryServer.Client client = server.Connect();
        client.Send(Head + new string('x', 60_000));
        client.Reset();
        handler.MayRead = int.MaxValue;
        handler.OnBodyReadable(handler.Exchange!);
        server.Loop.RunUntilIdle();

        Assert.Equal(EndReason.PeerReset, handler.Told);
        Assert.Equal(0, server.Counts.Total);
    }

    [Theory]
    [InlineData(false, EndReason.TruncatedBody)]
    [InlineData(true, EndReason.PeerReset)]
    public async Task Over_a_real_socket_the_end_is_told_once_it_is_found(bool isReset, EndReason reason)
    {
        var handler = new LargeReader();
        using var server = new EpollServer(handler.Start);
        using TcpClient client = await server.ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(Head), TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => handler.Exchange is not null, 10_000));

        // All of it is there when the loop looks.
        using var isSent = new ManualResetEventSlim();
        server.Post(isSent.Wait);
        await client.GetStream().WriteAsync(new byte[100_000], TestContext.Current.CancellationToken);
        if (isReset)
        {
            client.Client.Close(0);
        }
        else
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        isSent.Set();
        Assert.True(SpinWait.SpinUntil(() => handler.Told != EndReason.None, 10_000));
        Assert.Equal(reason, handler.Told);
    }

    [Fact]
    public void A_fast_client_does_not_keep_the_loop_from_the_others()
    {
        var handler = new LargeReader();
        using var server = new InMemoryServer(handler.Start, pipeCapacity: 2 * Length);
        InMemoryServer.Client client = server.Connect();
        client.Send(Head + new string('x', Length));

        Assert.Equal(Length, handler.Read);
        Assert.InRange(handler.Most, 512 * 1024, 1536 * 1024);
        Assert.Equal(EndReason.None, handler.Told);
    }

    private sealed class LargeReader : IExchangeHandler
    {
        private readonly byte[] _room = new byte[256 * 1024];

        public Exchange? Exchange { get; private set; }

        public int MayRead { get; set; } = int.MaxValue;

        public int Read { get; private set; }

        /// <summary>The most that was read in one go.</summary>
        public int Most { get; private set; }

        public EndReason Told { get; private set; }

        public string Name => "large reader";

        public void Start(Exchange exchange)
        {
            exchange.Handler = this;
            Exchange = exchange;
            OnBodyReadable(exchange);
        }

        public void OnBodyReadable(Exchange exchange)
        {
            int before = Read;
            while (Read < MayRead && exchange.ReadBody(_room.AsSpan(0, Math.Min(_room.Length, MayRead - Read))) is { Status: BodyReadStatus.Data } read)
            {
                Read += read.Count;
            }

            Most = Math.Max(Most, Read - before);
        }

        public void OnWritable(Exchange exchange)
        {
        }

        public void OnAborted(Exchange exchange, EndReason reason) => Told = reason;
    }
}
