namespace Roundtrip.Http.WebSocket;

/// <summary>What one WebSocket may cost, and how long it waits. Times are in milliseconds.</summary>
public sealed record WebSocketLimits
{
    public static readonly WebSocketLimits Default = new();

    /// <summary>The most bytes of a message's content, after decompression: 1009 beyond it.</summary>
    public int Message { get; init; } = 1024 * 1024;

    /// <summary>The most bytes of one data frame's payload as it comes: 1009 beyond it. The frame need not come for that.</summary>
    public long Frame { get; init; } = 1024 * 1024;

    /// <summary>The most frames of one message, so that a message is not sent in empty ones without an end: 1009 beyond it.</summary>
    public int Fragments { get; init; } = 16 * 1024;

    /// <summary>How long the peer may be silent before it is sent a Ping; 0 for never.</summary>
    public int PingInterval { get; init; } = 30_000;

    /// <summary>How long the peer may then go on being silent.</summary>
    public int PingTimeout { get; init; } = 20_000;

    /// <summary>How long the peer's Close is waited for after ours, and a client waits for the server to close the connection.</summary>
    public int CloseTimeout { get; init; } = 5_000;
}
