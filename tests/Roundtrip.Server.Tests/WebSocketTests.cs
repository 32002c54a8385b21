using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Frames;
using Roundtrip.Http.WebSocket.Handshake;
using Roundtrip.Server.WebSockets;

namespace Roundtrip.Server.Tests;

/// <summary>An exchange that has become a WebSocket, over the driver and a network in memory: messages, slow clients, ends from every side.</summary>
public class WebSocketTests
{
    private const string Fields = "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

    [Fact]
    public void Messages_go_both_ways_and_a_close_ends_the_connection_in_good_order()
    {
        using var server = new Sockets();
        InMemoryServer.Client client = server.Connect();
        client.Send([.. Masked(Opcode.Text, "hello"), .. Masked(Opcode.Ping, "p")]);
        Assert.Equal("Text hello | Pong p", Describe(client.Receive()));
        client.Send(Masked(Opcode.Close, "\u0003\u00e8bye"));

        Assert.Equal("Close \u0003\u00e8", Describe(client.Receive()));
        Assert.True(client.IsEnded);
        Assert.Equal(["opened", "text hello", "closed 1000 bye Completed"], server.Events);
        client.Close();
        Assert.Equal((101, 14, EndReason.Completed), Assert.Single(server.Server.Ended.All));
        Assert.Equal(0, server.Server.Loop.Buffers.Outstanding);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 12", "426 Upgrade Required", "Sec-WebSocket-Version: 13")]
    [InlineData("Upgrade: websocket\r\n", "", "426 Upgrade Required", "Upgrade: websocket")]
    [InlineData("dGhl", "", "400 Bad Request", "Content-Type: text/plain")]
    [InlineData("Host: a", "Host: a\r\nOrigin: http://evil.example", "403 Forbidden", "Content-Type: text/plain")]
    [InlineData("Host: a", "Host: a\r\nOrigin: http://a", "101 Switching Protocols", "Sec-WebSocket-Accept: ")]
    public void What_is_no_handshake_from_an_origin_that_may_is_told_so_and_the_connection_goes_on(string part, string instead, string status, string field)
    {
        using var server = new Sockets();
        InMemoryServer.Client client = server.Server.Connect();
        client.Send("GET / HTTP/1.1\r\n" + Fields.Replace(part, instead, StringComparison.Ordinal) + "\r\n");
        string answer = client.Receive();

        Assert.StartsWith($"HTTP/1.1 {status}\r\n", answer, StringComparison.Ordinal);
        Assert.Contains(field, answer, StringComparison.Ordinal);
        Assert.False(client.IsEnded);
    }

    [Fact]
    public void A_broken_rule_is_told_to_the_peer_the_handler_and_the_log()
    {
        using var server = new Sockets();
        InMemoryServer.Client client = server.Connect();
        client.Send([.. Masked(Opcode.Text, "good"), 0x83, 0x80, 0, 0, 0, 0]);

        string sent = Describe(client.Receive());
        Assert.StartsWith("Text good | Close \u0003\u00ea", sent, StringComparison.Ordinal);
        Assert.Contains("reserved", sent, StringComparison.Ordinal);
        Assert.True(client.IsEnded);
        Assert.Equal("closed 1006  WebSocketReservedOpcode", server.Events[^1]);
        client.Close();
        Assert.Contains("[http:info]", server.Server.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_stops_says_1001_and_waits_for_the_answer()
    {
        using var server = new Sockets();
        InMemoryServer.Client client = server.Connect();
        bool isStopped = false;
        server.Server.Server.Stop(() => isStopped = true, isGraceful: true);
        server.Server.Loop.RunUntilIdle();
        Assert.Equal("Close \u0003\u00e9the server is stopping", Describe(client.Receive()));
        Assert.False(isStopped);
        client.Send(Masked(Opcode.Text, "under way"));
        client.Send(Masked(Opcode.Close, "\u0003\u00e9"));
        _ = client.Receive();
        client.Close();

        Assert.Equal(["opened", "text under way", "closed 1001  Completed"], server.Events);
        Assert.True(isStopped);
    }

    [Fact]
    public void A_client_that_does_not_answer_a_close_is_cut_and_with_it_the_stop_ends()
    {
        using var server = new Sockets();
        InMemoryServer.Client client = server.Connect();
        bool isStopped = false;
        server.Server.Server.Stop(() => isStopped = true, isGraceful: true);
        server.Server.Loop.Advance(6000);

        Assert.Equal("closed 1006  WebSocketCloseTimeout", server.Events[^1]);
        Assert.True(isStopped);
        _ = client.Receive();
        Assert.True(client.IsReset || client.IsEnded);
    }

    [Fact]
    public void A_silent_client_is_asked_and_then_let_go()
    {
        using var server = new Sockets();
        InMemoryServer.Client client = server.Connect();
        server.Server.Loop.Advance(31_000);
        Assert.Equal("Ping", Describe(client.Receive()));
        client.Send(Masked(Opcode.Pong, ""));
        server.Server.Loop.Advance(31_000);
        Assert.Equal("Ping", Describe(client.Receive()));
        server.Server.Loop.Advance(21_000);

        Assert.Equal(["opened", "closed 1006  WebSocketPongTimeout"], server.Events);
        Assert.Equal(EndReason.WebSocketPongTimeout, Assert.Single(server.Server.Ended.All).Reason);
        Assert.DoesNotContain("[http:error]", server.Server.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_is_lost_is_told_once()
    {
        using var server = new Sockets();
        InMemoryServer.Client lost = server.Connect(), gone = server.Connect();
        lost.Reset();
        gone.Close();

        Assert.Equal(["opened", "opened", "closed 1006  PeerReset", "closed 1006  WebSocketTruncated"], server.Events);
    }

    [Fact]
    public void What_a_slow_client_does_not_take_waits_and_it_is_not_read_meanwhile()
    {
        using var server = new Sockets();
        InMemoryServer.Client client = server.Connect();
        WebSocketExchange socket = server.Open[0];
        EncodedMessage message = EncodedMessage.Binary(new byte[50_000]);
        for (int i = 0; i < 20; i++)
        {
            Assert.True(socket.Send(message));
        }

        server.Server.Loop.RunUntilIdle();
        Assert.InRange(socket.BufferedAmount, 500_000, 1_000_000);
        client.Send(Masked(Opcode.Text, "late"));
        Assert.DoesNotContain("text late", server.Events);

        int received = 0;
        while (received < 20 * message.Frame.Length)
        {
            string piece = client.Receive(10_000);
            Assert.NotEqual("", piece);
            received += piece.Length;
        }

        Assert.Equal(0, socket.BufferedAmount);
        Assert.Equal(["opened", "writable", "text late"], server.Events);
    }

    [Fact]
    public void What_waits_only_for_the_handler_to_return_is_told_as_well_once_it_is_gone()
    {
        using var server = new Sockets();
        InMemoryServer.Client client = server.Connect();
        int left = 20;
        server.Fill = socket =>
        {
            // As a carrier does that leaves the rest where it is.
            while (left > 0 && socket.BufferedAmount < 20_000)
            {
                left--;
                socket.SendBinary(new byte[10_000]);
            }
        };
        client.Send(Masked(Opcode.Text, "begin"));
        int received = 0;
        for (string piece; (piece = client.Receive(10_000)).Length > 0;)
        {
            received += piece.Length;
        }

        Assert.Equal(0, left);
        Assert.InRange(received, 200_000, 201_000);

        // And what the client says then is heard.
        server.Fill = null;
        client.Send(Masked(Opcode.Text, "heard"));
        Assert.Contains("text heard", server.Events);
    }

    [Fact]
    public void A_handler_that_has_enough_is_told_nothing_more_until_it_goes_on()
    {
        using var server = new Sockets();
        InMemoryServer.Client client = server.Connect();
        server.Fill = static socket => socket.IsPaused = true;
        client.Send(Masked(Opcode.Text, "one"));
        client.Send(Masked(Opcode.Text, "two"));
        Assert.Equal("Text one", Describe(client.Receive()));
        Assert.Equal(["opened", "text one"], server.Events);

        server.Open[0].IsPaused = false;
        Assert.Equal("Text two", Describe(client.Receive()));
        server.Fill = null;
        server.Open[0].IsPaused = false;
        client.Send(Masked(Opcode.Text, "three"));
        Assert.Equal("Text three", Describe(client.Receive()));
        Assert.Equal(["opened", "text one", "text two", "text three"], server.Events);
    }

    [Fact]
    public void A_client_to_whom_nobody_listens_is_not_let_go_for_its_silence()
    {
        using var server = new Sockets();
        InMemoryServer.Client client = Paused(server);
        server.Server.Loop.Advance(31_000);
        client.Send(Masked(Opcode.Text, "two"));
        server.Server.Loop.Advance(200_000);
        Assert.Equal(["opened", "text one"], server.Events);

        server.Fill = null;
        server.Open[0].IsPaused = false;
        Assert.Equal("Text two", Describe(client.Receive()));

        // Its time begins anew.
        server.Server.Loop.Advance(29_000);
        Assert.Equal("", client.Receive());
        server.Server.Loop.Advance(2_000);
        Assert.Equal("Ping", Describe(client.Receive()));
    }

    [Fact]
    public void A_close_ends_a_pause_so_that_the_clients_own_is_heard()
    {
        using var server = new Sockets();
        InMemoryServer.Client client = Paused(server);
        server.Open[0].Close();
        client.Send([.. Masked(Opcode.Text, "late"), .. Masked(Opcode.Close, "\u0003\u00e8")]);
        Assert.Equal("Close \u0003\u00e8", Describe(client.Receive()));
        Assert.True(client.IsEnded);
        Assert.Equal(["opened", "text one", "text late", "closed 1000  Completed"], server.Events);
    }

    [Fact]
    public void A_handler_that_throws_when_it_goes_on_ends_its_own_connection_alone()
    {
        using var server = new Sockets();
        InMemoryServer.Client client = Paused(server), other = server.Connect();
        client.Send(Masked(Opcode.Text, "throw"));
        server.Open[0].IsPaused = false;

        _ = client.Receive();
        Assert.True(client.IsReset || client.IsEnded);
        Assert.Equal(EndReason.HandlerFailed, Assert.Single(server.Server.Ended.All).Reason);
        server.Fill = null;
        other.Send(Masked(Opcode.Text, "heard"));
        Assert.Equal("Text heard", Describe(other.Receive()));
    }

    [Fact]
    public void A_close_goes_out_behind_all_that_was_sent_before_it()
    {
        using var server = new Sockets();
        InMemoryServer.Client client = server.Connect();
        WebSocketExchange socket = server.Open[0];
        for (int i = 0; i < 20; i++)
        {
            socket.SendBinary(new byte[50_000]);
        }

        socket.Close(4000, "done"u8);
        Assert.False(socket.SendText("no"u8));
        server.Server.Loop.RunUntilIdle();
        client.Send(Masked(Opcode.Close, "\u000f\u00a0"));
        var all = new StringBuilder();
        for (string piece; !client.IsEnded && (piece = client.Receive(100_000)).Length > 0;)
        {
            all.Append(piece);
        }

        Assert.Equal(20 * 50_004 + 2 + 6, all.Length);
        Assert.EndsWith("\u000f\u00a0done", all.ToString(), StringComparison.Ordinal);
        Assert.True(client.IsEnded);
        Assert.Equal("closed 4000  Completed", server.Events[^1]);
    }

    [Fact]
    public void A_tunnels_handler_that_ends_its_own_side_goes_on_reading()
    {
        var handler = new HalfClosing();
        using var server = new InMemoryServer(handler.Start);
        InMemoryServer.Client client = server.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: example\r\n\r\n");
        Assert.EndsWith("\r\n\r\nlast", client.Receive(), StringComparison.Ordinal);
        Assert.True(client.IsEnded);
        client.Send("still ");
        client.Send("here");
        Assert.Equal("still here", handler.Received.ToString());
        client.ShutdownSend();

        Assert.Equal((101, 4, EndReason.Completed), Assert.Single(server.Ended.All));
    }

    [Fact]
    public void A_handler_that_throws_ends_its_own_connection_alone()
    {
        using var server = new Sockets();
        InMemoryServer.Client bad = server.Connect(), good = server.Connect();
        bad.Send(Masked(Opcode.Text, "throw"));
        good.Send(Masked(Opcode.Text, "a"));

        Assert.Equal("Text a", Describe(good.Receive()));
        _ = bad.Receive();
        Assert.True(bad.IsEnded || bad.IsReset);
        Assert.Equal("closed 1006  HandlerFailed", server.Events[^2]);
        good.Close();
        Assert.Contains("a handler's own fault", server.Server.Errors(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_handler_that_throws_when_it_is_opened_cannot_write_to_the_next_request()
    {
        using var server = new Sockets { ThrowsWhenOpened = true };
        InMemoryServer.Client client = server.Server.Connect();
        client.Send("GET / HTTP/1.1\r\n" + Fields + "\r\n");
        _ = client.Receive();
        server.ThrowsWhenOpened = false;
        InMemoryServer.Client next = server.Connect();

        Assert.False(server.Open[0].SendText("not yours"u8) || server.Open[0].IsOpen);
        server.Open[0].Close();
        server.Server.Loop.RunUntilIdle();
        Assert.Equal("", next.Receive());
        Assert.True(server.Open[1].SendText("yours"u8));
        Assert.Equal("Text yours", Describe(next.Receive()));
    }

    [Fact]
    public void A_message_for_many_costs_each_connection_nothing_of_the_heap()
    {
        using var server = new Sockets();
        InMemoryServer.Client[] clients = [.. Enumerable.Range(0, 20).Select(_ => server.Connect())];
        EncodedMessage large = EncodedMessage.Binary(new byte[20_000]), small = EncodedMessage.Text("for all");
        byte[] received = new byte[64 * 1024];
        long least = long.MaxValue;
        for (int round = 0; round < 10; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (WebSocketExchange socket in server.Open)
            {
                socket.Send(large);
                socket.Send(small);
            }

            server.Server.Loop.RunUntilIdle();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            foreach (InMemoryServer.Client client in clients)
            {
                int length = 0;
                for (Roundtrip.Transport.IoResult read; (read = client.Connection.Read(received)).Status == Roundtrip.Transport.IoStatus.Done;)
                {
                    length += (int)read.Count;
                    server.Server.Loop.RunUntilIdle();
                }

                Assert.Equal(large.Frame.Length + small.Frame.Length, length);
            }
        }

        // The loop in memory has some 350 bytes for all of them; the smallest object has 24.
        Assert.InRange(least, 0, clients.Length * 23);
    }

    private static byte[] Masked(Opcode opcode, string payload)
    {
        byte[] content = Encoding.Latin1.GetBytes(payload);
        byte[] frame = new byte[FrameHeader.MaximumSize + content.Length];
        int size = FrameHeader.Write(frame, (byte)(FrameHeader.Fin | (byte)opcode), content.Length, 0x01020304);
        Masking.Apply(content, frame.AsSpan(size), 0x01020304);
        return frame[..(size + content.Length)];
    }

    private static string Describe(string received)
    {
        var text = new StringBuilder();
        byte[] bytes = Encoding.Latin1.GetBytes(received);
        for (ReadOnlySpan<byte> rest = bytes; FrameHeader.TryRead(rest, out FrameHeader header); rest = rest[(header.Size + (int)header.Length)..])
        {
            text.Append(text.Length > 0 ? " | " : "").Append($"{header.Opcode} {Encoding.Latin1.GetString(rest.Slice(header.Size, (int)header.Length))}".TrimEnd());
        }

        return text.ToString();
    }

    private sealed class HalfClosing : IExchangeHandler
    {
        public StringBuilder Received { get; } = new();

        public string Name => "half";

        public void Start(Exchange exchange)
        {
            exchange.Handler = this;
            exchange.AcceptUpgrade("example"u8, FieldBlock.Empty);
            exchange.Write("last"u8);
            exchange.EndWriting();
            OnBodyReadable(exchange);
        }

        public void OnBodyReadable(Exchange exchange)
        {
            byte[] piece = new byte[100];
            BodyRead read;
            while ((read = exchange.ReadBody(piece)).Status == BodyReadStatus.Data)
            {
                Received.Append(Encoding.Latin1.GetString(piece, 0, read.Count));
            }

            if (read.Status == BodyReadStatus.End)
            {
                exchange.Complete();
            }
        }

        public void OnWritable(Exchange exchange)
        {
        }

        public void OnAborted(Exchange exchange, EndReason reason)
        {
        }
    }

    // A client whose handler had enough after its first message.
    private static InMemoryServer.Client Paused(Sockets server)
    {
        InMemoryServer.Client client = server.Connect();
        server.Fill = static socket => socket.IsPaused = true;
        client.Send(Masked(Opcode.Text, "one"));
        Assert.Equal("Text one", Describe(client.Receive()));
        return client;
    }

    private sealed class Sockets : IWebSocketHandler, IDisposable
    {
        private readonly WebSocketEndpoint _endpoint;

        public Sockets()
        {
            Server = new InMemoryServer(exchange => _endpoint!.Accept(exchange, this));
            _endpoint = new WebSocketEndpoint(Server.Loop, new WebSocketOptions { Origins = OriginRule.SameOrigin });
        }

        public InMemoryServer Server { get; }

        public bool ThrowsWhenOpened { get; set; }

        public Action<WebSocketExchange>? Fill { get; set; }

        public List<string> Events { get; } = [];

        public List<WebSocketExchange> Open { get; } = [];

        public string Name => "echo";

        public InMemoryServer.Client Connect()
        {
            InMemoryServer.Client client = Server.Connect();
            client.Send("GET / HTTP/1.1\r\n" + Fields + "\r\n");
            Assert.StartsWith("HTTP/1.1 101 ", client.Receive(), StringComparison.Ordinal);
            return client;
        }

        public void OnOpened(WebSocketExchange socket)
        {
            Open.Add(socket);
            Events.Add("opened");
            if (ThrowsWhenOpened)
            {
                throw new InvalidOperationException("a handler's own fault");
            }
        }

        public void OnMessage(WebSocketExchange socket, bool isText, ReadOnlySpan<byte> content)
        {
            string text = Encoding.Latin1.GetString(content);
            Events.Add($"{(isText ? "text" : "binary")} {text}");
            if (text == "throw")
            {
                throw new InvalidOperationException("a handler's own fault");
            }

            socket.SendText(content);
            Fill?.Invoke(socket);
        }

        public void OnWritable(WebSocketExchange socket)
        {
            Events.Add("writable");
            Fill?.Invoke(socket);
        }

        public void OnClosed(WebSocketExchange socket, int code, ReadOnlySpan<byte> reason, EndReason why) => Events.Add($"closed {code} {Encoding.Latin1.GetString(reason)} {why}");

        public void Dispose() => Server.Dispose();
    }
}
