namespace Roundtrip.Transport.Files;

/// <summary>What came of opening or looking at a path.</summary>
public enum OpenOutcome : byte
{
    Found,

    /// <summary>There is nothing of that name, or a part of the way is no directory.</summary>
    Missing,

    /// <summary>The rights are missing, or the way leads out of the root or through a link that is not followed.</summary>
    Refused,

    /// <summary>The answer is not in memory: ask again where waiting for the disk is allowed.</summary>
    WouldWait,

    /// <summary>The process or the system has no descriptor left.</summary>
    OutOfDescriptors,

    /// <summary>The disk failed, or the like.</summary>
    Failed,
}
