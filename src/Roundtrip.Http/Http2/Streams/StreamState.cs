namespace Roundtrip.Http.Http2;

/// <summary>The states of RFC 9113 section 5.1, as one end sees them.</summary>
public enum StreamState : byte
{
    Idle,

    /// <summary>We promised it.</summary>
    ReservedLocal,

    /// <summary>The peer promised it.</summary>
    ReservedRemote,

    Open,

    /// <summary>We send no more.</summary>
    HalfClosedLocal,

    /// <summary>The peer sends no more.</summary>
    HalfClosedRemote,

    Closed,
}
