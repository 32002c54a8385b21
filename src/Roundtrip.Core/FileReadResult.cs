namespace Roundtrip.Core;

/// <summary>What <see cref="FileBody.Read"/> found.</summary>
/// <param name="Count">Bytes read; 0 unless <paramref name="Status"/> is <see cref="FileReadStatus.Read"/>.</param>
public readonly record struct FileReadResult(FileReadStatus Status, int Count = 0);

public enum FileReadStatus : byte
{
    /// <summary>At least one byte was read.</summary>
    Read,

    /// <summary>The bytes are not in memory: <see cref="FileBody.Warm"/> must fetch them, off the loop.</summary>
    NotInMemory,

    /// <summary>The file is shorter than it was, or was rewritten: what would be sent is not what was promised.</summary>
    Changed,

    /// <summary>The disk failed.</summary>
    Failed,
}
