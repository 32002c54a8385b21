using System.Numerics;

namespace Roundtrip.Core;

/// <summary>
/// The buffers of one loop: last returned, first rented, so that a loop keeps working in memory that is still in the cache.
/// Arrays are pinned for their whole life, so that the kernel may be given their address. Not thread-safe: one loop owns it.
/// </summary>
public sealed class BufferPool
{
    /// <summary>The size in bytes of an ordinary buffer.</summary>
    public const int SegmentSize = 16 * 1024;

    /// <summary>The largest buffer in bytes that can be rented.</summary>
    public const int MaximumSize = 1024 * 1024;

    private const int KeptSegments = 256;
    private const int KeptOfALargerSize = 4;

    private static readonly int SmallestLog2 = BitOperations.Log2(SegmentSize);

    private readonly Stack<byte[]>[] _free;

    public BufferPool()
    {
        _free = new Stack<byte[]>[BitOperations.Log2(MaximumSize) - SmallestLog2 + 1];
        for (int i = 0; i < _free.Length; i++)
        {
            _free[i] = new Stack<byte[]>();
        }
    }

    /// <summary>The buffers that are rented and not yet returned. Tests hold it to 0 when every connection is idle.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Rents a buffer of at least <paramref name="minimum"/> bytes, a power of two in size. Its content is undefined.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="MaximumSize"/> was asked for.</exception>
    public byte[] Rent(int minimum = SegmentSize)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minimum, MaximumSize);
        int index = IndexOf(minimum);
        Outstanding++;
        return _free[index].TryPop(out byte[]? buffer)
            ? buffer
            : GC.AllocateUninitializedArray<byte>(SegmentSize << index, pinned: true);
    }

    /// <summary>Gives a buffer back. The caller must hold no reference to it afterwards.</summary>
    public void Return(byte[] buffer)
    {
        int index = IndexOf(buffer.Length);
        Outstanding--;
        if (_free[index].Count < (index == 0 ? KeptSegments : KeptOfALargerSize))
        {
            _free[index].Push(buffer);
        }
    }

    private static int IndexOf(int size) =>
        size <= SegmentSize ? 0 : BitOperations.Log2((uint)size - 1) + 1 - SmallestLog2;
}
