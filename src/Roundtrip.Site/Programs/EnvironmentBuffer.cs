using System.Buffers.Text;

namespace Roundtrip.Site.Programs;

/// <summary>Variables of a program's environment, each as its name, NUL, its value, NUL, in the bytes that came. Used again for the next request.</summary>
internal sealed class EnvironmentBuffer
{
    private readonly int _headroom;
    private byte[] _bytes = new byte[4096];

    /// <param name="headroom">How many bytes are left free in front of the variables, for who sends them.</param>
    public EnvironmentBuffer(int headroom = 0) => Length = _headroom = headroom;

    /// <summary>With what is left free in front.</summary>
    public int Length { get; private set; }

    /// <summary>The variables.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(_headroom, Length - _headroom);

    /// <summary>The variables and what stands in front of and behind them.</summary>
    public Span<byte> Whole => _bytes.AsSpan(0, Length);

    public void Clear() => Length = _headroom;

    /// <summary>Adds what is no variable behind them.</summary>
    public void AddRaw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <param name="name">Without NUL and '='.</param>
    /// <param name="value">What stands behind a NUL is left out: a C program would not see it either.</param>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int nul = value.IndexOf((byte)0);
        value = nul < 0 ? value : value[..nul];
        Span<byte> room = Room(name.Length + value.Length + 2);
        name.CopyTo(room);
        room[name.Length] = 0;
        value.CopyTo(room[(name.Length + 1)..]);
        room[name.Length + 1 + value.Length] = 0;
        Length += name.Length + value.Length + 2;
    }

    public void Add(ReadOnlySpan<byte> name, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int length);
        Add(name, digits[..length]);
    }

    /// <summary>Adds a request field under the name of RFC 3875 section 4.1.18: <c>HTTP_</c>, letters in upper case, <c>_</c> for <c>-</c>.</summary>
    public void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> prefix = "HTTP_"u8;
        Span<byte> upper = stackalloc byte[prefix.Length + name.Length];
        prefix.CopyTo(upper);
        for (int i = 0; i < name.Length; i++)
        {
            byte b = name[i];
            upper[prefix.Length + i] = b == '-' ? (byte)'_' : b is >= (byte)'a' and <= (byte)'z' ? (byte)(b - 0x20) : b;
        }

        Add(upper, value);
    }

    /// <summary>Lengthens the last value: for a field of several lines.</summary>
    public void Append(ReadOnlySpan<byte> separator, ReadOnlySpan<byte> value)
    {
        Room(separator.Length + value.Length);
        Span<byte> end = _bytes.AsSpan(Length - 1);
        separator.CopyTo(end);
        value.CopyTo(end[separator.Length..]);
        end[separator.Length + value.Length] = 0;
        Length += separator.Length + value.Length;
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }

        return _bytes.AsSpan(Length);
    }
}
