using System.Buffers.Binary;

namespace Roundtrip.Site.AccessLog;

/// <summary>Text of a log format that stands in every line. Most of it is a blank or a quote between two items: what is short is held as a number too, which is written by one instruction.</summary>
internal readonly struct LogText
{
    private readonly byte[] _bytes;
    private readonly ulong _short;

    public LogText(byte[] bytes)
    {
        (_bytes, Length) = (bytes, bytes.Length);
        Span<byte> padded = stackalloc byte[sizeof(ulong)];
        padded.Clear();
        bytes.AsSpan(0, Math.Min(Length, sizeof(ulong))).CopyTo(padded);
        _short = BinaryPrimitives.ReadUInt64LittleEndian(padded);
    }

    // Held here too: the array need not be fetched for it.
    public int Length { get; }

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Writes short text, where the room has eight bytes: those behind the text are overwritten.</summary>
    public bool TryWriteShort(Span<byte> room) => Length <= sizeof(ulong) && BinaryPrimitives.TryWriteUInt64LittleEndian(room, _short);
}
