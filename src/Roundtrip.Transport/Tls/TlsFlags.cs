namespace Roundtrip.Transport.Tls;

/// <summary>What a <see cref="TlsConnection"/> has to remember between two calls, in two bytes.</summary>
[Flags]
internal enum TlsFlags : ushort
{
    None = 0,

    /// <summary>What the outer sink asked for.</summary>
    OuterRead = 1 << 0,
    OuterWrite = 1 << 1,

    /// <summary>What the inner connection was asked for last.</summary>
    InnerRead = 1 << 2,
    InnerWrite = 1 << 3,

    /// <summary>SSL_read or SSL_do_handshake wants to write first, and there is no room in the ciphertext.</summary>
    ReadWantsWrite = 1 << 4,

    /// <summary>SSL_write wants to read first.</summary>
    WriteWantsRead = 1 << 5,

    /// <summary>OpenSSL may hold input, or an end, that a read would find without the socket.</summary>
    Pending = 1 << 6,

    /// <summary>In the loop's list of connections to be called again.</summary>
    Enqueued = 1 << 7,

    /// <summary>Inside a call from the inner connection or the loop: what is written is sent at its end, at once.</summary>
    InWakeUp = 1 << 8,

    /// <summary>The inner connection has no more input.</summary>
    InputEnded = 1 << 9,

    /// <summary>The input ended without close_notify.</summary>
    Truncated = 1 << 10,

    /// <summary>close_notify was made: no more can be written.</summary>
    CloseNotifySent = 1 << 11,

    /// <summary>The inner connection's sending side is to be ended when the ciphertext is gone.</summary>
    FinWanted = 1 << 12,

    /// <summary>The inner connection can no longer be written to.</summary>
    InnerFailed = 1 << 13,
}
