namespace Roundtrip.Http.Http2;

/// <summary>The frames that cost a peer little and us something, so that each kind has a budget of its own.</summary>
public enum FloodKind : byte
{
    /// <summary>SETTINGS, each of which must be acknowledged (CVE-2019-9515).</summary>
    Settings,

    /// <summary>PING, the same (CVE-2019-9512).</summary>
    Ping,

    /// <summary>PRIORITY and PRIORITY_UPDATE (CVE-2019-9513).</summary>
    Priority,

    /// <summary>Frames without content that do not end their stream (CVE-2019-9518).</summary>
    EmptyFrames,

    /// <summary>DATA frames of a few bytes (CVE-2019-9511).</summary>
    SmallData,

    /// <summary>WINDOW_UPDATE, beyond what answers our DATA.</summary>
    WindowUpdates,

    /// <summary>Requests that the peer cancels (CVE-2023-44487).</summary>
    Resets,

    /// <summary>Resets that the peer's own errors make us send (CVE-2025-8671, CVE-2019-9514).</summary>
    ProvokedResets,

    /// <summary>Frames of types that nobody knows, or that mean nothing here.</summary>
    UnknownFrames,
}
