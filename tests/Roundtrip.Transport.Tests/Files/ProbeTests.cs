using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Roundtrip.Core;
using Roundtrip.Transport.Files;

namespace Roundtrip.Transport.Tests.Files;

public sealed partial class ProbeTests : IDisposable
{
    private const int Length = 512 * 1024;

    // Beside the tests and not in /tmp, which may be a file system without a disk.
    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, $"probe-{Guid.NewGuid():N}");
    private readonly NativeFile _file;

    public ProbeTests()
    {
        Directory.CreateDirectory(_folder);
        using (FileStream stream = File.Create(Path.Combine(_folder, "f")))
        {
            stream.Write(new byte[Length]);
            stream.Flush(flushToDisk: true);
        }

        using FileRoot root = FileRoot.Open(_folder, SymlinkRule.Beneath);
        FilePath.TryJoin("f"u8, default, new byte[8], out FilePath path);
        Assert.Equal(OpenOutcome.Found, root.Open(path, mayWait: true, out SafeFileHandle? file, out FileStamp stamp));
        _file = new NativeFile(file!, stamp);
    }

    public void Dispose()
    {
        _file.ReleaseReference();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(4096, 4096)]
    [InlineData(300 * 1024, 4096)]
    [InlineData(60 * 1024, 300 * 1024)]
    [InlineData(Length - 8192, 4096)]
    public void A_cold_page_anywhere_in_a_stretch_is_found(long offset, long length)
    {
        Assert.Equal(FileReadStatus.Read, _file.Probe(0, Length));
        FileReadStatus found = ProbeWithout(offset, length);

        Assert.SkipUnless(_file.CountsPages, "the kernel does not count the pages of this file");
        Assert.Equal(FileReadStatus.NotInMemory, found);
        Assert.Equal(FileReadStatus.Read, _file.Probe(offset + length, 4096));
        _file.Warm(0, Length);
        Assert.Equal(FileReadStatus.Read, _file.Probe(0, Length));
    }

    [Fact]
    public void Where_pages_cannot_be_counted_a_cold_readahead_is_found()
    {
        _file.CountsPages = false;
        Assert.Equal(FileReadStatus.Read, _file.Probe(0, Length));

        Assert.Equal(FileReadStatus.NotInMemory, ProbeWithout(192 * 1024, 128 * 1024));
        Assert.Equal(FileReadStatus.Read, _file.Probe(0, 192 * 1024));
    }

    [Fact]
    public void A_stretch_beyond_the_end_has_changed() => Assert.Equal(FileReadStatus.Changed, _file.Probe(Length - 10, 20));

    // The kernel may read more than it was asked for, in its own time: then the stretch is not cold, and is dropped again.
    private FileReadStatus ProbeWithout(long offset, long length)
    {
        FileReadStatus found = FileReadStatus.Read;
        for (int attempt = 0; attempt < 20 && found == FileReadStatus.Read; attempt++)
        {
            Drop(offset, length);
            found = _file.Probe(0, Length);
        }

        return found;
    }

    // Drops the whole, since a page may be part of a larger piece that is dropped whole or not at all, and reads the rest again without readahead.
    private void Drop(long offset, long length)
    {
        const int Random = 1;
        const int DontNeed = 4;
        Assert.Equal(0, Advise(_file.Descriptor, 0, 0, Random));
        Assert.Equal(0, Advise(_file.Descriptor, 0, 0, DontNeed));
        Assert.SkipUnless(
            _file.Read(0, new byte[1]).Status == FileReadStatus.NotInMemory, "the file system of the tests keeps its files in memory");
        _file.Warm(0, offset);
        _file.Warm(offset + length, Length - offset - length);
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int descriptor, long offset, long length, int advice);
}
