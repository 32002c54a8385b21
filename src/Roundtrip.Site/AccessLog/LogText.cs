using System.Buffers.Binary;

namespace Roundtrip.Site.AccessLog;

/// <summary>Text of a log format that stands in every line. Most of it is a blank or a quote between two items: what is short is held as a number too, which is written by one instruction.</summary>
internal readonly struct LogText
{
    private readonly byte[] _bytes;
    private readonly int _length;
    private readonly ulong _short;

    public LogText(byte[] bytes)
    {
        (_bytes, _length) = (bytes, bytes.Length);
        if (bytes.Length <= sizeof(ulong))
        {
            Span<byte> padded = stackalloc byte[sizeof(ulong)];
            padded.Clear();
            bytes.CopyTo(padded);
            _short = BinaryPrimitives.ReadUInt64LittleEndian(padded);
        }
    }

    /// <returns>How many bytes of the room are the text's, of which what stands behind them may have been overwritten; less than 0 where it does not fit.</returns>
    public int WriteTo(Span<byte> room)
    {
        if (_length <= sizeof(ulong) && BinaryPrimitives.TryWriteUInt64LittleEndian(room, _short))
        {
            return _length;
        }

        return _bytes.AsSpan().TryCopyTo(room) ? _length : -1;
    }
}
