namespace Roundtrip.Transport.Files;

/// <summary>One name in a directory.</summary>
/// <param name="Name">The name in the file system's bytes.</param>
/// <param name="Stamp">What it names; of a symbolic link, the link itself.</param>
public readonly record struct DirectoryEntry(byte[] Name, FileStamp Stamp);
