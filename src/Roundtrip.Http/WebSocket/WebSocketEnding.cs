namespace Roundtrip.Http.WebSocket;

/// <summary>What is to become of the connection under a WebSocket.</summary>
public enum WebSocketEnding : byte
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>It is closed in good order once the output is sent.</summary>
    WhenSent,

    /// <summary>It is cut: the peer does not answer.</summary>
    Cut,
}
