using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Deflate;
using Roundtrip.Http.WebSocket.Handshake;

namespace Roundtrip.Server.WebSockets;

/// <summary>What the WebSockets of an endpoint have in common.</summary>
public sealed record WebSocketOptions
{
    public WebSocketLimits Limits { get; init; } = WebSocketLimits.Default;

    /// <summary>What is wanted of compression; null for none.</summary>
    public DeflateOptions? Deflate { get; init; } = DeflateOptions.Default;

    /// <summary>The subprotocols that are spoken, the one that is liked best first.</summary>
    public IReadOnlyList<string> Subprotocols { get; init; } = [];

    /// <summary>Which pages may open one: 403 for the others.</summary>
    public OriginRule Origins { get; init; } = OriginRule.SameOrigin;
}
