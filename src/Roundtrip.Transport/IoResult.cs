using Roundtrip.Core;

namespace Roundtrip.Transport;

/// <summary>What a read or a write did.</summary>
/// <param name="Count">Bytes moved; 0 unless <paramref name="Status"/> is <see cref="IoStatus.Done"/>.</param>
/// <param name="Reason">Why, when <paramref name="Status"/> is <see cref="IoStatus.Failed"/>.</param>
public readonly record struct IoResult(IoStatus Status, long Count = 0, EndReason Reason = EndReason.None)
{
    public static IoResult Done(long count) => new(IoStatus.Done, count);

    public static readonly IoResult WouldBlock = new(IoStatus.WouldBlock);

    public static readonly IoResult End = new(IoStatus.End);

    public static IoResult Failed(EndReason reason) => new(IoStatus.Failed, 0, reason);

    /// <summary>What a write says that could not read the file it was to send.</summary>
    public static IoResult Of(FileReadStatus status) => status switch
    {
        FileReadStatus.NotInMemory => new IoResult(IoStatus.FileNotInMemory),
        FileReadStatus.Changed => Failed(EndReason.ResponseSourceChanged),
        _ => Failed(EndReason.ResponseSourceFailed),
    };
}

public enum IoStatus : byte
{
    /// <summary>At least one byte moved.</summary>
    Done,

    /// <summary>Nothing can move now: wait for readiness.</summary>
    WouldBlock,

    /// <summary>A read found the peer's end (FIN, close_notify): it sends no more, but may still read.</summary>
    End,

    /// <summary>A write came to file bytes that are not in memory: <see cref="FileBody.Warm"/> must fetch them off the loop.</summary>
    FileNotInMemory,

    /// <summary>The connection can no longer be used.</summary>
    Failed,
}
