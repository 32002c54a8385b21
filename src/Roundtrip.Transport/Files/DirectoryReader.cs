using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Interop;

namespace Roundtrip.Transport.Files;

/// <summary>Reads an open directory. It waits for the disk: not for a loop.</summary>
public static unsafe class DirectoryReader
{
    private const int BufferSize = 32 * 1024;

    // struct linux_dirent64: the same on every architecture.
    private const int LengthOffset = 16;
    private const int NameOffset = 19;

    /// <param name="directory">Opened by <see cref="FileRoot.Open(FilePath, bool, out SafeFileHandle?, out FileStamp)"/>.</param>
    /// <param name="limit">No more than so many entries are read.</param>
    /// <returns>The entries without <c>.</c> and <c>..</c>, in no order; null when the directory cannot be read.</returns>
    public static List<DirectoryEntry>? Read(SafeFileHandle directory, int limit)
    {
        var entries = new List<DirectoryEntry>();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        fixed (byte* p = buffer)
        {
            nint count;
            while ((count = Libc.GetDents64(directory, p, BufferSize)) > 0 && entries.Count < limit)
            {
                for (int at = 0; at < count; at += BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + LengthOffset)))
                {
                    Add(entries, directory, p + at + NameOffset, limit);
                }
            }

            ArrayPool<byte>.Shared.Return(buffer);
            return count < 0 ? null : entries;
        }
    }

    private static void Add(List<DirectoryEntry> entries, SafeFileHandle directory, byte* name, int limit)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name);
        if (entries.Count < limit && !bytes.SequenceEqual("."u8) && !bytes.SequenceEqual(".."u8)
            && FileRoot.TryStampName(directory, name, out FileStamp stamp))
        {
            entries.Add(new DirectoryEntry(bytes.ToArray(), stamp));
        }
    }
}
