using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>PRIORITY_UPDATE (RFC 9218 section 7.1), which a client sends.</summary>
public readonly ref struct PriorityUpdateFrame
{
    private PriorityUpdateFrame(int prioritizedStreamId, ReadOnlySpan<byte> fieldValue)
    {
        PrioritizedStreamId = prioritizedStreamId;
        FieldValue = fieldValue;
    }

    /// <summary>The stream that it is about, which need not be open yet; never 0.</summary>
    public int PrioritizedStreamId { get; }

    /// <summary>A value of the Priority field; a part of the payload that was read.</summary>
    public ReadOnlySpan<byte> FieldValue { get; }

    /// <inheritdoc cref="DataFrame.Read"/>
    public static ProtocolError Read(in FrameHeader header, ReadOnlySpan<byte> payload, out PriorityUpdateFrame frame)
    {
        int prioritized = Number31.Read(payload);
        if (prioritized == 0)
        {
            frame = default;
            return FrameErrors.Connection(EndReason.PriorityUpdateWithoutStream, ErrorCode.ProtocolError);
        }

        frame = new PriorityUpdateFrame(prioritized, payload[4..]);
        return default;
    }
}
