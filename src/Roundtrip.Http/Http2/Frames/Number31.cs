using System.Buffers.Binary;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>A number of 31 bits behind a bit that means something else: a stream identifier or a window increment.</summary>
internal static class Number31
{
    public const uint HighBit = 1u << 31;

    /// <summary>Reads four bytes. RFC 9113 §4.1: the reserved bit is ignored.</summary>
    public static int Read(ReadOnlySpan<byte> bytes) => (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) & ~HighBit);
}
