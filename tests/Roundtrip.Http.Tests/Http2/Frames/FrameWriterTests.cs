using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2.Frames;

public class FrameWriterTests
{
    private delegate int ToSpan(Span<byte> destination);

    // What is written to a span, and to a queue, in hexadecimal: header, payload.
    private static readonly Dictionary<string, (ToSpan Span, Action<OutputQueue> Queue, string Hex)> Frames = new()
    {
        ["SETTINGS"] = (
            span => FrameWriter.WriteSettings(span, new Setting(SettingsParameter.InitialWindowSize, 0x01020304), new Setting(SettingsParameter.EnablePush, 0)),
            queue => FrameWriter.WriteSettings(queue, new Setting(SettingsParameter.InitialWindowSize, 0x01020304), new Setting(SettingsParameter.EnablePush, 0)),
            "00000C0400 00000000 0004 01020304 0002 00000000"),
        ["SETTINGS ACK"] = (FrameWriter.WriteSettingsAck, FrameWriter.WriteSettingsAck, "0000000401 00000000"),
        ["PING"] = (
            span => FrameWriter.WritePing(span, new PingFrame(IsAck: true, 0x0102030405060708)),
            queue => FrameWriter.WritePing(queue, new PingFrame(IsAck: true, 0x0102030405060708)),
            "0000080601 00000000 0102030405060708"),
        ["RST_STREAM"] = (
            span => FrameWriter.WriteRstStream(span, 5, ErrorCode.RefusedStream),
            queue => FrameWriter.WriteRstStream(queue, 5, ErrorCode.RefusedStream),
            "0000040300 00000005 00000007"),
        ["WINDOW_UPDATE"] = (
            span => FrameWriter.WriteWindowUpdate(span, 0, int.MaxValue),
            queue => FrameWriter.WriteWindowUpdate(queue, 0, int.MaxValue),
            "0000040800 00000000 7FFFFFFF"),
        ["PRIORITY"] = (
            span => FrameWriter.WritePriority(span, 5, new PriorityFields(3, IsExclusive: true, 256)),
            queue => FrameWriter.WritePriority(queue, 5, new PriorityFields(3, IsExclusive: true, 256)),
            "0000050200 00000005 80000003 FF"),
        ["GOAWAY"] = (
            span => FrameWriter.WriteGoAway(span, 7, ErrorCode.EnhanceYourCalm, "calm"u8),
            queue => FrameWriter.WriteGoAway(queue, 7, ErrorCode.EnhanceYourCalm, "calm"u8),
            "00000C0700 00000000 00000007 0000000B 63616C6D"),
        ["PRIORITY_UPDATE"] = (
            span => FrameWriter.WritePriorityUpdate(span, 5, "u=1"u8),
            queue => FrameWriter.WritePriorityUpdate(queue, 5, "u=1"u8),
            "0000071000 00000000 00000005 753D31"),
        ["DATA"] = (
            span => FrameWriter.WriteData(span, 5, "abc"u8, endStream: true),
            queue => FrameWriter.WriteData(queue, 5, "abc"u8, endStream: true),
            "0000030001 00000005 616263"),
        ["HEADERS"] = (
            span => FrameWriter.WriteHeaders(span, 5, [0x82, 0x86], endStream: false, FrameHeader.DefaultMaximumLength),
            queue => FrameWriter.WriteHeaders(queue, 5, [0x82, 0x86], endStream: false, FrameHeader.DefaultMaximumLength),
            "0000020104 00000005 8286"),
        ["HEADERS without fields"] = (
            span => FrameWriter.WriteHeaders(span, 5, default, endStream: true, FrameHeader.DefaultMaximumLength),
            queue => FrameWriter.WriteHeaders(queue, 5, default, endStream: true, FrameHeader.DefaultMaximumLength),
            "0000000105 00000005"),
        ["PUSH_PROMISE"] = (
            span => FrameWriter.WritePushPromise(span, 5, 2, [0x82, 0x86], FrameHeader.DefaultMaximumLength),
            queue => FrameWriter.WritePushPromise(queue, 5, 2, [0x82, 0x86], FrameHeader.DefaultMaximumLength),
            "0000060504 00000005 00000002 8286"),
    };

    public static TheoryData<string> Names() => [.. Frames.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_frame_is_the_same_in_a_span_and_in_a_queue(string name)
    {
        (ToSpan span, Action<OutputQueue> queue, string hex) = Frames[name];
        byte[] expected = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        byte[] bytes = new byte[expected.Length];

        Assert.Equal(expected.Length, span(bytes));
        Assert.Equal(expected, bytes);
        Assert.Equal(expected, Written(queue));
    }

    [Theory]
    [InlineData(FrameHeader.DefaultMaximumLength, "Headers 16384")]
    [InlineData(FrameHeader.DefaultMaximumLength + 1, "Headers 16384, Continuation 1")]
    [InlineData(3 * FrameHeader.DefaultMaximumLength, "Headers 16384, Continuation 16384, Continuation 16384")]
    public void A_field_block_is_split_at_the_peers_maximum(int length, string expected)
    {
        byte[] block = Block(length);
        byte[] bytes = new byte[length + 100];

        int written = FrameWriter.WriteHeaders(bytes, 5, block, endStream: true, FrameHeader.DefaultMaximumLength);

        Assert.Equal(expected, Joined(bytes.AsSpan(0, written), FrameFlags.EndStream, before: 0, out byte[] joined));
        Assert.Equal(block, joined);
        Assert.Equal(bytes[..written], Written(queue => FrameWriter.WriteHeaders(queue, 5, block, endStream: true, FrameHeader.DefaultMaximumLength)));
    }

    [Theory]
    [InlineData(FrameHeader.DefaultMaximumLength - 4, "PushPromise 16384")]
    [InlineData(FrameHeader.DefaultMaximumLength - 3, "PushPromise 16384, Continuation 1")]
    public void A_promised_stream_counts_as_payload(int length, string expected)
    {
        byte[] block = Block(length);
        byte[] bytes = new byte[length + 100];

        int written = FrameWriter.WritePushPromise(bytes, 5, 2, block, FrameHeader.DefaultMaximumLength);

        Assert.Equal(expected, Joined(bytes.AsSpan(0, written), FrameFlags.None, before: 4, out byte[] joined));
        Assert.Equal(block, joined);
        Assert.Equal(bytes[..written], Written(queue => FrameWriter.WritePushPromise(queue, 5, 2, block, FrameHeader.DefaultMaximumLength)));
    }

    [Fact]
    public void A_frame_that_no_header_can_say_is_a_bug_of_the_caller()
    {
        byte[] bytes = new byte[FrameHeader.Size];

        Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.WriteHeader(bytes, FrameHeader.LargestLength + 1, FrameType.Data, FrameFlags.None, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.WriteHeader(bytes, 0, FrameType.Data, FrameFlags.None, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.WriteWindowUpdate(new byte[FrameWriter.WindowUpdateSize], 1, 0));
    }

    // The frames as "type length"; flags are checked: END_HEADERS on the last alone, the first's own on the first alone.
    private static string Joined(ReadOnlySpan<byte> bytes, FrameFlags first, int before, out byte[] block)
    {
        var frames = new List<string>();
        var joined = new List<byte>();
        while (FrameHeader.TryRead(bytes, out FrameHeader header))
        {
            int skip = frames.Count == 0 ? before : 0;
            joined.AddRange(bytes.Slice(FrameHeader.Size + skip, header.Length - skip));
            bytes = bytes[(FrameHeader.Size + header.Length)..];
            Assert.Equal(5, header.StreamId);
            Assert.Equal((frames.Count == 0 ? first : FrameFlags.None) | (bytes.IsEmpty ? FrameFlags.EndHeaders : FrameFlags.None), header.Flags);
            frames.Add($"{header.Type} {header.Length}");
        }

        Assert.True(bytes.IsEmpty);
        block = [.. joined];
        return string.Join(", ", frames);
    }

    private static byte[] Block(int length)
    {
        byte[] block = new byte[length];
        new Random(length).NextBytes(block);
        return block;
    }

    private static byte[] Written(Action<OutputQueue> write)
    {
        var queue = new OutputQueue(new BufferPool());
        write(queue);
        var bytes = new List<byte>();
        foreach (ref readonly OutputSegment segment in queue.Segments)
        {
            bytes.AddRange(segment.Span);
        }

        return [.. bytes];
    }
}
