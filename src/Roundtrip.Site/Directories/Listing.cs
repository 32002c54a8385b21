using Microsoft.Win32.SafeHandles;
using Roundtrip.Http;
using Roundtrip.Site.Access;
using Roundtrip.Site.Core;
using Roundtrip.Site.Files;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Serving;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Directories;

/// <summary>One name in a listing.</summary>
/// <param name="Name">In the file system's bytes.</param>
/// <param name="Text">The name as text; what is no UTF-8 in it is U+FFFD.</param>
/// <param name="About">What the configuration says of it.</param>
internal sealed record ListingEntry(byte[] Name, string Text, FileStamp Stamp, ResourceAbout About)
{
    public bool IsDirectory => Stamp.Kind == FileKind.Directory;
}

/// <summary>
/// What a directory holds, as it was read: the same for all who ask. Which entries a visitor sees is decided for each request, on its loop; the page is then made off the loop (<see cref="ListingPage"/>).
/// </summary>
/// <param name="Header">HeaderName's file where it can be had, and <paramref name="Readme"/> ReadmeName's.</param>
internal sealed record Listing(ResourceAbout About, FileStamp Stamp, IReadOnlyList<ListingEntry> Entries, ListingInsert? Header, ListingInsert? Readme)
{
    // A directory of more names is listed as far as this.
    private const int MaximumEntries = 10_000;

    /// <summary>Reads an open directory. It waits.</summary>
    /// <param name="find">Finds a path of the site, for the header and the readme.</param>
    /// <returns>Null where the directory may not be read.</returns>
    public static Listing? Load(ResourceAbout about, SafeFileHandle directory, FileStamp stamp, FileRoot root, byte[] relative, Func<byte[], Resource?> find)
    {
        List<DirectoryEntry>? read = DirectoryReader.Read(directory, MaximumEntries);
        if (read is null)
        {
            return null;
        }

        IndexSettings settings = about.Settings.Get(DirectorySettings.Listing);
        HiddenNames hidden = about.Settings.Get(CoreSettings.HiddenNames);
        byte[] prefix = relative is [] or [.., (byte)'/'] ? relative : [.. relative, (byte)'/'];
        string path = about.Path.EndsWith('/') ? about.Path : about.Path + "/";
        string file = about.FileName.EndsWith('/') ? about.FileName : about.FileName + "/";
        var entries = new List<ListingEntry>(read.Count);
        foreach (DirectoryEntry entry in read)
        {
            byte[] full = [.. prefix, .. entry.Name];
            string text = System.Text.Encoding.UTF8.GetString(entry.Name);
            if (hidden.IsHidden(full) || settings.Ignores(text) || Resolve(root, full, entry.Stamp) is not { Kind: not FileKind.Other } found)
            {
                continue;
            }

            string slash = found.Kind == FileKind.Directory ? "/" : "";
            string name = PathText.Of(entry.Name) + slash;
            entries.Add(new ListingEntry(entry.Name, text, found, new ResourceAbout(
                about.Host, about.Host.Configuration.Walk.Of(file + name, path + name), file + name, path + name, about.Handler)));
        }

        return new Listing(about, stamp, entries, ListingInsert.Load(settings.Header, path, find), ListingInsert.Load(settings.Readme, path, find));
    }

    /// <summary>Which entries the request's sender may have; and, with ShowForbidden, those that are refused. As httpd asks by a subrequest.</summary>
    public bool[] Visible(Exchange exchange, PeerNames names)
    {
        bool showsForbidden = About.Settings.Get(DirectorySettings.ListingOptions).Has(IndexFlags.ShowForbidden);
        return [.. Entries.Select(entry => IsVisible(entry.About, exchange, names, showsForbidden))];
    }

    /// <summary>Whether the sender may have something that is shown beside what was asked for.</summary>
    public static bool IsVisible(ResourceAbout about, Exchange exchange, PeerNames names, bool showsForbidden)
    {
        if (about.Sections.IsUndecided || about.IsGuardedByDirective)
        {
            return false;
        }

        if (about.IsSameForAll || showsForbidden)
        {
            return true;
        }

        var facts = new RequestFacts(exchange, about.Host) { Settings = about.Settings, FileName = about.FileName, Path = about.Path, Names = names };
        AccessRule access = about.Access;
        if (about.Sections.Conditions.Count > 0)
        {
            if (about.Sections.Decide(facts) is not { } decided || decided.Settings.Get(CoreSettings.Guard).Length > 0)
            {
                return false;
            }

            access = AccessSettings.RuleOf(decided.Settings);
        }

        return access.Decide(exchange, facts) == AccessDecision.Granted && about.Outer.Decide(exchange, facts) == AccessDecision.Granted;
    }

    // A symbolic link is what it leads to, where it may be followed.
    private static FileStamp? Resolve(FileRoot root, byte[] relative, FileStamp stamp)
    {
        if (stamp.Kind != FileKind.Other)
        {
            return stamp;
        }

        Span<byte> room = stackalloc byte[FilePath.MaximumLength + 1];
        if (!FilePath.TryJoin(relative, default, room, out FilePath path) || root.Open(path, true, out SafeFileHandle? handle, out FileStamp found) != OpenOutcome.Found)
        {
            return null;
        }

        handle!.Dispose();
        return found;
    }
}

/// <summary>A file that stands above or below a list: HTML as it is, or text.</summary>
internal sealed record ListingInsert(ResourceAbout About, string Text, bool IsHtml)
{
    public static ListingInsert? Load(string? name, string directory, Func<byte[], Resource?> find)
    {
        if (name is null || find(PathText.Bytes(name.StartsWith('/') ? name : directory + name)) is not { } found)
        {
            return null;
        }

        // Files that are kept in memory only: an insert is a few lines.
        ListingInsert? insert = found.IsFile && found.Plain is { Content: { } content } plain && plain.ContentType.StartsWith("text/", StringComparison.Ordinal)
            ? new ListingInsert(found.About, System.Text.Encoding.UTF8.GetString(content), plain.ContentType.StartsWith("text/html", StringComparison.Ordinal))
            : null;
        found.ReleaseReference();
        return insert;
    }
}
