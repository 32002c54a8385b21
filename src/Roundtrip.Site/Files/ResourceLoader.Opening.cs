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
                FileReadStatus status = file.ReadWhole(look.MayWait, out content, WasRead);
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

    /// <summary>One look at the disk: when, whether it may wait, and what it has found so far.</summary>
    private readonly record struct Look(long Now, bool MayWait, bool Compresses, List<PathFact> Facts);

    /// <summary>A file that was found: in memory, or open.</summary>
    private readonly record struct Opened(FileStamp Stamp, byte[]? Content, NativeFile? File)
    {
        public bool IsRegular => Content is not null || File is not null;
    }
}
