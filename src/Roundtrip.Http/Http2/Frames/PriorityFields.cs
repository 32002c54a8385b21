using System.Buffers.Binary;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>Where a stream stands in RFC 7540's tree (sections 5.3.1, 5.3.2 and 6.3): in PRIORITY, and in HEADERS with the flag.</summary>
/// <param name="Dependency">The stream whose place comes before; 0 is the root.</param>
/// <param name="IsExclusive">Whether all that depended on <paramref name="Dependency"/> now depends on this stream.</param>
/// <param name="Weight">Its share among those who depend on the same, 1 to 256.</param>
public readonly record struct PriorityFields(int Dependency, bool IsExclusive, int Weight)
{
    /// <summary>The bytes that they take on the wire.</summary>
    public const int Size = 5;

    /// <summary>RFC 7540 section 5.3.5: what holds for a stream that says nothing.</summary>
    public static readonly PriorityFields Default = new(0, IsExclusive: false, Weight: 16);

    internal static PriorityFields Read(ReadOnlySpan<byte> bytes) => new(Number31.Read(bytes), (bytes[0] & 0x80) != 0, bytes[4] + 1);

    internal void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Dependency | (IsExclusive ? Number31.HighBit : 0));
        destination[4] = (byte)(Weight - 1);
    }
}
