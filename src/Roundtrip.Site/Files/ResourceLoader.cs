using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Configuration.Sections;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Site.Access;
using Roundtrip.Site.Core;
using Roundtrip.Site.Directories;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Serving;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Files;

/// <summary>Finds what a path names. It keeps nothing, so that the same code runs on a loop, where it may not wait for the disk, and off it.</summary>
internal sealed class ResourceLoader(FileRoots roots, Action<string>? report)
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
    /// <returns>What the path names, with one reference; null when that takes waiting and <paramref name="mayWait"/> is false.</returns>
    public Resource? TryLoad(SiteHost host, ReadOnlySpan<byte> path, long now, bool mayWait) => TryLoad(host, path, new Look(now, mayWait, []), MaximumRedirects);

    private Resource? TryLoad(SiteHost host, ReadOnlySpan<byte> path, in Look look, int redirects)
    {
        string text = PathText.Of(path);
        MappedPath mapped = host.Map.Map(text);
        SectionResult sections = mapped.Status == 0 ? host.Configuration.Walk.Of(mapped.FileName, text) : host.Configuration.Walk.OfLocation(text);
        string handler = sections.Settings.Get(CoreSettings.Handler) is { Length: > 0 } said ? said : mapped.Handler;
        var about = new ResourceAbout(host, sections, mapped.FileName, text, handler);
        if (mapped.Status != 0)
        {
            // Redirects of the server come before access is decided.
            return Resource.OfRedirect(about with { Access = AccessRule.Granted }, mapped.Status, mapped.Target);
        }

        if (sections.IsUndecided)
        {
            return Resource.OfStatus(about, 500);
        }

        return Refusal(about) ?? Redirection(about) ?? (text.EndsWith('/')
            ? TryLoadIndex(about, mapped, path, look, redirects)
            : TryLoadFile(about, mapped, look));
    }

    // What is computed by something that is not built is not sent as it lies on the disk.
    private static Resource? Refusal(ResourceAbout about) => about.IsGuarded ? Resource.OfStatus(about, 501) : null;

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
                return found?.With(found.About with { Access = AccessRule.Both(about.Access, found.About.Access) });
            }
        }

        return TryLoadDirectory(about, mapped, look);
    }

    [SkipLocalsInit]
    private Resource? TryLoadFile(ResourceAbout about, MappedPath mapped, in Look look)
    {
        Span<byte> room = stackalloc byte[FilePath.MaximumLength + 1];
        if (!FilePath.TryJoin(mapped.Relative, default, room, out FilePath path) || about.Settings.Get(CoreSettings.HiddenNames).IsHidden(path.Bytes)
            || RootOf(about, mapped) is not { } root)
        {
            return Resource.OfStatus(about, 404);
        }

        OpenOutcome outcome = TryOpen(root, path, look, out Opened file);
        if (outcome != OpenOutcome.Found)
        {
            return outcome == OpenOutcome.WouldWait ? null : Refusal(about, outcome, path);
        }

        if (file.Stamp.Kind == FileKind.Directory)
        {
            return about.Settings.Get(DirectorySettings.Slash) ? Resource.OfRedirect(about, 301, null) : TryLoadDirectory(about, mapped, look);
        }

        Span<Opened> forms = [default, default, default, file];
        if (about.Settings.Get(FileSettings.Precompressed) && !TryOpenSiblings(root, path.Bytes, look, forms))
        {
            foreach (ref readonly Opened form in forms)
            {
                form.File?.ReleaseReference();
            }

            return null;
        }

        return Make(about, path, forms, look);
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

    private static Resource Make(ResourceAbout about, FilePath path, ReadOnlySpan<Opened> forms, in Look look)
    {
        byte[] name = path.Bytes.ToArray();
        int count = 0;
        bool isRacy = false;
        foreach (ref readonly Opened form in forms)
        {
            if (form.IsRegular)
            {
                count++;
                isRacy |= Representation.IsRacy(form.Stamp, look.Now);
            }
        }

        var representations = new Representation[count];
        int at = 0;
        for (int i = 0; i < forms.Length; i++)
        {
            if (forms[i].IsRegular)
            {
                ContentCoding coding = i < Siblings.Length ? Siblings[i].Coding : ContentCoding.Identity;
                representations[at++] = new Representation(coding, name, about.Settings, forms[i].Stamp, forms[i].Content, forms[i].File, look.Now, count > 1);
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

    [SkipLocalsInit]
    private Resource? TryLoadDirectory(ResourceAbout about, MappedPath mapped, in Look look)
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
                return outcome == OpenOutcome.WouldWait ? null : Refusal(about, outcome, path);
            }

            // mod_autoindex refuses a directory that it may not list; without it there is nothing that a directory could be.
            return stamp.Kind != FileKind.Directory ? Resource.OfStatus(about, 404)
                : isListed ? DirectoryListing.Load(about, directory!, mapped.Relative, hidden)
                : Resource.OfStatus(about, about.Settings.Get(DirectorySettings.IsListable) ? 403 : 404);
        }
    }

    private Resource Refusal(ResourceAbout about, OpenOutcome outcome, FilePath path)
    {
        if (outcome is OpenOutcome.Failed or OpenOutcome.OutOfDescriptors)
        {
            string why = outcome == OpenOutcome.Failed ? EndReasons.Describe(EndReason.ResponseSourceFailed) : EndReasons.Describe(EndReason.OutOfDescriptors);
            report?.Invoke($"{System.Text.Encoding.UTF8.GetString(path.Bytes)}: {why}");
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
    private readonly record struct Look(long Now, bool MayWait, List<PathFact> Facts);

    /// <summary>A file that was found: in memory, or open.</summary>
    private readonly record struct Opened(FileStamp Stamp, byte[]? Content, NativeFile? File)
    {
        public bool IsRegular => Content is not null || File is not null;
    }
}
