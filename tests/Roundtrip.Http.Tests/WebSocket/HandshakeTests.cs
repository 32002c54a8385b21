using System.Text;
using Roundtrip.Http.Tests.Http2;
using Roundtrip.Http.WebSocket.Deflate;
using Roundtrip.Http.WebSocket.Handshake;

namespace Roundtrip.Http.Tests.WebSocket;

/// <summary>RFC 6455 sections 4 and 10.2, RFC 8441 section 5: the opening handshake.</summary>
public class HandshakeTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Good = $"Host: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {Key}\r\nSec-WebSocket-Version: 13\r\n";

    [Fact]
    public void The_key_of_RFC_6455_has_its_answer()
    {
        byte[] accept = new byte[WebSocketKey.AcceptLength];
        WebSocketKey.WriteAccept(Encoding.ASCII.GetBytes(Key), accept);

        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Encoding.ASCII.GetString(accept));
    }

    [Fact]
    public void A_good_one_is_answered_101_with_what_was_chosen()
    {
        string sent = Answer(Good + "Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Protocol: v2\r\nSec-WebSocket-Extensions: foo\r\nSec-WebSocket-Extensions: permessage-deflate\r\n");

        Assert.Equal(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
            + "Sec-WebSocket-Protocol: superchat\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n\r\n",
            sent);
    }

    [Fact]
    public void What_nobody_asked_for_is_not_answered()
    {
        string sent = Answer(Good + "Sec-WebSocket-Protocol: other, CHAT\r\n");

        Assert.DoesNotContain("Protocol:", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("Extensions", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", HandshakeStatus.UnsupportedVersion)]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 013", HandshakeStatus.UnsupportedVersion)]
    [InlineData("Sec-WebSocket-Version: 13", "X: y", HandshakeStatus.Malformed)]
    [InlineData("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13", HandshakeStatus.Malformed)]
    [InlineData(Key, "dGhlIHNhbXBsZSBub25jZQ=", HandshakeStatus.Malformed)]
    [InlineData(Key, "dGhlIHNhbXBsZSBub25jZSE=", HandshakeStatus.Malformed)]
    [InlineData(Key, "dGhlIHNhbXBsZSBub25j!Q==", HandshakeStatus.Malformed)]
    [InlineData(Key, "", HandshakeStatus.Malformed)]
    [InlineData("Sec-WebSocket-Key", "X-Key", HandshakeStatus.Malformed)]
    [InlineData("Sec-WebSocket-Key:", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Key:", HandshakeStatus.Malformed)]
    [InlineData("Connection: Upgrade", "Connection: close", HandshakeStatus.NotAsked)]
    [InlineData("Upgrade: websocket", "Upgrade: other", HandshakeStatus.NotAsked)]
    [InlineData("Host: server.example.com", "Host: server.example.com\r\nSec-WebSocket-Extensions: a;", HandshakeStatus.Malformed)]
    [InlineData("Host: server.example.com", "Host: server.example.com\r\nSec-WebSocket-Protocol: a b", HandshakeStatus.Malformed)]
    [InlineData("Upgrade: websocket", "Upgrade: other, WebSocket", HandshakeStatus.Acceptable)]
    public void What_it_lacks_is_told(string part, string instead, HandshakeStatus status) =>
        Assert.Equal(status, Read("GET / HTTP/1.1\r\n" + Good.Replace(part, instead, StringComparison.Ordinal) + "\r\n").Status);

    [Fact]
    public void Only_GET_opens_one() => Assert.Equal(HandshakeStatus.Malformed, Read($"POST / HTTP/1.1\r\n{Good}\r\n").Status);

    [Fact]
    public void Over_HTTP_2_it_is_an_extended_CONNECT_without_a_key()
    {
        ServerHandshake? handshake = null;
        Http2Peer peer = Http2Peer.Open((host, exchange) =>
        {
            handshake = ServerHandshake.Read(exchange, ["superchat"], DeflateOptions.Default);
            exchange.Handler = new HoldingHandler(host);
            handshake.Accept(exchange);
        });
        peer.Request(
            1, false, (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":authority", "example.org"), (":path", "/chat"),
            ("sec-websocket-version", "13"), ("sec-websocket-protocol", "superchat"), ("sec-websocket-extensions", "permessage-deflate"));

        Assert.Equal(HandshakeStatus.Acceptable, handshake!.Status);
        string answer = Assert.Single(peer.Answers());
        Assert.StartsWith("HEADERS 1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("sec-websocket-protocol=superchat", answer, StringComparison.Ordinal);
        Assert.Contains("sec-websocket-extensions=permessage-deflate", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("accept", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("Origin: http://server.example.com\r\n", true)]
    [InlineData("Origin: HTTP://server.example.com\r\n", false)]
    [InlineData("Origin: https://server.example.com\r\n", false)]
    [InlineData("Origin: http://server.example.com:8080\r\n", false)]
    [InlineData("Origin: http://server.example.com.evil.example\r\n", false)]
    [InlineData("Origin: http://evil.example\r\n", false)]
    [InlineData("Origin: null\r\n", false)]
    [InlineData("Origin: http://server.example.com\r\nOrigin: http://server.example.com\r\n", false)]
    [InlineData("Origin: https://friend.example\r\n", true)]
    [InlineData("Origin: https://friend.example:444\r\n", false)]
    [InlineData("Origin: https://Friend.example\r\n", false)]
    [InlineData("Origin: http://Server.example.com\r\n", false)]
    public void A_page_of_another_origin_is_refused_unless_it_was_named(string field, bool isAllowed)
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed($"GET / HTTP/1.1\r\n{Good}{field}\r\n");

        Assert.Equal(isAllowed, new OriginRule(["https://friend.example"]).Allows(held[0].Request));
        Assert.True(new OriginRule(["*"]).Allows(held[0].Request) || field.Contains("\r\nO", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("com:80\r\n")]
    [InlineData("COM\r\n")]
    public void The_same_origin_has_its_scheme_and_its_default_port_and_a_host_in_any_case(string asked)
    {
        var held = new List<Exchange>();
        TestHost host = null!;
        host = Connections.Open(exchange =>
        {
            exchange.Handler = new HoldingHandler(host);
            held.Add(exchange);
        });
        host.Feed($"GET / HTTP/1.1\r\n{Good.Replace("com\r\n", asked, StringComparison.Ordinal)}Origin: http://server.example.com\r\n\r\n");

        Assert.True(OriginRule.SameOrigin.Allows(held[0].Request));
    }

    [Fact]
    public void A_client_takes_the_answer_to_its_own_key_alone()
    {
        var client = new ClientHandshake("the sample nonce"u8, ["chat", "superchat"], null);
        Assert.Equal((Key, "chat, superchat", (string?)null), (client.Key, client.Protocols, client.Offer));
        byte[] accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="u8.ToArray();

        Assert.True(client.TryFinish(accept, "superchat"u8, [], isHttp2: false));
        Assert.Equal("superchat", client.Subprotocol);
        Assert.True(client.TryFinish([], [], [], isHttp2: true));
        Assert.False(client.TryFinish([], [], [], isHttp2: false));
        Assert.False(client.TryFinish("s3pPLMBiTxaQ9kYGzzhZRbK+xOO="u8, [], [], isHttp2: false));
        Assert.False(client.TryFinish(accept, "other"u8, [], isHttp2: false));
        Assert.False(client.TryFinish(accept, [], "permessage-deflate"u8, isHttp2: false));
    }

    private static ServerHandshake Read(string request)
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(request);
        return ServerHandshake.Read(held[0], ["superchat", "chat"], DeflateOptions.Default);
    }

    private static string Answer(string fields)
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed($"GET /chat HTTP/1.1\r\n{fields}\r\n");
        ServerHandshake handshake = ServerHandshake.Read(held[0], ["superchat", "chat"], DeflateOptions.Default);
        Assert.Equal(HandshakeStatus.Acceptable, handshake.Status);
        handshake.Accept(held[0]);
        host.Send();
        return host.Sent;
    }
}
