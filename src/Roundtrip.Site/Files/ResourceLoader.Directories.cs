using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Configuration.Sections;
using Roundtrip.Site.Core;
using Roundtrip.Site.Directories;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Serving;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Files;

/// <content>What stands for a directory: an index, a listing, a redirection to its path with a slash.</content>
internal sealed partial class ResourceLoader
{
    private Resource? TryLoadIndex(ResourceAbout about, MappedPath mapped, ReadOnlySpan<byte> path, in Look look, int redirects)
    {
        foreach (string index in redirects > 0 ? about.Settings.Get(DirectorySettings.Index) : [])
        {
            byte[] name = PathText.Bytes(index);
            Resource? found = TryLoad(about.Host, name is [(byte)'/', ..] ? name : [.. path, .. name], look, redirects - 1);

            // What is not there, or is a directory, leaves the place to the next name.
            if (found is not { Status: 404 or 301 })
            {
                return found is null ? null : Inside(about, found);
            }
        }

        return TryLoadDirectory(about, mapped, look, redirects);
    }

    // Only the disk says that it is a directory: then its own sections hold for it, which its name did not match.
    private Resource? TryLoadDirectoryWithoutSlash(ResourceAbout about, MappedPath mapped, in Look look)
    {
        SectionResult sections = about.Host.Configuration.Walk.Of(mapped.FileName + "/", about.Path);
        if (sections.IsUndecided)
        {
            return Resource.OfStatus(about, 500);
        }

        about = About(about.Host, sections, mapped, about.Path);
        return Resource.OfGuarded(about) ?? Redirection(about)
            ?? (about.Settings.Get(DirectorySettings.Slash) ? Resource.OfRedirect(about, 301, null) : TryLoadDirectory(about, mapped, look, redirects: 0));
    }

    [SkipLocalsInit]
    private Resource? TryLoadDirectory(ResourceAbout about, MappedPath mapped, in Look look, int redirects)
    {
        Span<byte> room = stackalloc byte[FilePath.MaximumLength + 1];
        HiddenNames hidden = about.Settings.Get(CoreSettings.HiddenNames);
        if (!FilePath.TryJoin(mapped.Relative, default, room, out FilePath path) || hidden.IsHidden(mapped.Relative) || RootOf(about, mapped) is not { } root)
        {
            return Resource.OfStatus(about, 404);
        }

        // Reading a directory may always wait.
        bool isListed = about.Settings.Get(CoreSettings.Options).Has(OptionFlags.Indexes) && about.Settings.Get(DirectorySettings.IsListable);
        if (isListed && !look.MayWait)
        {
            return null;
        }

        OpenOutcome outcome = root.Open(path, look.MayWait, out SafeFileHandle? directory, out FileStamp stamp);
        using (directory)
        {
            if (outcome != OpenOutcome.Found)
            {
                return NotFound(about, mapped, outcome, path, look, redirects);
            }

            // A fallback is the last name of an index.
            if (stamp.Kind == FileKind.Directory && HasFallback(about, redirects))
            {
                return TryLoadFallback(about, look);
            }

            // mod_autoindex refuses a directory that it may not list; without it there is nothing that a directory could be.
            return stamp.Kind != FileKind.Directory ? Resource.OfStatus(about, 404)
                : isListed ? List(about, directory!, stamp, root, mapped.Relative, look)
                : Resource.OfUnlisted(about, about.Settings.Get(DirectorySettings.IsListable) ? 403 : 404);
        }
    }

    private Resource List(ResourceAbout about, SafeFileHandle directory, FileStamp stamp, FileRoot root, byte[] relative, Look look) =>
        Listing.Load(about, directory, stamp, root, relative, path => TryLoad(about.Host, path, look with { Compresses = false, Facts = [] }, redirects: 0)) is { } listing
            ? Resource.OfListing(listing)
            : Resource.OfStatus(about, 403);
}
