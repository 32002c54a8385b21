namespace Roundtrip.Transport.Tls;

/// <summary>What a <see cref="TlsConnection"/> has to remember between two calls, in two bytes.</summary>
[Flags]
internal enum TlsFlags : ushort
{
    None = 0,

    /// <summary>What the outer sink asked for.</summary>
    OuterRead = 1 << 0,
    OuterWrite = 1 << 1,

    /// <summary>SSL_read or SSL_do_handshake wants to write first, and there is no room in the ciphertext.</summary>
    ReadWantsWrite = 1 << 2,

    /// <summary>SSL_write wants to read first.</summary>
    WriteWantsRead = 1 << 3,

    /// <summary>OpenSSL may hold input, or an end, that a read would find without the socket.</summary>
    Pending = 1 << 4,

    /// <summary>In the loop's list of connections to be called again.</summary>
    Enqueued = 1 << 5,

    /// <summary>Inside a call from the inner connection or the loop: what is written is sent at its end, at once.</summary>
    InWakeUp = 1 << 6,

    /// <summary>The inner connection has no more input.</summary>
    InputEnded = 1 << 7,

    /// <summary>The input ended without close_notify.</summary>
    Truncated = 1 << 8,

    /// <summary>close_notify was made: no more can be written.</summary>
    CloseNotifySent = 1 << 9,

    /// <summary>The inner connection's sending side is to be ended when the ciphertext is gone.</summary>
    FinWanted = 1 << 10,

    /// <summary>OpenSSL may hold record buffers: the connection is in the list of <see cref="IdleBuffers"/>.</summary>
    HoldsBuffers = 1 << 11,

    /// <summary>They were used since the last sweep.</summary>
    UsedBuffers = 1 << 12,

    /// <summary>The inner connection can no longer be written to.</summary>
    InnerFailed = 1 << 13,

    /// <summary>This end is the client's.</summary>
    IsClient = 1 << 14,

    /// <summary>The outer sink asked to be told of the peer's end.</summary>
    OuterEnd = 1 << 15,
}
