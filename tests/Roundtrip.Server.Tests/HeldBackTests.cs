using System.Net;
using System.Net.Sockets;
using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

/// <summary>Content that HTTP/2 keeps back until the network takes it.</summary>
public sealed class HeldBackTests
{
    // Of /proc/net/tcp, in Documentation/networking/proc_net_tcp.rst: the states of the connection, and the timer that asks whether the window is open.
    private const int Established = 1;
    private const int CloseWait = 8;
    private const int ProbesWindow = 4;

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

        // The server takes up what the system has room for, and then waits: the client's window is closed.
        await UntilAsync(server, client, end => end is { State: Established, Timer: ProbesWindow });
        if (endsFirst)
        {
            client.Client.Shutdown(SocketShutdown.Send);
            await UntilAsync(server, client, end => end is { State: CloseWait });
        }

        client.Client.Close(0);
        Assert.True(SpinWait.SpinUntil(() => handler.Told != EndReason.None, 10_000), "the connection was kept, for Timeout to end it");
    }

    // Waits until the server's end of the connection is so, as the system sees it, and the server has handled what made it so: an event that was there before a turn of the loop began is handled in it.
    private static async Task UntilAsync(EpollServer server, TcpClient client, Predicate<(int State, int Timer)> isSo)
    {
        Assert.True(SpinWait.SpinUntil(() => isSo(EndOf(server, client)), 10_000), $"it is {EndOf(server, client)}");
        for (int turn = 0; turn < 2; turn++)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            server.Post(done.SetResult);
            await done.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }
    }

    private static (int State, int Timer) EndOf(EpollServer server, TcpClient client)
    {
        int peer = ((IPEndPoint)client.Client.LocalEndPoint!).Port;
        string[] row = File.ReadLines("/proc/net/tcp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .First(row => row[1].EndsWith($":{server.Port:X4}", StringComparison.Ordinal) && row[2].EndsWith($":{peer:X4}", StringComparison.Ordinal));
        return (Convert.ToInt32(row[3], 16), Convert.ToInt32(row[5].Split(':')[0], 16));
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
