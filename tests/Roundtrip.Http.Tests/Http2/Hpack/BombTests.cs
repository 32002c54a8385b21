using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Tests.Http2.Hpack;

/// <summary>Few bytes that stand for many (RFC 7541 section 7.3, RFC 9113 section 10.5.1).</summary>
public class BombTests
{
    private static readonly FieldLimits Limits = new(100, 64 * 1024);

    private readonly BufferPool _pool = new();
    private readonly FieldSection _section = new();
    private readonly HpackDecoder _decoder = new();

    [Fact]
    public void One_byte_references_to_a_large_entry_are_counted_and_not_copied()
    {
        byte[] bomb = [.. LongEntry(nameLength: 1), .. Enumerable.Repeat((byte)0xbe, 1_000_000)];

        Assert.Equal(EndReason.None, Decode(bomb));
        Assert.True(_section.IsOverLimit);
        Assert.Equal(1_000_001L * (1 + 4000 + 32), _section.Size);
        Assert.True(_section.Length <= Limits.Size);
        Assert.Equal(BufferPool.SegmentSize * 4, _section.Text.Length);
    }

    [Fact]
    public void Two_byte_insertions_of_a_long_name_end_the_connection_when_they_go_on_beyond_the_limit()
    {
        byte[] bomb = [.. LongEntry(nameLength: 4000), .. Enumerable.Repeat(new byte[] { 0x7e, 0 }, 100_000).SelectMany(pair => pair)];

        Assert.Equal(EndReason.HpackTableChurn, Decode(bomb));
        Assert.True(_section.Length <= Limits.Size);
    }

    [Fact]
    public void Ordinary_names_may_be_inserted_beyond_the_limit()
    {
        byte[] many = [.. LongEntry(nameLength: 20), .. Enumerable.Repeat(new byte[] { 0x7e, 0 }, 2_000).SelectMany(pair => pair)];

        Assert.Equal(EndReason.None, Decode(many));
        Assert.True(_section.IsOverLimit);
    }

    [Fact]
    public void An_entry_larger_than_the_table_empties_it_and_is_no_error()
    {
        var writer = new HeaderBlockWriter();
        var encoder = new HpackEncoder(8192);
        encoder.Begin(writer);
        encoder.Add("a"u8, "b"u8, Indexing.Incremental);
        byte[] small = writer.Block.ToArray();
        writer.Clear();
        writer.WriteInteger(0x40, 6, 0);
        writer.WriteString("name"u8);
        writer.WriteString(new byte[5000]);

        Assert.Equal(EndReason.None, Decode(small));
        Assert.Equal(1, _decoder.Table.Count);
        Assert.Equal(EndReason.None, Decode(writer.Block));
        Assert.Equal(5004, _section.Length);
        Assert.Equal(0, _decoder.Table.Count);
    }

    [Fact]
    public void A_full_section_still_has_room_for_the_largest_entry_of_the_table()
    {
        var section = new FieldSection();
        var decoder = new HpackDecoder(HpackDecoder.MaximumTableSize);
        var writer = new HeaderBlockWriter();
        writer.WriteInteger(0x20, 5, HpackDecoder.MaximumTableSize);
        for (int size = BufferPool.MaximumSize - FieldSection.Margin; size > 0; size -= 1000)
        {
            Literal(0, Math.Min(size, 1000) - 1);
        }

        int largest = HpackDecoder.MaximumTableSize - FieldSection.FieldOverhead;
        Literal(0x40, largest - 1);
        section.Begin(_pool, new FieldLimits(0, int.MaxValue));

        Assert.Equal(EndReason.None, decoder.Decode(writer.Block, section));
        Assert.Equal((BufferPool.MaximumSize - FieldSection.Margin, true), (section.Length, section.IsOverLimit));
        Assert.Equal([("n", new string('a', largest - 1))], Sections.EntriesOf(decoder.Table));
        section.Release(_pool);

        void Literal(int pattern, int valueLength)
        {
            writer.WriteInteger(pattern, pattern == 0 ? 4 : 6, 0);
            writer.WriteString("n"u8);
            writer.WriteString(Encoding.ASCII.GetBytes(new string('a', valueLength)));
        }
    }

    [Fact]
    public void A_decoder_and_an_encoder_hold_no_table_before_they_index()
    {
        Decode([0x82, 0x84]);
        var writer = new HeaderBlockWriter();
        const int Count = 1000;
        object[] kept = new object[Count * 2];
        long size = Allocated.Each(Count, i =>
        {
            var decoder = new HpackDecoder();
            _section.Begin(_pool, Limits);
            decoder.Decode([0x82, 0x84], _section);
            var encoder = new HpackEncoder();
            encoder.Begin(writer);
            encoder.Status(200);
            (kept[i], kept[Count + i]) = (decoder, encoder);
        });
        Assert.True(size <= 360, $"{size} bytes");
        GC.KeepAlive(kept);
    }

    private EndReason Decode(ReadOnlySpan<byte> block)
    {
        _section.Begin(_pool, Limits);
        return _decoder.Decode(block, _section);
    }

    /// <summary>A block that inserts one entry: a name of that length, and a value where there is room for 4000.</summary>
    private static byte[] LongEntry(int nameLength)
    {
        var writer = new HeaderBlockWriter();
        writer.WriteInteger(0x40, 6, 0);
        writer.WriteInteger(0, 7, nameLength);
        writer.Write(Encoding.ASCII.GetBytes(new string('n', nameLength)));
        writer.WriteInteger(0, 7, nameLength == 1 ? 4000 : 0);
        writer.Write(new byte[nameLength == 1 ? 4000 : 0]);
        return writer.Block.ToArray();
    }
}
