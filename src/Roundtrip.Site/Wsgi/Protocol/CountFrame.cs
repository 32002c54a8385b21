using System.Buffers.Binary;

namespace Roundtrip.Site.Wsgi.Protocol;

/// <summary>A frame to the worker that says how many bytes of a ring were written or taken.</summary>
internal static class CountFrame
{
    /// <summary>Its bytes on the wire.</summary>
    public const int Size = FrameHeader.Size + sizeof(uint);

    /// <param name="to">At least <see cref="Size"/> bytes.</param>
    public static void Write(Span<byte> to, FrameKind kind, byte flags, long request, int count)
    {
        new FrameHeader(kind, flags, 0, sizeof(uint), request).Write(to);
        BinaryPrimitives.WriteInt32LittleEndian(to[FrameHeader.Size..], count);
    }
}
