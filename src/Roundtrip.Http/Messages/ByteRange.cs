namespace Roundtrip.Http;

/// <summary>A stretch of a representation.</summary>
/// <param name="Offset">The first byte.</param>
/// <param name="Length">How many bytes, at least 1.</param>
public readonly record struct ByteRange(long Offset, long Length)
{
    public long End => Offset + Length;
}
