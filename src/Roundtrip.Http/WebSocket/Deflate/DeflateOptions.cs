namespace Roundtrip.Http.WebSocket.Deflate;

/// <summary>
/// What one side wants of permessage-deflate. Without context takeover, which is the default, a connection keeps nothing between messages, and a message is compressed once for all that get it; with
/// it each connection keeps a window of its own for each direction.
/// </summary>
public sealed record DeflateOptions
{
    public static readonly DeflateOptions Default = new();

    /// <summary>Whether what the server sends may look back at its earlier messages.</summary>
    public bool ServerContextTakeover { get; init; }

    /// <summary>Whether what the client sends may look back at its earlier messages.</summary>
    public bool ClientContextTakeover { get; init; }

    /// <summary>The widest window of what the server sends, in bits: 8 to 15.</summary>
    public int ServerWindowBits { get; init; } = 15;

    /// <summary>The widest window of what the client sends, in bits: 8 to 15. A client that does not say that it can do with less has 15.</summary>
    public int ClientWindowBits { get; init; } = 15;
}
