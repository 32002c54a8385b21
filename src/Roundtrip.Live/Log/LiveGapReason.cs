namespace Roundtrip.Live.Log;

/// <summary>Why messages are missing.</summary>
public enum LiveGapReason : byte
{
    /// <summary>The history does not go back so far.</summary>
    Expired,

    /// <summary>The log does not know the id: it is older than the history, or of another hub.</summary>
    UnknownId,

    /// <summary>The log was begun anew, and may have lost what was stored.</summary>
    NewEpoch,

    /// <summary>The subscriber was too slow for its queue.</summary>
    TooSlow,
}
