namespace Roundtrip.Http;

/// <summary>A stretch of a message's head: where it begins, counted from the head's first byte, and how long it is.</summary>
public readonly record struct Slice(int Offset, int Length)
{
    public int End => Offset + Length;

    public bool IsEmpty => Length == 0;
}
