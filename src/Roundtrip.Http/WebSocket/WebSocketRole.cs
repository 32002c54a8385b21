namespace Roundtrip.Http.WebSocket;

/// <summary>Which side of a WebSocket: a client masks what it sends, and lets the server close the connection under it.</summary>
public enum WebSocketRole : byte
{
    Server,
    Client,
}
