using System.Collections.Concurrent;
using Roundtrip.Transport;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Serving;

/// <summary>The folders beneath which files are opened, each opened once. They belong to a snapshot and may be used on any thread.</summary>
internal sealed class FileRoots : IDisposable
{
    private readonly ConcurrentDictionary<(string Folder, SymlinkRule Rule), FileRoot> _roots = new();

    /// <returns>Null where the folder cannot be opened. It is tried again at the next request, since it may be made meanwhile.</returns>
    public FileRoot? Find(string folder, SymlinkRule rule)
    {
        if (_roots.TryGetValue((folder, rule), out FileRoot? root) || Open(folder, rule) is not { } opened)
        {
            return root;
        }

        root = _roots.GetOrAdd((folder, rule), opened);
        if (!ReferenceEquals(root, opened))
        {
            opened.Dispose();
        }

        return root;
    }

    public void Dispose()
    {
        foreach (FileRoot root in _roots.Values)
        {
            root.Dispose();
        }
    }

    private static FileRoot? Open(string folder, SymlinkRule rule)
    {
        try
        {
            return FileRoot.Open(folder, rule);
        }
        catch (TransportException)
        {
            // It is not there, or may not be entered. httpd warns of a DocumentRoot at the start (SiteSnapshot does), and answers as if nothing were in it.
            return null;
        }
    }
}
