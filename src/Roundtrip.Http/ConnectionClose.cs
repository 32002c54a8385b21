namespace Roundtrip.Http;

/// <summary>What is to become of a connection when its output has been sent.</summary>
public enum ConnectionClose : byte
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>It is closed: the peer has nothing more to say that we would have to read.</summary>
    Close,

    /// <summary>
    /// Our side is closed and the peer's bytes are read and dropped until it closes too, for a bounded time: a close with unread bytes
    /// resets the connection, and the reset may overtake the response (RFC 9112 section 9.6).
    /// </summary>
    Linger,

    /// <summary>It is reset at once; unsent output is dropped. The peer must not take what it got for a whole response.</summary>
    Reset,
}
