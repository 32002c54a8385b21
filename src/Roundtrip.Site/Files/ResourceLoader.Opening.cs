using Microsoft.Win32.SafeHandles;
using Roundtrip.Core;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Files;

/// <content>Opening files, and reading those that are kept in memory.</content>
internal sealed partial class ResourceLoader
{
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

    /// <summary>One look at the disk: when, whether it may wait, and what it has found so far.</summary>
    private readonly record struct Look(long Now, bool MayWait, bool Compresses, List<PathFact> Facts);

    /// <summary>A file that was found: in memory, or open.</summary>
    private readonly record struct Opened(FileStamp Stamp, byte[]? Content, NativeFile? File)
    {
        public bool IsRegular => Content is not null || File is not null;
    }
}
