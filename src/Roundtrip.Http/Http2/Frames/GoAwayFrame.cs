using System.Buffers.Binary;
using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>GOAWAY (RFC 9113 section 6.8): the connection takes no new streams.</summary>
public readonly ref struct GoAwayFrame
{
    private GoAwayFrame(int lastStreamId, ErrorCode code, ReadOnlySpan<byte> debugData)
    {
        LastStreamId = lastStreamId;
        Code = code;
        DebugData = debugData;
    }

    /// <summary>The last stream of its peer's that the sender may have acted on; 0 for none.</summary>
    public int LastStreamId { get; }

    public ErrorCode Code { get; }

    /// <summary>Whatever the sender thought useful; a part of the payload that was read. It goes to no log unescaped.</summary>
    public ReadOnlySpan<byte> DebugData { get; }

    /// <inheritdoc cref="DataFrame.Read"/>
    public static ProtocolError Read(in FrameHeader header, ReadOnlySpan<byte> payload, out GoAwayFrame frame)
    {
        frame = new GoAwayFrame(Number31.Read(payload), (ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..]), payload[8..]);
        return default;
    }
}
