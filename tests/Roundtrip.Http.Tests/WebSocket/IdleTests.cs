using Roundtrip.Core;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Deflate;
using Roundtrip.Http.WebSocket.Handshake;

namespace Roundtrip.Http.Tests.WebSocket;

/// <summary>What a WebSocket costs while nothing happens.</summary>
public class IdleTests(ITestOutputHelper output)
{
    [Fact]
    public void An_idle_WebSocket_holds_no_buffer_and_at_most_3072_bytes_with_its_HTTP_1_connection()
    {
        const int Count = 500;
        var host = new TestHost(_ => { });
        var sockets = new WebSocketConnection[Count + 1];
        var resources = new Http1Resources(new Http2Resources());
        var shared = new WebSocketResources(host.Buffers);
        QuietHost[] hosts = [.. Enumerable.Range(0, Count + 1).Select(_ => new QuietHost(host, exchange =>
        {
            exchange.Handler = Silent.Instance;
            ServerHandshake handshake = ServerHandshake.Read(exchange, [], DeflateOptions.Default);
            handshake.Accept(exchange);
            sockets[Array.IndexOf(sockets, null)] = new WebSocketConnection(WebSocketRole.Server, WebSocketLimits.Default, shared, 0, handshake.Deflate);
        }))];
        byte[] request = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"u8.ToArray();
        byte[] message = Frame.Text(new string('x', 300));
        Use(Count);
        int outstanding = host.Buffers.Outstanding;
        long size = Allocated.Each(Count, Use);
        output.WriteLine($"{size} bytes");
        Assert.Equal(outstanding, host.Buffers.Outstanding);
        Assert.InRange(size, 100, 3072);
        GC.KeepAlive(hosts);

        void Use(int index)
        {
            hosts[index].Use(new Http1Connection(hosts[index], resources));
            hosts[index].Serve(request);
            WebSocketConnection socket = sockets[Array.IndexOf(sockets, null) is var free && free < 0 ? Count : free - 1];
            socket.Receive(0, message);
            while (socket.TryReadEvent(out WebSocketEvent what))
            {
                socket.SendText(what.Data);
            }

            socket.Output.Clear();
            socket.Rest();
        }
    }

    private sealed class Silent : IExchangeHandler
    {
        public static readonly Silent Instance = new();

        public string Name => "silent";

        public void OnBodyReadable(Exchange exchange)
        {
        }

        public void OnWritable(Exchange exchange)
        {
        }

        public void OnAborted(Exchange exchange, EndReason reason)
        {
        }
    }
}
