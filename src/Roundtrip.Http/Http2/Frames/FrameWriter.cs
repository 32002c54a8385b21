using System.Buffers.Binary;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>
/// Writes frames (RFC 9113 section 6) to a span that has room for them, and says how many bytes that were; FrameWriter.Queue.cs has the same for an output queue, with frames
/// of any number of bytes. Padding is never written.
/// </summary>
public static partial class FrameWriter
{
    /// <summary>The bytes of a SETTINGS frame without settings.</summary>
    public const int SettingsAckSize = FrameHeader.Size;

    public const int PingSize = FrameHeader.Size + 8;

    public const int RstStreamSize = FrameHeader.Size + 4;

    public const int WindowUpdateSize = FrameHeader.Size + 4;

    public const int PrioritySize = FrameHeader.Size + PriorityFields.Size;

    /// <summary>The bytes of a GOAWAY frame without debug data.</summary>
    public const int GoAwaySize = FrameHeader.Size + 8;

    /// <param name="length">The bytes of the payload that is to follow, at most <see cref="FrameHeader.LargestLength"/> and the peer's SETTINGS_MAX_FRAME_SIZE.</param>
    public static int WriteHeader(Span<byte> destination, int length, FrameType type, FrameFlags flags, int streamId)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)FrameHeader.LargestLength, nameof(length));
        ArgumentOutOfRangeException.ThrowIfNegative(streamId);
        BinaryPrimitives.WriteInt32BigEndian(destination[5..], streamId);
        BinaryPrimitives.WriteUInt32BigEndian(destination, ((uint)length << 8) | (uint)type);
        destination[4] = (byte)flags;
        return FrameHeader.Size;
    }

    public static int WriteSettings(Span<byte> destination, params ReadOnlySpan<Setting> settings)
    {
        int at = WriteHeader(destination, settings.Length * Setting.Size, FrameType.Settings, FrameFlags.None, 0);
        foreach (Setting setting in settings)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)setting.Parameter);
            BinaryPrimitives.WriteUInt32BigEndian(destination[(at + 2)..], setting.Value);
            at += Setting.Size;
        }

        return at;
    }

    public static int WriteSettingsAck(Span<byte> destination) => WriteHeader(destination, 0, FrameType.Settings, FrameFlags.Ack, 0);

    public static int WritePing(Span<byte> destination, in PingFrame frame)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination[FrameHeader.Size..], frame.Opaque);
        return PingSize - FrameHeader.Size + WriteHeader(destination, 8, FrameType.Ping, frame.IsAck ? FrameFlags.Ack : FrameFlags.None, 0);
    }

    public static int WriteRstStream(Span<byte> destination, int streamId, ErrorCode code)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination[FrameHeader.Size..], (uint)code);
        return 4 + WriteHeader(destination, 4, FrameType.RstStream, FrameFlags.None, streamId);
    }

    /// <param name="streamId">0 for the connection's window.</param>
    /// <param name="increment">1 to 2^31-1.</param>
    public static int WriteWindowUpdate(Span<byte> destination, int streamId, int increment)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(increment);
        BinaryPrimitives.WriteInt32BigEndian(destination[FrameHeader.Size..], increment);
        return 4 + WriteHeader(destination, 4, FrameType.WindowUpdate, FrameFlags.None, streamId);
    }

    public static int WritePriority(Span<byte> destination, int streamId, PriorityFields fields)
    {
        fields.Write(destination[FrameHeader.Size..]);
        return PriorityFields.Size + WriteHeader(destination, PriorityFields.Size, FrameType.Priority, FrameFlags.None, streamId);
    }

    public static int WriteGoAway(Span<byte> destination, int lastStreamId, ErrorCode code, ReadOnlySpan<byte> debugData = default)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination[FrameHeader.Size..], lastStreamId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[(FrameHeader.Size + 4)..], (uint)code);
        debugData.CopyTo(destination[GoAwaySize..]);
        return 8 + debugData.Length + WriteHeader(destination, 8 + debugData.Length, FrameType.GoAway, FrameFlags.None, 0);
    }

    /// <param name="fieldValue">A value of the Priority field (RFC 9218 section 7.1).</param>
    public static int WritePriorityUpdate(Span<byte> destination, int prioritizedStreamId, ReadOnlySpan<byte> fieldValue)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination[FrameHeader.Size..], prioritizedStreamId);
        fieldValue.CopyTo(destination[(FrameHeader.Size + 4)..]);
        return 4 + fieldValue.Length + WriteHeader(destination, 4 + fieldValue.Length, FrameType.PriorityUpdate, FrameFlags.None, 0);
    }

    public static int WriteData(Span<byte> destination, int streamId, ReadOnlySpan<byte> content, bool endStream)
    {
        content.CopyTo(destination[FrameHeader.Size..]);
        return content.Length + WriteHeader(destination, content.Length, FrameType.Data, endStream ? FrameFlags.EndStream : FrameFlags.None, streamId);
    }

    /// <summary>Writes a field block as HEADERS and as many CONTINUATION as it takes. Nothing may be written between them (RFC 9113 section 4.3).</summary>
    /// <param name="maximumLength">The peer's SETTINGS_MAX_FRAME_SIZE.</param>
    public static int WriteHeaders(Span<byte> destination, int streamId, ReadOnlySpan<byte> fieldBlock, bool endStream, int maximumLength)
    {
        var split = FieldBlockSplit.AsHeaders(fieldBlock, endStream, maximumLength);
        return Write(destination, streamId, ref split);
    }

    /// <summary>Writes a promised request as PUSH_PROMISE and as many CONTINUATION as it takes.</summary>
    /// <inheritdoc cref="WriteHeaders(Span{byte}, int, ReadOnlySpan{byte}, bool, int)"/>
    public static int WritePushPromise(Span<byte> destination, int streamId, int promisedStreamId, ReadOnlySpan<byte> fieldBlock, int maximumLength)
    {
        var split = FieldBlockSplit.AsPushPromise(promisedStreamId, fieldBlock, maximumLength);
        return Write(destination, streamId, ref split);
    }

    private static int Write(Span<byte> destination, int streamId, ref FieldBlockSplit split)
    {
        int at = 0;
        while (split.MoveNext())
        {
            at += split.WriteHead(destination[at..], streamId);
            split.Fragment.CopyTo(destination[at..]);
            at += split.Fragment.Length;
        }

        return at;
    }
}
