namespace Roundtrip.Core.Tests;

/// <summary>The plain model of a queue of bytes: each byte is told by its position, so nothing need be kept but two counts.</summary>
internal sealed class ByteStream
{
    private long _written;
    private long _read;

    public long Length => _written - _read;

    /// <summary>The next bytes to be written.</summary>
    public byte[] Next(int count)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(count, pinned: true);
        Fill(bytes);
        return bytes;
    }

    public void Fill(Span<byte> bytes)
    {
        foreach (ref byte b in bytes)
        {
            b = At(_written++);
        }
    }

    /// <summary>Asserts that the bytes are the next to be read, and counts them as read.</summary>
    public void AssertIsNext(ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(-1, FirstDifference(bytes));
        _read += bytes.Length;
        Assert.True(Length >= 0);
    }

    /// <summary>Where the bytes differ from those that are to be read next; -1 when they don't.</summary>
    public int FirstDifference(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != At(_read + i))
            {
                return i;
            }
        }

        return -1;
    }

    private static byte At(long position) => (byte)((ulong)position * 0x9E37_79B9_7F4A_7C15 >> 56);
}
