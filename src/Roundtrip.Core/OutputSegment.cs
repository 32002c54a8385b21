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

    /// <summary>The unsent bytes of a memory segment.</summary>
    public readonly ReadOnlySpan<byte> Span => new(Memory, (int)Offset, (int)Length);

    /// <summary>The unsent bytes, where they are in memory: those of a file too whose <see cref="FileBody.Content"/> is kept.</summary>
    /// <returns>False where they have to be read.</returns>
    public readonly bool TryGetSpan(out ReadOnlySpan<byte> bytes)
    {
        byte[]? memory = File is null ? Memory : File.Content;
        bytes = memory is null ? default : new ReadOnlySpan<byte>(memory, (int)Offset, (int)Length);
        return memory is not null;
    }
}
