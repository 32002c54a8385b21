namespace Roundtrip.Core;

/// <summary>
/// The bytes that came in and that nobody has consumed yet, in one piece. It holds a pooled array only while there are such bytes
/// (after <see cref="Release"/>), so that an idle connection holds none. A struct that is kept in a field: pass it by reference.
/// </summary>
public struct InputBuffer
{
    private byte[]? _array;
    private int _start;
    private int _end;

    /// <summary>The array that holds <see cref="Unread"/>, at <see cref="Start"/>. Empty when nothing is held.</summary>
    public readonly byte[] Array => _array ?? [];

    /// <summary>Where in <see cref="Array"/> the first unread byte stands. It moves to 0 when <see cref="Reserve"/> makes room.</summary>
    public readonly int Start => _start;

    /// <summary>How many bytes are unread.</summary>
    public readonly int Length => _end - _start;

    /// <summary>The unread bytes. Valid until the next call of <see cref="Reserve"/> or <see cref="Release"/>.</summary>
    public readonly ReadOnlySpan<byte> Unread => new(_array, _start, _end - _start);

    /// <summary>The size of the array that is held, 0 when none is.</summary>
    public readonly int Capacity => _array?.Length ?? 0;

    /// <summary>Gives room for at least <paramref name="minimum"/> more bytes behind the unread ones: moves or grows when it must.</summary>
    /// <returns>All the room there is. Say with <see cref="Commit"/> how much of it was filled.</returns>
    public Span<byte> Reserve(BufferPool pool, int minimum)
    {
        if (_array is null)
        {
            _array = pool.Rent(minimum);
            _start = _end = 0;
        }
        else if (_array.Length - _end < minimum)
        {
            MakeRoom(pool, minimum);
        }

        return _array.AsSpan(_end);
    }

    /// <summary>Says that <paramref name="count"/> bytes of the reserved room were filled.</summary>
    public void Commit(int count) => _end += count;

    /// <summary>Says that the first <paramref name="count"/> unread bytes are done with.</summary>
    public void Consume(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Length, nameof(count));
        _start += count;
    }

    /// <summary>Gives the array back when nothing is unread.</summary>
    public void Release(BufferPool pool)
    {
        if (_array is not null && _start == _end)
        {
            pool.Return(_array);
            _array = null;
            _start = _end = 0;
        }
    }

    /// <summary>Drops what is unread and gives the array back.</summary>
    public void Clear(BufferPool pool)
    {
        _start = _end;
        Release(pool);
    }

    private void MakeRoom(BufferPool pool, int minimum)
    {
        int length = Length;
        byte[] from = _array!;
        if (from.Length - length >= minimum)
        {
            Buffer.BlockCopy(from, _start, from, 0, length);
        }
        else
        {
            byte[] larger = pool.Rent(length + minimum);
            Buffer.BlockCopy(from, _start, larger, 0, length);
            pool.Return(from);
            _array = larger;
        }

        _start = 0;
        _end = length;
    }
}
