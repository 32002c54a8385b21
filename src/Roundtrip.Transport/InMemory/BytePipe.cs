namespace Roundtrip.Transport.InMemory;

/// <summary>One direction of a connection: a bounded queue of bytes, as a socket's receive buffer is one.</summary>
/// <param name="capacity">How many bytes it holds.</param>
internal sealed class BytePipe(int capacity)
{
    private readonly byte[] _ring = new byte[capacity];
    private int _start;

    public int Count { get; private set; }

    public int Room => capacity - Count;

    /// <summary>The writer will write no more: after the bytes that are here comes the end.</summary>
    public bool IsEnded { get; set; }

    /// <returns>The bytes taken, 0 when it is full.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        int total = Math.Min(bytes.Length, Room);
        for (int done = 0; done < total;)
        {
            int end = (_start + Count) % capacity;
            int count = Math.Min(total - done, capacity - end);
            bytes.Slice(done, count).CopyTo(_ring.AsSpan(end));
            Count += count;
            done += count;
        }

        return total;
    }

    /// <returns>The bytes given, 0 when it is empty.</returns>
    public int Read(Span<byte> buffer)
    {
        int total = Math.Min(buffer.Length, Count);
        for (int done = 0; done < total;)
        {
            int count = Math.Min(total - done, capacity - _start);
            _ring.AsSpan(_start, count).CopyTo(buffer[done..]);
            _start = (_start + count) % capacity;
            Count -= count;
            done += count;
        }

        return total;
    }
}
