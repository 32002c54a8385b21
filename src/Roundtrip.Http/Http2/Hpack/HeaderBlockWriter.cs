namespace Roundtrip.Http.Http2.Hpack;

/// <summary>
/// Where a header block is written: memory that grows and is used again, so that one is enough for all connections of a loop.
/// <see cref="HpackEncoder.Begin"/> empties it.
/// </summary>
public sealed class HeaderBlockWriter
{
    /// <summary>The longest encoding of an integer of 31 bits (RFC 7541 section 5.1).</summary>
    private const int LongestInteger = 6;

    private byte[] _bytes = new byte[1024];
    private byte[] _lowerCase = new byte[64];

    /// <summary>How many bytes the block has so far.</summary>
    public int Length { get; private set; }

    /// <summary>The block so far: valid until more is written.</summary>
    public ReadOnlySpan<byte> Block => _bytes.AsSpan(0, Length);

    internal void Clear() => Length = 0;

    /// <summary>Appends bytes that are encoded already.</summary>
    internal void Write(ReadOnlySpan<byte> encoded)
    {
        Reserve(encoded.Length);
        encoded.CopyTo(_bytes.AsSpan(Length));
        Length += encoded.Length;
    }

    /// <summary>RFC 7541 section 5.1.</summary>
    /// <param name="pattern">The bits above the prefix.</param>
    /// <param name="prefix">How many low bits of the first byte are the integer's.</param>
    internal void WriteInteger(int pattern, int prefix, int value)
    {
        Reserve(LongestInteger);
        int largest = (1 << prefix) - 1;
        if (value < largest)
        {
            _bytes[Length++] = (byte)(pattern | value);
            return;
        }

        _bytes[Length++] = (byte)(pattern | largest);
        for (value -= largest; value >= 0x80; value >>= 7)
        {
            _bytes[Length++] = (byte)(value | 0x80);
        }

        _bytes[Length++] = (byte)value;
    }

    /// <summary>RFC 7541 section 5.2: with Huffman codes where they make it shorter.</summary>
    internal void WriteString(ReadOnlySpan<byte> text)
    {
        int coded = HuffmanEncoder.LengthOf(text);
        if (coded >= text.Length)
        {
            WriteInteger(0, 7, text.Length);
            Write(text);
            return;
        }

        WriteInteger(0x80, 7, coded);
        Reserve(coded);
        HuffmanEncoder.Encode(text, _bytes.AsSpan(Length, coded));
        Length += coded;
    }

    /// <summary>RFC 9113 section 8.2.1: the name in lower case, as it is sent. Valid until the next call.</summary>
    internal ReadOnlySpan<byte> LowerCase(ReadOnlySpan<byte> name)
    {
        if (!name.ContainsAnyInRange((byte)'A', (byte)'Z'))
        {
            return name;
        }

        if (name.Length > _lowerCase.Length)
        {
            _lowerCase = new byte[name.Length * 2];
        }

        // No name, of whatever bytes, makes this fail: what is no capital is copied.
        for (int i = 0; i < name.Length; i++)
        {
            _lowerCase[i] = (byte)(name[i] is >= (byte)'A' and <= (byte)'Z' ? name[i] | 0x20 : name[i]);
        }

        return _lowerCase.AsSpan(0, name.Length);
    }

    private void Reserve(int size)
    {
        if (_bytes.Length - Length < size)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + size));
        }
    }
}
