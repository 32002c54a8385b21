using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Core;
using Roundtrip.Interop;

namespace Roundtrip.Transport.Files;

/// <summary>
/// A regular file that is open for reading. References are counted on one loop; <see cref="Warm"/> alone may be called elsewhere.
/// </summary>
/// <param name="file">The open file. The object owns it.</param>
/// <param name="stamp">What it was when it was opened.</param>
public sealed unsafe partial class NativeFile(SafeFileHandle file, FileStamp stamp) : FileBody
{
    private const int ScratchSize = 64 * 1024;

    /// <summary>The descriptor, for sendfile. Valid while a reference is held.</summary>
    public int Descriptor => (int)file.DangerousGetHandle();

    /// <summary>What the file was when it was opened.</summary>
    public FileStamp Stamp => stamp;

    public override long Length => stamp.Size;

    /// <summary>How many bytes of it were copied to memory by <see cref="Read"/> and <see cref="ReadScattered"/> since it was opened, or its <see cref="FileBody.Content"/> let go.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Reads all of it. A file of more than <see cref="int.MaxValue"/> bytes cannot be.</summary>
    /// <param name="mayWait">Whether for the disk; false on a loop.</param>
    /// <param name="content">All of its bytes, in a pinned array, as they were when it was opened; null where it gives anything but <see cref="FileReadStatus.Read"/>.</param>
    /// <param name="wasRead">A test's way to change the file at the worst moment: when it has been read, and has not been looked at again.</param>
    public FileReadStatus ReadWhole(bool mayWait, out byte[]? content, Action? wasRead = null)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)stamp.Size, pinned: true);
        content = null;
        for (int at = 0; at < bytes.Length;)
        {
            FileReadResult read = mayWait ? ReadWaiting(at, bytes.AsSpan(at)) : Read(at, bytes.AsSpan(at));
            if (read.Status != FileReadStatus.Read)
            {
                return read.Status;
            }

            at += read.Count;
        }

        wasRead?.Invoke();

        // Rewritten in place meanwhile it would be a mixture: bytes of two writers are nobody's content.
        if (!IsUnchanged())
        {
            return FileReadStatus.Changed;
        }

        content = bytes;
        return FileReadStatus.Read;
    }

    /// <summary>Has it sent from memory from now on, where all of it can be read without waiting; elsewhere nothing is kept.</summary>
    public void KeepContent()
    {
        _ = ReadWhole(mayWait: false, out byte[]? content);
        Content = content;
    }

    /// <summary>Has what is still to be sent read from the file again.</summary>
    public void LetContentGo() => (Content, BytesRead) = (null, Content is null ? BytesRead : 0);

    public override FileReadResult Read(long offset, Span<byte> destination)
    {
        fixed (byte* p = destination)
        {
            var vector = new Libc.IoVector { Base = p, Length = destination.Length };
            nint count;
            do
            {
                count = Libc.PReadV2(file, &vector, 1, offset, Libc.RwfNowait);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.Eintr);

            return count > 0 ? WasRead(count) : WhyNothing(count, offset, destination);
        }
    }

    public override FileReadResult ReadScattered(long offset, Span<byte> destination, ReadOnlySpan<Range> places)
    {
        Libc.IoVector* vectors = stackalloc Libc.IoVector[places.Length];
        fixed (byte* p = destination)
        {
            for (int i = 0; i < places.Length; i++)
            {
                (int start, int length) = places[i].GetOffsetAndLength(destination.Length);
                vectors[i] = new Libc.IoVector { Base = p + start, Length = length };
            }

            nint count = Libc.PReadV2(file, vectors, places.Length, offset, Libc.RwfNowait);

            // What is out of the ordinary is looked at again for the first place alone.
            return count > 0 ? WasRead(count) : Read(offset, destination[places[0]]);
        }
    }

    /// <summary>Reads at <paramref name="offset"/> however long that takes.</summary>
    public FileReadResult ReadWaiting(long offset, Span<byte> destination)
    {
        fixed (byte* p = destination)
        {
            nint count;
            do
            {
                count = Libc.PRead(file, p, destination.Length, offset);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.Eintr);

            return count switch
            {
                > 0 => new FileReadResult(FileReadStatus.Read, (int)count),
                0 => new FileReadResult(FileReadStatus.Changed),
                _ => new FileReadResult(FileReadStatus.Failed),
            };
        }
    }

    public override void Warm(long offset, long length)
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(ScratchSize);
        for (long end = offset + length; offset < end;)
        {
            FileReadResult result = ReadWaiting(offset, scratch.AsSpan(0, (int)Math.Min(ScratchSize, end - offset)));
            if (result.Status != FileReadStatus.Read)
            {
                // The Read that follows finds the same and says so to whoever sends the file.
                break;
            }

            offset += result.Count;
        }

        ArrayPool<byte>.Shared.Return(scratch);
    }

    public override bool IsUnchanged() => FileRoot.TryStamp(file, out FileStamp now) && stamp.HasSameContent(now);

    protected override void Close() => file.Dispose();

    private FileReadResult WasRead(nint count)
    {
        BytesRead += count;
        return new FileReadResult(FileReadStatus.Read, (int)count);
    }

    private FileReadResult WhyNothing(nint count, long offset, Span<byte> destination)
    {
        const int Eopnotsupp = 95;
        if (count == 0)
        {
            return new FileReadResult(FileReadStatus.Changed);
        }

        return Marshal.GetLastPInvokeError() switch
        {
            Errno.Eagain => new FileReadResult(FileReadStatus.NotInMemory),

            // A file system that cannot say whether it would wait (some network and FUSE ones): reading is the only way to know.
            Eopnotsupp => ReadWaiting(offset, destination),
            _ => new FileReadResult(FileReadStatus.Failed),
        };
    }
}
