using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Files;

/// <summary>Finds what a path names. It keeps nothing, so that the same code runs on a loop, where it may not wait for the disk, and off it.</summary>
internal sealed class ResourceLoader(FileRoot root, FolderSiteOptions options)
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

    private readonly byte[][] _indexNames = [.. options.DirectoryIndex.Select(System.Text.Encoding.UTF8.GetBytes)];

    private readonly HiddenNames _hidden = new(options.PrivateFiles);

    public FileRoot Root => root;

    /// <summary>A test's way to change a file at the worst moment: when it has been read, and has not been looked at again.</summary>
    internal Action? WasRead { get; init; }

    /// <param name="path">A <see cref="UrlPath"/>'s bytes.</param>
    /// <param name="now">The wall clock in milliseconds since 1970.</param>
    /// <param name="mayWait">False on a loop.</param>
    /// <returns>What the path names, with one reference; null when that takes waiting and <paramref name="mayWait"/> is false.</returns>
    public Resource? TryLoad(ReadOnlySpan<byte> path, long now, bool mayWait)
    {
        ReadOnlySpan<byte> relative = path[1..];
        var facts = new List<PathFact>();
        if (!relative.IsEmpty && relative[^1] != '/')
        {
            return TryLoadFile(relative, default, now, mayWait, facts);
        }

        foreach (byte[] index in _indexNames)
        {
            Resource? found = TryLoadFile(relative, index, now, mayWait, facts);

            // What is not there, or is a directory, leaves the place to the next name.
            if (found is not { Status: 404 or 301 })
            {
                return found;
            }
        }

        return TryLoadDirectory(relative, mayWait);
    }

    [SkipLocalsInit]
    private Resource? TryLoadFile(
        ReadOnlySpan<byte> directory, ReadOnlySpan<byte> name, long now, bool mayWait, List<PathFact> facts)
    {
        Span<byte> room = stackalloc byte[FilePath.MaximumLength + 1];
        if (!FilePath.TryJoin(directory, name, room, out FilePath path) || _hidden.IsHidden(path.Bytes))
        {
            return Resource.OfStatus(404);
        }

        OpenOutcome outcome = TryOpen(path, now, mayWait, facts, out Opened file);
        if (outcome != OpenOutcome.Found)
        {
            return outcome == OpenOutcome.WouldWait ? null : Refusal(outcome, path);
        }

        if (file.Stamp.Kind == FileKind.Directory)
        {
            return Resource.OfStatus(301);
        }

        Span<Opened> forms = [default, default, default, file];
        if (!TryOpenSiblings(path.Bytes, now, mayWait, facts, forms))
        {
            foreach (ref readonly Opened form in forms)
            {
                form.File?.ReleaseReference();
            }

            return null;
        }

        return Make(path, forms, facts, now);
    }

    [SkipLocalsInit]
    private bool TryOpenSiblings(ReadOnlySpan<byte> name, long now, bool mayWait, List<PathFact> facts, Span<Opened> forms)
    {
        Span<byte> room = stackalloc byte[FilePath.MaximumLength + 1];
        for (int i = 0; i < Siblings.Length; i++)
        {
            if (FilePath.TryJoin(name, Siblings[i].Suffix, room, out FilePath path)
                && TryOpen(path, now, mayWait, facts, out forms[i]) == OpenOutcome.WouldWait)
            {
                return false;
            }
        }

        return true;
    }

    private Resource Make(FilePath path, ReadOnlySpan<Opened> forms, List<PathFact> facts, long now)
    {
        string type = MediaTypes.Of(path.Bytes, options.AddCharset);
        int count = 0;
        bool isRacy = false;
        foreach (ref readonly Opened form in forms)
        {
            if (form.IsRegular)
            {
                count++;
                isRacy |= Representation.IsRacy(form.Stamp, now);
            }
        }

        var representations = new Representation[count];
        int at = 0;
        for (int i = 0; i < forms.Length; i++)
        {
            if (forms[i].IsRegular)
            {
                ContentCoding coding = i < Siblings.Length ? Siblings[i].Coding : ContentCoding.Identity;
                representations[at++] = new Representation(coding, type, forms[i].Stamp, forms[i].Content, forms[i].File, now, count > 1);
            }
        }

        return new Resource(representations, [.. facts], isRacy);
    }

    // Opens one file, reads it if it is small, and notes what was found.
    private OpenOutcome TryOpen(FilePath path, long now, bool mayWait, List<PathFact> facts, out Opened opened)
    {
        opened = default;
        for (int attempt = 1; ; attempt++)
        {
            OpenOutcome outcome = root.Open(path, mayWait, out SafeFileHandle? handle, out FileStamp stamp);
            if (outcome == OpenOutcome.WouldWait)
            {
                return outcome;
            }

            if (outcome != OpenOutcome.Found)
            {
                facts.Add(new PathFact(path.Terminated.ToArray(), outcome, default));
                return outcome;
            }

            if (stamp.Kind == FileKind.Directory)
            {
                handle!.Dispose();
                facts.Add(new PathFact(path.Terminated.ToArray(), outcome, stamp));
                opened = new Opened(stamp, null, null);
                return outcome;
            }

            var file = new NativeFile(handle!, stamp);
            byte[]? content = null;
            if (stamp.Size <= MaximumInMemory && attempt <= Attempts)
            {
                FileReadStatus status = TryReadWhole(file, mayWait, out content);
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

            facts.Add(new PathFact(path.Terminated.ToArray(), outcome, stamp));
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
    private Resource? TryLoadDirectory(ReadOnlySpan<byte> relative, bool mayWait)
    {
        Span<byte> room = stackalloc byte[FilePath.MaximumLength + 1];
        if (!FilePath.TryJoin(relative, default, room, out FilePath path) || _hidden.IsHidden(relative))
        {
            return Resource.OfStatus(404);
        }

        // Reading a directory may always wait.
        if (options.ListDirectories && !mayWait)
        {
            return null;
        }

        OpenOutcome outcome = root.Open(path, mayWait, out SafeFileHandle? directory, out FileStamp stamp);
        using (directory)
        {
            if (outcome != OpenOutcome.Found)
            {
                return outcome == OpenOutcome.WouldWait ? null : Refusal(outcome, path);
            }

            if (stamp.Kind != FileKind.Directory)
            {
                return Resource.OfStatus(404);
            }

            return options.ListDirectories ? DirectoryListing.Load(directory!, relative, _hidden) : Resource.OfStatus(403);
        }
    }

    private Resource Refusal(OpenOutcome outcome, FilePath path)
    {
        if (outcome is OpenOutcome.Failed or OpenOutcome.OutOfDescriptors)
        {
            string why = outcome == OpenOutcome.Failed ? EndReasons.Describe(EndReason.ResponseSourceFailed) : EndReasons.Describe(EndReason.OutOfDescriptors);
            options.Report?.Invoke($"{System.Text.Encoding.UTF8.GetString(path.Bytes)}: {why}");
        }

        return Resource.OfStatus(outcome switch
        {
            OpenOutcome.Missing => 404,
            OpenOutcome.Refused => 403,
            OpenOutcome.OutOfDescriptors => 503,
            _ => 500,
        });
    }

    /// <summary>A file that was found: in memory, or open.</summary>
    private readonly record struct Opened(FileStamp Stamp, byte[]? Content, NativeFile? File)
    {
        public bool IsRegular => Content is not null || File is not null;
    }
}
