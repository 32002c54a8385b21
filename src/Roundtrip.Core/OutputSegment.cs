namespace Roundtrip.Core;

/// <summary>A piece of output: bytes in memory, or a stretch of a file.</summary>
public struct OutputSegment
{
    /// <summary>The pinned array of a memory segment; null for a file.</summary>
    public byte[]? Memory;

    /// <summary>The file of a file segment; null for memory.</summary>
    public FileBody? File;

    /// <summary>Where the unsent bytes begin, in <see cref="Memory"/> or <see cref="File"/>.</summary>
    public long Offset;

    /// <summary>How many bytes are unsent.</summary>
    public long Length;

    /// <summary>Whether <see cref="Memory"/> was rented by the queue and goes back to the pool when sent.</summary>
    public bool IsRented;

    /// <summary>Whether <see cref="Memory"/> is an array that nobody changes any more, so that others may send from it too.</summary>
    public bool IsShared;

    /// <summary>Whether the unsent bytes are in memory: those of a file too whose <see cref="FileBody.Content"/> is kept.</summary>
    public readonly bool IsInMemory => File is not { Content: null };

    /// <summary>The unsent bytes, where <see cref="IsInMemory"/>; nothing may run between the two that lets a file's content go.</summary>
    public readonly ReadOnlySpan<byte> Span => new(File is null ? Memory : File.Content, (int)Offset, (int)Length);
}
