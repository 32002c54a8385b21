using Roundtrip.Interop;
using Roundtrip.Processes.Control;

namespace Roundtrip.Processes.Tests;

public unsafe class SharedMemoryTests
{
    [Fact]
    public void What_one_side_writes_the_other_reads()
    {
        using var memory = SharedMemory.Create(4096);
        Assert.Equal(0, *(long*)memory.Address);
        long written = 0x0123456789ABCDEF;
        Assert.Equal(sizeof(long), Libc.Write(memory.Descriptor, &written, sizeof(long)));

        Assert.Equal(written, *(long*)memory.Address);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8192)]
    public void Its_length_cannot_be_changed(int length)
    {
        using var memory = SharedMemory.Create(4096);

        Assert.Equal(-1, Libc.Truncate(memory.Descriptor, length));
        Assert.Equal(4096, Libc.Seek(memory.Descriptor, 0, Libc.SeekEnd));
    }
}
