using Roundtrip.Core;

namespace Roundtrip.Http.WebSocket;

/// <summary>What came. <see cref="Data"/> is borrowed: it is valid until the next call of the connection's Receive or TryReadEvent.</summary>
public readonly ref struct WebSocketEvent
{
    public WebSocketEventKind Kind { get; init; }

    /// <summary>A message's content, decompressed; the payload of a Ping or Pong; the reason that a Close frame gives, in UTF-8.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>Of <see cref="WebSocketEventKind.Closed"/>: the peer's code, <see cref="CloseCode.NoStatus"/> where it gave none, <see cref="CloseCode.Abnormal"/> where no Close came.</summary>
    public int Code { get; init; }

    /// <summary>Of <see cref="WebSocketEventKind.Closed"/>: why, where it was no closing handshake that the peer began or answered.</summary>
    public ProtocolError Error { get; init; }
}
