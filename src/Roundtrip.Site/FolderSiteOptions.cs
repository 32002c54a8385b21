using Roundtrip.Transport.Files;

namespace Roundtrip.Site;

/// <summary>How a folder is served. Immutable; shared by the loops.</summary>
public sealed record FolderSiteOptions
{
    /// <summary>The folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Files below the folder that are the server's own, such as its logs and keys, relative to it with <c>/</c>: they answer 404 and are not listed.</summary>
    public IReadOnlyList<string> PrivateFiles { get; init; } = [];

    /// <summary>DirectoryIndex: the names that stand for their directory, first found first served.</summary>
    public IReadOnlyList<string> DirectoryIndex { get; init; } = ["index.html"];

    /// <summary>Options Indexes: whether a directory without an index file is listed; else it is 403.</summary>
    public bool ListDirectories { get; init; }

    /// <summary>AddDefaultCharset: whether <c>charset=utf-8</c> is added to the types of text.</summary>
    public bool AddCharset { get; init; } = true;

    public SymlinkRule Symlinks { get; init; } = SymlinkRule.Beneath;

    /// <summary>How many files each loop may keep open.</summary>
    public int MaximumOpenFiles { get; init; } = 256;

    /// <summary>Told, on any thread, of a file that could not be read though it is there: a line for the error log. Null tells nobody.</summary>
    public Action<string>? Report { get; init; }
}
