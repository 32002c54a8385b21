namespace Roundtrip.Transport.Files;

/// <summary>Which symbolic links are followed on the way to a file.</summary>
public enum SymlinkRule : byte
{
    /// <summary>Those that stay beneath the root at every step.</summary>
    Beneath,

    /// <summary>None.</summary>
    None,

    /// <summary>All, wherever they lead: whoever may write beneath the root can have any file served.</summary>
    Follow,
}
