using System.Runtime.CompilerServices;
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

    /// <summary>A test's way to change a file while it is read: <see cref="NativeFile.ReadWhole"/>.</summary>
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

    /// <summary>Where the Redirect directives of its sections send a path; null where they do not.</summary>
    public static Resource? Redirection(ResourceAbout about)
    {
        foreach (UrlRule rule in about.Settings.Get(MappingSettings.Redirects))
        {
            if (rule.TryApply(about.Path, out string? target))
            {
                // mod_alias.c, translate_alias_redir: one without a path comes before access is decided.
                about = rule.IsWhole ? about with { Access = AccessRule.Granted, Outer = AccessRule.Granted } : about;
                return target is null ? Resource.OfStatus(about, 403) : Resource.OfRedirect(about, rule.Status, target);
            }
        }

        return null;
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
        if (content is null && forms[^1].File!.ReadWhole(mayWait: true, out content) != FileReadStatus.Read)
        {
            return;
        }

        for (int i = 0; i < Siblings.Length; i++)
        {
            if (!forms[i].IsRegular && CompressionSettings.Wants(about.Settings, metadata, Siblings[i].Coding))
            {
                compressed[i] = Compressor.Compress(Siblings[i].Coding, content!, about.Settings);
            }
        }
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
}
