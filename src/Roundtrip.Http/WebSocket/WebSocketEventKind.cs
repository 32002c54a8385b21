namespace Roundtrip.Http.WebSocket;

/// <summary>What a WebSocket's user is told.</summary>
public enum WebSocketEventKind : byte
{
    /// <summary>A whole message of text, which is valid UTF-8.</summary>
    Text,

    /// <summary>A whole message of bytes.</summary>
    Binary,

    /// <summary>A Ping, which has been answered.</summary>
    Ping,

    /// <summary>A Pong, asked for or not.</summary>
    Pong,

    /// <summary>Nothing more will come. Told once, last.</summary>
    Closed,
}
