namespace Roundtrip.Transport.Files;

/// <summary>What tells one state of a file from another.</summary>
/// <param name="Kind">What the path names.</param>
/// <param name="Device">The file system, as the kernel numbers it.</param>
/// <param name="Inode">The file in its file system.</param>
/// <param name="Links">How many names it has; 0 once the last was removed.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">When its content last changed, in nanoseconds since 1970.</param>
/// <param name="Changed">When anything about it last changed, in nanoseconds since 1970. Nobody can set it back.</param>
public readonly record struct FileStamp(FileKind Kind, ulong Device, ulong Inode, uint Links, long Size, long Modified, long Changed)
{
    /// <summary>
    /// Whether the content is the same as at <paramref name="later"/>, for a file that stayed open. The last of the times counts only where the number of links is
    /// the same: replacing a file by rename takes a link from the old one, whose content stays.
    /// </summary>
    public bool HasSameContent(in FileStamp later) =>
        Size == later.Size && Modified == later.Modified && (Changed == later.Changed || Links != later.Links);
}

public enum FileKind : byte
{
    Regular,
    Directory,

    /// <summary>A FIFO, a socket, a device, a symbolic link: nothing that is served.</summary>
    Other,
}
