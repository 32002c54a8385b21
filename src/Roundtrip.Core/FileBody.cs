namespace Roundtrip.Core;

/// <summary>
/// An open file whose bytes are sent as they are on disk. It is shared between the responses that send it and closed when the last of them
/// lets go. Reference counts are not thread-safe unless an implementation says so: one loop owns it.
/// </summary>
public abstract class FileBody
{
    private int _references = 1;

    /// <summary>The size in bytes when the file was opened.</summary>
    public abstract long Length { get; }

    /// <summary>
    /// All of its bytes, where they are kept in memory too: a pinned array that nobody changes, of <see cref="Length"/>; otherwise null. Who would read them sends them from there. To be asked anew each time:
    /// they may be let go at any time between, and the file is read again.
    /// </summary>
    public byte[]? Content { get; protected set; }

    /// <summary>
    /// Reads at <paramref name="offset"/> without waiting for a disk.
    /// </summary>
    /// <returns>The bytes read (at least 1), or why there are none.</returns>
    public abstract FileReadResult Read(long offset, Span<byte> destination);

    /// <summary>Reads at <paramref name="offset"/>, without waiting, one stretch into several places.</summary>
    /// <param name="places">Where in <paramref name="destination"/>; the first to be filled first.</param>
    /// <returns>The bytes read in all, or why there are none.</returns>
    public virtual FileReadResult ReadScattered(long offset, Span<byte> destination, ReadOnlySpan<Range> places)
    {
        int total = 0;
        foreach (Range place in places)
        {
            Span<byte> piece = destination[place];
            FileReadResult read = Read(offset + total, piece);
            if (read.Status != FileReadStatus.Read)
            {
                return total > 0 ? new FileReadResult(FileReadStatus.Read, total) : read;
            }

            total += read.Count;
            if (read.Count < piece.Length)
            {
                break;
            }
        }

        return new FileReadResult(FileReadStatus.Read, total);
    }

    /// <summary>
    /// Reads the bytes at <paramref name="offset"/> from the disk into the page cache, however long that takes, so that a later
    /// <see cref="Read"/> there need not wait. May be called on any thread while a reference is held.
    /// </summary>
    public abstract void Warm(long offset, long length);

    /// <summary>Whether the file is still the one that was opened: same size and modification time.</summary>
    public abstract bool IsUnchanged();

    public void AddReference() => _references++;

    public void ReleaseReference()
    {
        if (--_references == 0)
        {
            Close();
        }
    }

    /// <summary>Closes the file. Called once, when the last reference is gone.</summary>
    protected abstract void Close();
}
