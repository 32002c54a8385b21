using Roundtrip.Core;

namespace Roundtrip.Server.WebSockets;

/// <summary>What the user of a WebSocket is told, always on the loop that owns it. None of these may block.</summary>
public interface IWebSocketHandler
{
    /// <summary>The name under which the error log speaks of this handler.</summary>
    string Name { get; }

    /// <summary>The WebSocket is open: messages may be sent.</summary>
    void OnOpened(WebSocketExchange socket);

    /// <summary>A whole message has come.</summary>
    /// <param name="content">Borrowed: valid until this returns. Text is valid UTF-8.</param>
    void OnMessage(WebSocketExchange socket, bool isText, ReadOnlySpan<byte> content);

    /// <summary>All that was sent has been taken, after some of it had to wait (<see cref="WebSocketExchange.BufferedAmount"/>).</summary>
    void OnWritable(WebSocketExchange socket);

    /// <summary>The WebSocket is over; told once, last.</summary>
    /// <param name="code">The peer's, or 1005 where it gave none, or 1006 where no Close came (<see cref="Http.WebSocket.CloseCode"/>).</param>
    /// <param name="reason">What the peer's Close says, in UTF-8. Borrowed.</param>
    /// <param name="why"><see cref="EndReason.Completed"/> for a closing handshake; otherwise what went wrong.</param>
    void OnClosed(WebSocketExchange socket, int code, ReadOnlySpan<byte> reason, EndReason why);
}
