using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

/// <summary>Content that HTTP/2 keeps back until the network takes it.</summary>
public sealed class HeldBackTests
{
    // The preface; SETTINGS with the largest window for a stream; the largest for the connection; GET / of the host a, on stream 1.
    private static readonly byte[] Request =
    [
        .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 4, 8, 0, 0, 0, 0, 0, 0x7F, 0, 0, 0,
        0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x84, 0x86, 0x41, 1, (byte)'a',
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_reads_nothing_and_resets_is_let_go_at_once(bool endsFirst)
    {
        var handler = new Sender();
        using var server = new EpollServer(handler.Start);
        using TcpClient client = await server.ConnectAsync();
        await client.GetStream().WriteAsync(Request, TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => handler.IsHeldBack, 10_000));

        // The server takes up what the system has room for, and then waits.
        await Task.Delay(500, TestContext.Current.CancellationToken);
        if (endsFirst)
        {
            client.Client.Shutdown(SocketShutdown.Send);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        client.Client.Close(0);
        Assert.True(SpinWait.SpinUntil(() => handler.Told != EndReason.None, 10_000), "the connection was kept, for Timeout to end it");
    }

    private sealed class Sender : IExchangeHandler
    {
        private readonly byte[] _content = GC.AllocateArray<byte>(1024 * 1024, pinned: true);

        public bool IsHeldBack { get; private set; }

        public EndReason Told { get; private set; }

        public string Name => "sender";

        public void Start(Exchange exchange)
        {
            exchange.Handler = this;
            exchange.Respond(200, FieldBlock.Empty, long.MaxValue);
            OnWritable(exchange);
        }

        public void OnBodyReadable(Exchange exchange)
        {
        }

        public void OnWritable(Exchange exchange)
        {
            while (exchange.CanWrite)
            {
                exchange.Write(_content);
            }

            IsHeldBack = true;
        }

        public void OnAborted(Exchange exchange, EndReason reason) => Told = reason;
    }
}
