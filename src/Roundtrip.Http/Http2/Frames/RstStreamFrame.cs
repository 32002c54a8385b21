using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>RST_STREAM (RFC 9113 section 6.4): the stream is over, at once.</summary>
public readonly record struct RstStreamFrame(ErrorCode Code)
{
    /// <inheritdoc cref="DataFrame.Read"/>
    public static ProtocolError Read(in FrameHeader header, ReadOnlySpan<byte> payload, out RstStreamFrame frame)
    {
        frame = new RstStreamFrame((ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload));
        return default;
    }
}
