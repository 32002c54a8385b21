using System.Buffers.Binary;

namespace Roundtrip.Site.Wsgi.Protocol;

/// <summary>What each frame begins with: type, flags, a stream's number that is 0, the payload's length, the request's number; little-endian.</summary>
internal readonly record struct FrameHeader(FrameKind Kind, byte Flags, ushort Stream, uint Length, long Request)
{
    /// <summary>Its bytes on the wire.</summary>
    public const int Size = 16;

    /// <param name="bytes">At least <see cref="Size"/>.</param>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes) => new(
        (FrameKind)bytes[0], bytes[1], BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));

    /// <param name="to">At least <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> to)
    {
        to[0] = (byte)Kind;
        to[1] = Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(to[2..], Stream);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], Length);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], Request);
    }
}
