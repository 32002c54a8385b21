using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Configuration.Sections;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Site.Access;
using Roundtrip.Site.Compression;
using Roundtrip.Site.Core;
using Roundtrip.Site.Directories;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Mime;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Serving;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Files;

/// <summary>Finds what a path names. It keeps nothing, so that the same code runs on a loop, where it may not wait for the disk, and off it.</summary>
internal sealed partial class ResourceLoader(FileRoots roots)
{
    /// <summary>Files up to this many bytes are kept in memory.</summary>
    public const int MaximumInMemory = 64 * 1024;

    // A file that changes under each of so many attempts to read it whole is sent from the disk instead.
    private const int Attempts = 3;

    private static readonly (ContentCoding Coding, byte[] Suffix)[] Siblings =
    [
        (ContentCoding.Brotli, ".br"u8.ToArray()),
        (ContentCoding.Zstandard, ".zst"u8.ToArray()),
        (ContentCoding.Gzip, ".gz"u8.ToArray()),
    ];

    // An index that stands for a directory may be another path, and that again a directory.
    private const int MaximumRedirects = 10;

    /// <summary>A test's way to change a file at the worst moment: when it has been read, and has not been looked at again.</summary>
    internal Action? WasRead { get; init; }

    /// <param name="path">A <see cref="UrlPath"/>'s bytes.</param>
    /// <param name="now">The wall clock in milliseconds since 1970.</param>
    /// <param name="mayWait">False on a loop.</param>
    /// <param name="compresses">False where what is found is wanted at once and not kept: then it is as it lies on the disk.</param>
    /// <returns>What the path names, with one reference; null when that takes waiting and <paramref name="mayWait"/> is false.</returns>
    public Resource? TryLoad(SiteHost host, ReadOnlySpan<byte> path, long now, bool mayWait, bool compresses = true) =>
        TryLoad(host, path, new Look(now, mayWait, compresses, []), MaximumRedirects);

    private Resource? TryLoad(SiteHost host, ReadOnlySpan<byte> path, in Look look, int redirects)
    {
        string text = PathText.Of(path);
        MappedPath mapped = host.Map.Map(text);
        SectionResult sections = SectionsOf(host, mapped, text);
        ResourceAbout about = About(host, sections, mapped, text);
        if (mapped.Status != 0 && !about.IsGuardedByDirective)
        {
            // Redirects of the server come before access is decided.
            return Resource.OfRedirect(about with { Access = AccessRule.Granted }, mapped.Status, mapped.Target);
        }

        if (sections.IsUndecided)
        {
            return Resource.OfStatus(about, 500);
        }

        return Resource.OfGuarded(about) ?? Redirection(about) ?? (about.IsProgram ? TryLoadScript(about, mapped, look)
            : about.Action is { IsVirtual: true } action ? TryLoadAction(about, action, look, redirects)
            : text.EndsWith('/') ? TryLoadIndex(about, mapped, path, look, redirects)
            : TryLoadFile(about, mapped, look, redirects));
    }

    /// <summary>What the configuration says of a path, before anything is looked at.</summary>
    /// <param name="path">A <see cref="UrlPath"/>'s bytes.</param>
    public static ResourceAbout AboutOf(SiteHost host, ReadOnlySpan<byte> path)
    {
        string text = PathText.Of(path);
        MappedPath mapped = host.Map.Map(text);
        return About(host, SectionsOf(host, mapped, text), mapped, text);
    }

    private static SectionResult SectionsOf(SiteHost host, MappedPath mapped, string path) =>
        mapped.Status == 0 ? host.Configuration.Walk.Of(mapped.FileName, path) : host.Configuration.Walk.OfLocation(path);

    private static ResourceAbout About(SiteHost host, SectionResult sections, MappedPath mapped, string path)
    {
        string handler = sections.Settings.Get(CoreSettings.Handler) is { Length: > 0 } said ? said : mapped.Handler;
        return new ResourceAbout(host, sections, mapped.FileName, path, handler);
    }

    private static Resource? Redirection(ResourceAbout about)
    {
        foreach (UrlRule rule in about.Settings.Get(MappingSettings.Redirects))
        {
            if (rule.TryApply(about.Path, out string? target))
            {
                return target is null ? Resource.OfStatus(about, 403) : Resource.OfRedirect(about, rule.Status, target);
            }
        }

        return null;
    }

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

    // None behind a fallback: it would be asked for in its own place.
    private static bool HasFallback(ResourceAbout about, int redirects) => redirects > 0 && about.Settings.Get(DirectorySettings.Fallback).Length > 0;

    // FallbackResource: what answers in the place of what is not there.
    private Resource? TryLoadFallback(ResourceAbout about, in Look look) =>
        TryLoad(about.Host, PathText.Bytes(about.Settings.Get(DirectorySettings.Fallback)), look, redirects: 0) is { } found ? Inside(about, found) : null;

    private Resource? NotFound(ResourceAbout about, MappedPath mapped, OpenOutcome outcome, FilePath path, in Look look, int redirects) => outcome switch
    {
        OpenOutcome.WouldWait => null,
        OpenOutcome.Missing when TryLoadAbove(about, mapped, look, redirects, out Resource? above) => above,
        OpenOutcome.Missing when HasFallback(about, redirects) => TryLoadFallback(about, look),
        _ => Refusal(about, outcome, path),
    };

    // Who may not have what was asked for does not get what stands for it.
    private static Resource Inside(ResourceAbout asked, Resource found) => found.With(found.About with { Outer = AccessRule.Both(asked.Access, found.About.Outer) });

    [SkipLocalsInit]
    private Resource? TryLoadFile(ResourceAbout about, MappedPath mapped, in Look look, int redirects)
    {
        Span<byte> room = stackalloc byte[FilePath.MaximumLength + 1];
        if (!FilePath.TryJoin(mapped.Relative, default, room, out FilePath path) || IsHidden(about, path.Bytes)
            || RootOf(about, mapped) is not { } root)
        {
            return Resource.OfStatus(about, 404);
        }

        OpenOutcome outcome = TryOpen(root, path, look, out Opened file);
        if (outcome != OpenOutcome.Found)
        {
            return NotFound(about, mapped, outcome, path, look, redirects);
        }

        if (file.Stamp.Kind == FileKind.Directory)
        {
            return TryLoadDirectoryWithoutSlash(about, mapped, look);
        }

        // Its name says which handler it has, where nothing else does.
        FileMetadata metadata = FileMetadata.Of(about.FileName, about.Settings);
        if (about.Settings.Get(CoreSettings.Handler).Length == 0 && (metadata.Handler.Length > 0 || FileMetadata.NamesHandler(metadata.ContentType)))
        {
            about = about with { Handler = metadata.Handler.Length > 0 ? metadata.Handler : metadata.ContentType };
        }

        if ((metadata.UnbuiltFilter.Length > 0 ? Resource.OfStatus(about, 501) : Resource.OfGuarded(about)) is { } refused)
        {
            file.File?.ReleaseReference();
            return refused;
        }

        if ((about.Action ?? about.ActionOf(metadata.ContentType.Split(';')[0].Trim())) is { } action)
        {
            file.File?.ReleaseReference();
            return TryLoadAction(about, action, look, redirects);
        }

        if (about.IsProgram)
        {
            file.File?.ReleaseReference();
            return Resource.OfScript(about, Script.Of(about.FileName, about.Path, "", file.Stamp), [.. look.Facts]);
        }

        Span<Opened> forms = [default, default, default, file];
        if (about.Settings.Get(FileSettings.Precompressed) && !TryOpenSiblings(root, path.Bytes, look, forms))
        {
            Release(forms);
            return null;
        }

        // Reading and compressing may take long: not on a loop. What is wanted at once, and would not be kept, is sent as it is.
        bool isCompressible = metadata.ContentEncoding.Length == 0 && CompressionSettings.WantsAny(about.Settings, metadata);
        bool compresses = isCompressible && look.Compresses
            && file.Stamp.Size >= about.Settings.Get(CompressionSettings.MinSize) && file.Stamp.Size <= CompressionSettings.MaximumSize;
        if (compresses && !look.MayWait)
        {
            Release(forms);
            return null;
        }

        Span<byte[]?> compressed = [null, null, null];
        if (compresses)
        {
            Compress(about, metadata, forms, compressed);
        }

        return Make(about, path, forms, compressed, look, isCompressible);
    }

    private static void Release(ReadOnlySpan<Opened> forms)
    {
        foreach (ref readonly Opened form in forms)
        {
            form.File?.ReleaseReference();
        }
    }

    // The codings of which there is no sibling. A file that cannot be read now is sent, or fails, as it is.
    private static void Compress(ResourceAbout about, FileMetadata metadata, ReadOnlySpan<Opened> forms, Span<byte[]?> compressed)
    {
        byte[]? content = forms[^1].Content;
        if (content is null && !TryRead(forms[^1].File!, out content))
        {
            return;
        }

        for (int i = 0; i < Siblings.Length; i++)
        {
            if (!forms[i].IsRegular && CompressionSettings.Wants(about.Settings, metadata, Siblings[i].Coding))
            {
                compressed[i] = Compressor.Compress(Siblings[i].Coding, content, about.Settings);
            }
        }
    }

    private static bool TryRead(NativeFile file, out byte[] content)
    {
        content = GC.AllocateUninitializedArray<byte>((int)file.Length);
        for (int at = 0; at < content.Length;)
        {
            FileReadResult result = file.ReadWaiting(at, content.AsSpan(at));
            if (result.Status != FileReadStatus.Read)
            {
                return false;
            }

            at += result.Count;
        }

        // What was written meanwhile would be a mixture of both.
        return file.IsUnchanged();
    }

    private FileRoot? RootOf(ResourceAbout about, MappedPath mapped)
    {
        DirectoryOptions allowed = about.Settings.Get(CoreSettings.Options);
        SymlinkRule rule = allowed.Has(OptionFlags.FollowSymLinks) ? SymlinkRule.Follow
            : allowed.Has(OptionFlags.SymLinksIfOwnerMatch) ? SymlinkRule.IfOwnerMatches
            : SymlinkRule.None;
        return roots.Find(mapped.Folder, rule == SymlinkRule.Follow && about.Settings.Get(FileSettings.StaysBeneath) ? SymlinkRule.Beneath : rule);
    }

    [SkipLocalsInit]
    private bool TryOpenSiblings(FileRoot root, ReadOnlySpan<byte> name, in Look look, Span<Opened> forms)
    {
        Span<byte> room = stackalloc byte[FilePath.MaximumLength + 1];
        for (int i = 0; i < Siblings.Length; i++)
        {
            if (FilePath.TryJoin(name, Siblings[i].Suffix, room, out FilePath path)
                && TryOpen(root, path, look, out forms[i]) == OpenOutcome.WouldWait)
            {
                return false;
            }
        }

        return true;
    }

    private static Resource Make(
        ResourceAbout about, FilePath path, ReadOnlySpan<Opened> forms, ReadOnlySpan<byte[]?> compressed, in Look look, bool varies)
    {
        byte[] name = path.Bytes.ToArray();
        int count = 0;
        bool isRacy = false;
        for (int i = 0; i < forms.Length; i++)
        {
            if (forms[i].IsRegular)
            {
                count++;
                isRacy |= Representation.IsRacy(forms[i].Stamp, look.Now);
            }
            else if (i < compressed.Length && compressed[i] is not null)
            {
                count++;
            }
        }

        varies |= count > 1;
        var representations = new Representation[count];
        int at = 0;
        for (int i = 0; i < forms.Length; i++)
        {
            ContentCoding coding = i < Siblings.Length ? Siblings[i].Coding : ContentCoding.Identity;
            if (forms[i].IsRegular)
            {
                representations[at++] = new Representation(coding, name, about.Settings, forms[i].Stamp, forms[i].Content, forms[i].File, look.Now, varies);
            }
            else if (i < compressed.Length && compressed[i] is { } content)
            {
                representations[at++] = new Representation(coding, name, about.Settings, forms[^1].Stamp, content, null, look.Now, varies);
            }
        }

        return new Resource(about, representations, [.. look.Facts], isRacy);
    }

    // Opens one file, reads it if it is small, and notes what was found.
    private OpenOutcome TryOpen(FileRoot root, FilePath path, in Look look, out Opened opened)
    {
        opened = default;
        for (int attempt = 1; ; attempt++)
        {
            OpenOutcome outcome = root.Open(path, look.MayWait, out SafeFileHandle? handle, out FileStamp stamp);
            if (outcome == OpenOutcome.WouldWait)
            {
                return outcome;
            }

            if (outcome != OpenOutcome.Found)
            {
                look.Facts.Add(new PathFact(root, path.Terminated.ToArray(), outcome, default));
                return outcome;
            }

            if (stamp.Kind == FileKind.Directory)
            {
                handle!.Dispose();
                look.Facts.Add(new PathFact(root, path.Terminated.ToArray(), outcome, stamp));
                opened = new Opened(stamp, null, null);
                return outcome;
            }

            var file = new NativeFile(handle!, stamp);
            byte[]? content = null;
            if (stamp.Size <= MaximumInMemory && attempt <= Attempts)
            {
                FileReadStatus status = TryReadWhole(file, look.MayWait, out content);
                file.ReleaseReference();
                if (status == FileReadStatus.Changed)
                {
                    continue;
                }

                if (status != FileReadStatus.Read)
                {
                    return status == FileReadStatus.NotInMemory ? OpenOutcome.WouldWait : OpenOutcome.Failed;
                }
            }

            look.Facts.Add(new PathFact(root, path.Terminated.ToArray(), outcome, stamp));
            opened = new Opened(stamp, content, content is null ? file : null);
            return outcome;
        }
    }

    // A file that is rewritten in place while it is read shows in the stamps before and after.
    private FileReadStatus TryReadWhole(NativeFile file, bool mayWait, out byte[]? content)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)file.Length, pinned: true);
        content = null;
        for (int at = 0; at < bytes.Length;)
        {
            FileReadResult result = mayWait ? file.ReadWaiting(at, bytes.AsSpan(at)) : file.Read(at, bytes.AsSpan(at));
            if (result.Status != FileReadStatus.Read)
            {
                return result.Status;
            }

            at += result.Count;
        }

        WasRead?.Invoke();
        if (!file.IsUnchanged())
        {
            return FileReadStatus.Changed;
        }

        content = bytes;
        return FileReadStatus.Read;
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
                : Resource.OfStatus(about, about.Settings.Get(DirectorySettings.IsListable) ? 403 : 404);
        }
    }

    private Resource List(ResourceAbout about, SafeFileHandle directory, FileStamp stamp, FileRoot root, byte[] relative, Look look) =>
        Listing.Load(about, directory, stamp, root, relative, path => TryLoad(about.Host, path, look with { Compresses = false, Facts = [] }, redirects: 0)) is { } listing
            ? Resource.OfListing(listing)
            : Resource.OfStatus(about, 403);

    private static Resource Refusal(ResourceAbout about, OpenOutcome outcome, FilePath path)
    {
        if (outcome is OpenOutcome.Failed or OpenOutcome.OutOfDescriptors)
        {
            string why = outcome == OpenOutcome.Failed ? EndReasons.Describe(EndReason.ResponseSourceFailed) : EndReasons.Describe(EndReason.OutOfDescriptors);
            about.Host.ErrorLog.Write(LogLevel.Error, "files", null, $"{System.Text.Encoding.UTF8.GetString(path.Bytes)}: {why}");
        }

        return Resource.OfStatus(about, outcome switch
        {
            OpenOutcome.Missing => 404,
            OpenOutcome.Refused => 403,
            OpenOutcome.OutOfDescriptors => 503,
            _ => 500,
        });
    }

    /// <summary>One look at the disk: when, whether it may wait, and what it has found so far.</summary>
    private readonly record struct Look(long Now, bool MayWait, bool Compresses, List<PathFact> Facts);

    /// <summary>A file that was found: in memory, or open.</summary>
    private readonly record struct Opened(FileStamp Stamp, byte[]? Content, NativeFile? File)
    {
        public bool IsRegular => Content is not null || File is not null;
    }
}
