namespace Roundtrip.Transport.Tests.Tls;

/// <summary>A bounded ring of bytes.</summary>
internal sealed class ByteQueue(int capacity)
{
    private byte[] _bytes = new byte[Math.Min(capacity, 4096)];
    private int _start;

    public int Count { get; private set; }

    public int Room => capacity - Count;

    public int Add(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, Room);
        if (Count + count > _bytes.Length)
        {
            var larger = new byte[Math.Min(capacity, Math.Max(_bytes.Length * 2, Count + count))];
            int kept = Count;
            Take(larger.AsSpan(0, kept));
            (_bytes, _start, Count) = (larger, 0, kept);
        }

        int end = (_start + Count) % _bytes.Length;
        int first = Math.Min(count, _bytes.Length - end);
        bytes[..first].CopyTo(_bytes.AsSpan(end));
        bytes[first..count].CopyTo(_bytes);
        Count += count;
        return count;
    }

    public int Take(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, Count);
        int first = Math.Min(count, _bytes.Length - _start);
        _bytes.AsSpan(_start, first).CopyTo(buffer);
        _bytes.AsSpan(0, count - first).CopyTo(buffer[first..]);
        _start = (_start + count) % _bytes.Length;
        Count -= count;
        return count;
    }
}
