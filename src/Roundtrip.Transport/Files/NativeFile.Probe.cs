using Roundtrip.Core;
using Roundtrip.Interop;

namespace Roundtrip.Transport.Files;

// Whether a stretch is in memory, so that sendfile, which waits for the disk, is called only where it does not.
public sealed unsafe partial class NativeFile
{
    // How close probes stand where pages cannot be counted: the kernel's usual readahead, what it fetches and mostly drops together. A smaller hole between two
    // probes makes sendfile wait for it.
    private const long Readahead = 128 * 1024;

    private static readonly long PageSize = Environment.SystemPageSize;

    /// <summary>
    /// Whether the kernel counts this file's pages for us. It does not before Linux 6.5, in some sandboxes, for a file that this process neither owns nor may write,
    /// and on file systems whose pages belong to a file below, such as overlayfs, where the count says 0.
    /// </summary>
    internal bool CountsPages { get; set; } = true;

    /// <summary>Looks whether a stretch can be read without waiting for the disk, without reading it.</summary>
    /// <param name="length">At least 1.</param>
    /// <returns><see cref="FileReadStatus.Read"/> when it can; otherwise why not.</returns>
    public FileReadStatus Probe(long offset, long length)
    {
        if (!CountsPages)
        {
            return ProbeEach(offset, length, Readahead);
        }

        if (IsCached(offset, length))
        {
            // A page that is counted may still be on its way from the disk. They come in order, so the last one tells.
            return ProbeEach(offset, length, length);
        }

        // Not all of them are there, or the count means nothing. Only a probe of each page knows; where all are there, the count is not asked for again.
        FileReadStatus status = ProbeEach(offset, length, PageSize);
        CountsPages &= status != FileReadStatus.Read;
        return status;
    }

    private bool IsCached(long offset, long length)
    {
        long pages = ((offset + length - 1) / PageSize) - (offset / PageSize) + 1;
        var range = new Libc.CacheStatRange { Offset = (ulong)offset, Length = (ulong)length };
        return Libc.CacheStat(file, range, out Libc.CacheStatCounts counts) == 0 && (long)counts.Cached >= pages;
    }

    // The first byte, the last, and one every so many bytes between them.
    private FileReadStatus ProbeEach(long offset, long length, long step)
    {
        byte probe = 0;
        long last = offset + length - 1;
        for (long at = offset; ; at = Math.Min(at + step, last))
        {
            FileReadStatus status = Read(at, new Span<byte>(ref probe)).Status;
            if (status != FileReadStatus.Read || at == last)
            {
                return status;
            }
        }
    }
}
