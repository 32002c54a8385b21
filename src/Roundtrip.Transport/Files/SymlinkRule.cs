namespace Roundtrip.Transport.Files;

/// <summary>Which symbolic links are followed on the way to a file.</summary>
public enum SymlinkRule : byte
{
    /// <summary>Those that stay beneath the root at every step.</summary>
    Beneath,

    /// <summary>None.</summary>
    None,

    /// <summary>
    /// Those that belong to the owner of what they lead to, wherever that is (httpd's SymLinksIfOwnerMatch). Links are looked at one by one before the file is opened, so whoever may change
    /// them meanwhile gets past it: as in httpd, it keeps order among honest users.
    /// </summary>
    IfOwnerMatches,

    /// <summary>All, wherever they lead: whoever may write beneath the root can have any file served.</summary>
    Follow,
}
