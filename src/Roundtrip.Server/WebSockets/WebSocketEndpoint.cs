using Roundtrip.Http;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Handshake;
using Roundtrip.Transport;

namespace Roundtrip.Server.WebSockets;

/// <summary>Where WebSockets are opened, on one loop: over HTTP/1.1 by Upgrade and over HTTP/2 by extended CONNECT, which a handler cannot tell apart.</summary>
public sealed class WebSocketEndpoint
{
    private static readonly FieldBlock TextFields = FieldBlock.Create(("Content-Type", "text/plain; charset=us-ascii"));

    private readonly string[] _subprotocols;

    public WebSocketEndpoint(EventLoop loop, WebSocketOptions options)
    {
        (Loop, Options, Resources) = (loop, options, new WebSocketResources(loop.Buffers));
        _subprotocols = [.. options.Subprotocols];
    }

    public WebSocketOptions Options { get; }

    internal EventLoop Loop { get; }

    internal WebSocketResources Resources { get; }

    /// <summary>Opens a WebSocket where the exchange asks for one and may have it; otherwise answers 426, 400 or 403.</summary>
    /// <returns>The WebSocket, or null.</returns>
    public WebSocketExchange? Accept(Exchange exchange, IWebSocketHandler handler)
    {
        ServerHandshake handshake = ServerHandshake.Read(exchange, _subprotocols, Options.Deflate);
        if (handshake.Status is HandshakeStatus.NotAsked or HandshakeStatus.UnsupportedVersion)
        {
            // RFC 6455 §4.4: which version would do.
            bool hasUpgrade = exchange.Request.Version == ProtocolVersion.Http11;
            Refuse(exchange, 426, hasUpgrade ? ServerHandshake.RefusalFields : ServerHandshake.RefusalFieldsHttp2, "This is a WebSocket endpoint of version 13 (RFC 6455).\n"u8);
            return null;
        }

        if (handshake.Status == HandshakeStatus.Malformed)
        {
            Refuse(exchange, 400, TextFields, "The WebSocket handshake is malformed (RFC 6455 section 4.2.1).\n"u8);
            return null;
        }

        if (!Options.Origins.Allows(exchange.Request))
        {
            Refuse(exchange, 403, TextFields, "No page of this Origin may open a WebSocket here.\n"u8);
            return null;
        }

        var socket = new WebSocketExchange(this, exchange, handler, handshake);
        socket.Open(handshake);
        return socket;
    }

    private static void Refuse(Exchange exchange, int status, FieldBlock fields, ReadOnlySpan<byte> sentence)
    {
        exchange.Respond(status, fields, sentence.Length);
        if (exchange.Request.Method != Method.Head)
        {
            exchange.Write(sentence);
        }

        exchange.Complete();
    }
}
