namespace Roundtrip.Http.WebSocket.Handshake;

/// <summary>What a request is to a WebSocket endpoint.</summary>
public enum HandshakeStatus : byte
{
    /// <summary>An opening handshake that can be accepted.</summary>
    Acceptable,

    /// <summary>It does not ask for a WebSocket: 426 with Upgrade tells a client of HTTP/1.1 what stands here.</summary>
    NotAsked,

    /// <summary>It asks for another version: 426 with Sec-WebSocket-Version (RFC 6455 section 4.4).</summary>
    UnsupportedVersion,

    /// <summary>It is not as RFC 6455 section 4.2.1 has it: 400.</summary>
    Malformed,
}
