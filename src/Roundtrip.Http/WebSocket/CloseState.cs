namespace Roundtrip.Http.WebSocket;

/// <summary>Where a WebSocket stands in its closing handshake (RFC 6455 section 7).</summary>
internal enum CloseState : byte
{
    Open,

    /// <summary>Our Close is out, and the peer's is waited for. What it sent before that is still taken.</summary>
    CloseSent,

    /// <summary>Nothing is taken any more; a client waits for the server to close the connection.</summary>
    Closed,

    /// <summary>The connection is to be closed, or is.</summary>
    Ended,
}
