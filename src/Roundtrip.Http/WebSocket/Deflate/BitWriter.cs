using System.Buffers.Binary;

namespace Roundtrip.Http.WebSocket.Deflate;

/// <summary>Bits to bytes, the first bit lowest (RFC 1951 section 3.1.1). The array grows to what the longest message needed.</summary>
internal sealed class BitWriter
{
    private byte[] _bytes = new byte[4096];
    private int _length;
    private ulong _bits;
    private int _bitCount;

    /// <summary>The whole bytes so far.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => (_length, _bits, _bitCount) = (0, 0, 0);

    /// <param name="value">No bit above <paramref name="count"/> is set.</param>
    /// <param name="count">48 at most.</param>
    public void Write(ulong value, int count)
    {
        // Fewer than 16 bits wait here, so that these fit.
        _bits |= value << _bitCount;
        _bitCount += count;
        if (_bitCount >= 16)
        {
            WriteWhole();
        }
    }

    /// <summary>Fills the byte with zeros.</summary>
    public void Align()
    {
        WriteWhole();
        if (_bitCount > 0)
        {
            Reserve(1);
            _bytes[_length++] = (byte)_bits;
            (_bits, _bitCount) = (0, 0);
        }
    }

    /// <summary>Copies bytes; <see cref="Align"/> first.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    // Eight are written, and those that count stay.
    private void WriteWhole()
    {
        Reserve(sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_length), _bits);
        int whole = _bitCount / 8;
        _length += whole;
        _bits = whole == sizeof(ulong) ? 0 : _bits >> (8 * whole);
        _bitCount -= 8 * whole;
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_length + count, _bytes.Length * 2));
        }
    }
}
