namespace Roundtrip.Site.Core;

/// <summary>What a file's entity tag is made of: FileETag.</summary>
[Flags]
public enum EntityTagParts : byte
{
    /// <summary>No tag at all.</summary>
    None = 0,
    Inode = 1,
    ModificationTime = 2,
    Size = 4,

    /// <summary>httpd since 2.4.</summary>
    Default = ModificationTime | Size,
    All = Inode | ModificationTime | Size,
}
