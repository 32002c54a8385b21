namespace Roundtrip.Fuzz;

/// <summary>An input as a row of choices: whatever its bytes, they say something, and after the last one each choice is 0.</summary>
internal sealed class Choices(byte[] input)
{
    private int _at;

    public bool IsEmpty => _at >= input.Length;

    public int Next() => IsEmpty ? 0 : input[_at++];

    /// <summary>0 up to <paramref name="count"/> - 1.</summary>
    public int Of(int count) => Next() % count;

    public T Of<T>(params ReadOnlySpan<T> values) => values[Of(values.Length)];

    public bool Flag() => (Next() & 1) != 0;

    /// <summary>The next bytes as they are, fewer at the input's end.</summary>
    public byte[] Bytes(int count)
    {
        int taken = Math.Min(count, input.Length - _at);
        _at += taken;
        return input.AsSpan(_at - taken, taken).ToArray();
    }
}
