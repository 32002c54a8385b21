using System.Buffers.Binary;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>The nine bytes before every frame's payload (RFC 9113 section 4.1).</summary>
/// <param name="Length">The bytes of the payload, 0 to 16,777,215.</param>
/// <param name="Type">May be a number without a name.</param>
/// <param name="Flags">May have bits that the type does not define.</param>
/// <param name="StreamId">0 (the connection) to 2^31-1.</param>
public readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, int StreamId)
{
    /// <summary>The bytes of a header on the wire.</summary>
    public const int Size = 9;

    /// <summary>The largest <see cref="Length"/> that the header can say, and the largest SETTINGS_MAX_FRAME_SIZE.</summary>
    public const int LargestLength = (1 << 24) - 1;

    /// <summary>The SETTINGS_MAX_FRAME_SIZE of everybody who has not said another: also the least that may be said.</summary>
    public const int DefaultMaximumLength = 1 << 14;

    public bool Has(FrameFlags flag) => (Flags & flag) != 0;

    /// <summary>Reads the header that <paramref name="bytes"/> begin with. What it says is judged by <see cref="FrameRules"/>.</summary>
    /// <returns>False while fewer than <see cref="Size"/> bytes are there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        if (bytes.Length < Size)
        {
            header = default;
            return false;
        }

        header = new FrameHeader(
            (bytes[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]), (FrameType)bytes[3], (FrameFlags)bytes[4], Number31.Read(bytes[5..]));
        return true;
    }
}
