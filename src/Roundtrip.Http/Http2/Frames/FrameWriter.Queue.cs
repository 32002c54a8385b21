using Roundtrip.Core;

namespace Roundtrip.Http.Http2.Frames;

/// <summary>The same frames, appended to what a connection is to send.</summary>
public static partial class FrameWriter
{
    /// <summary>Writes the header of a frame whose payload the caller writes behind it: DATA from a file, or from an array that is shared.</summary>
    public static void WriteHeader(OutputQueue output, int length, FrameType type, FrameFlags flags, int streamId) =>
        output.Advance(WriteHeader(output.GetSpan(FrameHeader.Size), length, type, flags, streamId));

    /// <param name="settings">At most 2,700 of them.</param>
    public static void WriteSettings(OutputQueue output, params ReadOnlySpan<Setting> settings) =>
        output.Advance(WriteSettings(output.GetSpan(FrameHeader.Size + (settings.Length * Setting.Size)), settings));

    public static void WriteSettingsAck(OutputQueue output) => output.Advance(WriteSettingsAck(output.GetSpan(SettingsAckSize)));

    public static void WritePing(OutputQueue output, in PingFrame frame) => output.Advance(WritePing(output.GetSpan(PingSize), frame));

    public static void WriteRstStream(OutputQueue output, int streamId, ErrorCode code) =>
        output.Advance(WriteRstStream(output.GetSpan(RstStreamSize), streamId, code));

    /// <inheritdoc cref="WriteWindowUpdate(Span{byte}, int, int)"/>
    public static void WriteWindowUpdate(OutputQueue output, int streamId, int increment) =>
        output.Advance(WriteWindowUpdate(output.GetSpan(WindowUpdateSize), streamId, increment));

    public static void WritePriority(OutputQueue output, int streamId, PriorityFields fields) =>
        output.Advance(WritePriority(output.GetSpan(PrioritySize), streamId, fields));

    /// <param name="debugData">At most 16,000 bytes, written in ASCII so that a person can read it.</param>
    public static void WriteGoAway(OutputQueue output, int lastStreamId, ErrorCode code, ReadOnlySpan<byte> debugData = default) =>
        output.Advance(WriteGoAway(output.GetSpan(GoAwaySize + debugData.Length), lastStreamId, code, debugData));

    /// <inheritdoc cref="WritePriorityUpdate(Span{byte}, int, ReadOnlySpan{byte})"/>
    public static void WritePriorityUpdate(OutputQueue output, int prioritizedStreamId, ReadOnlySpan<byte> fieldValue) =>
        output.Advance(WritePriorityUpdate(output.GetSpan(FrameHeader.Size + 4 + fieldValue.Length), prioritizedStreamId, fieldValue));

    public static void WriteData(OutputQueue output, int streamId, ReadOnlySpan<byte> content, bool endStream)
    {
        WriteHeader(output, content.Length, FrameType.Data, endStream ? FrameFlags.EndStream : FrameFlags.None, streamId);
        output.Write(content);
    }

    /// <inheritdoc cref="WriteHeaders(Span{byte}, int, ReadOnlySpan{byte}, bool, int)"/>
    public static void WriteHeaders(OutputQueue output, int streamId, ReadOnlySpan<byte> fieldBlock, bool endStream, int maximumLength)
    {
        var split = FieldBlockSplit.AsHeaders(fieldBlock, endStream, maximumLength);
        Write(output, streamId, ref split);
    }

    /// <inheritdoc cref="WritePushPromise(Span{byte}, int, int, ReadOnlySpan{byte}, int)"/>
    public static void WritePushPromise(OutputQueue output, int streamId, int promisedStreamId, ReadOnlySpan<byte> fieldBlock, int maximumLength)
    {
        var split = FieldBlockSplit.AsPushPromise(promisedStreamId, fieldBlock, maximumLength);
        Write(output, streamId, ref split);
    }

    private static void Write(OutputQueue output, int streamId, ref FieldBlockSplit split)
    {
        while (split.MoveNext())
        {
            output.Advance(split.WriteHead(output.GetSpan(FieldBlockSplit.LargestHead), streamId));
            output.Write(split.Fragment);
        }
    }
}
