using Roundtrip.Http.Http2.Frames;

namespace Roundtrip.Http.Tests.Http2.Frames;

public class FrameHeaderTests
{
    [Fact]
    public void A_header_is_length_type_flags_and_stream_in_network_order()
    {
        Assert.True(FrameHeader.TryRead([0x01, 0x02, 0x03, 0x01, 0x25, 0x12, 0x34, 0x56, 0x78, 0xFF], out FrameHeader header));

        Assert.Equal(
            new FrameHeader(0x010203, FrameType.Headers, FrameFlags.EndStream | FrameFlags.EndHeaders | FrameFlags.Priority, 0x12345678), header);
    }

    [Fact]
    public void The_reserved_bit_is_ignored()
    {
        Assert.True(FrameHeader.TryRead([0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], out FrameHeader header));

        Assert.Equal(int.MaxValue, header.StreamId);
    }

    [Fact]
    public void Nothing_is_read_before_all_nine_bytes_are_there()
    {
        byte[] bytes = [0xFF, 0xFF, 0xFF, 4, 0, 0, 0, 0, 0];
        for (int count = 0; count < FrameHeader.Size; count++)
        {
            Assert.False(FrameHeader.TryRead(bytes.AsSpan(0, count), out _));
        }

        Assert.True(FrameHeader.TryRead(bytes, out FrameHeader header));
        Assert.Equal(FrameHeader.LargestLength, header.Length);
    }

    [Fact]
    public void Types_and_flags_without_a_name_are_kept()
    {
        Assert.True(FrameHeader.TryRead([0, 0, 0, 0xFA, 0xD2, 0, 0, 0, 1], out FrameHeader header));

        Assert.Equal((0xFA, 0xD2), ((int)header.Type, (int)header.Flags));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        byte[] bytes = new byte[FrameHeader.Size];
        var random = new Random(3);
        for (int i = 0; i < 10_000; i++)
        {
            var header = new FrameHeader(
                random.Next(FrameHeader.LargestLength + 1), (FrameType)random.Next(256), (FrameFlags)random.Next(256), random.Next());
            FrameWriter.WriteHeader(bytes, header.Length, header.Type, header.Flags, header.StreamId);
            Assert.True(FrameHeader.TryRead(bytes, out FrameHeader read));
            Assert.Equal(header, read);
        }
    }
}
