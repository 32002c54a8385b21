using Roundtrip.Core;

namespace Roundtrip.Http.WebSocket;

/// <summary>The content of the message that is coming: it holds memory only while there is one. A struct that is kept in a field: pass it by reference.</summary>
internal struct MessageBuffer
{
    private byte[]? _array;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Content => new(_array, 0, Length);

    /// <summary>Gives room for <paramref name="count"/> more bytes, or more than those.</summary>
    public Span<byte> Reserve(BufferPool pool, int count)
    {
        if (_array is null || _array.Length - Length < count)
        {
            byte[] larger = Allocate(pool, Math.Max(Length + count, (_array?.Length ?? 0) * 2));
            Content.CopyTo(larger);
            Free(pool);
            _array = larger;
        }

        return _array.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public void Clear(BufferPool pool)
    {
        Free(pool);
        _array = null;
        Length = 0;
    }

    // Messages beyond the pool's largest buffer are the collector's.
    private static byte[] Allocate(BufferPool pool, int size) => size <= BufferPool.MaximumSize ? pool.Rent(size) : GC.AllocateUninitializedArray<byte>(size);

    private readonly void Free(BufferPool pool)
    {
        if (_array is { Length: <= BufferPool.MaximumSize })
        {
            pool.Return(_array);
        }
    }
}
