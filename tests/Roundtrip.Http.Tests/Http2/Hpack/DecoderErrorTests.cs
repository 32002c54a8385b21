using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Tests.Http2.Hpack;

/// <summary>What RFC 7541 calls decoding errors, and the limits that it leaves to implementations.</summary>
public class DecoderErrorTests
{
    [Theory]
    [InlineData("80")]
    [InlineData("be")]
    [InlineData("ff 00")]
    [InlineData("7e 01 61")]
    [InlineData("0f 2f 01 61")]
    [InlineData("1f 2f 01 61")]
    [InlineData("40 01 61 01 62 bf")]
    public void An_index_that_neither_table_has_is_an_error(string block) =>
        Assert.Equal(EndReason.HpackIndexOutOfRange, Sections.ReasonOf(block));

    [Theory]
    [InlineData("ff ff ff ff ff 07")]
    [InlineData("ff 80 80 80 80 80 00")]
    [InlineData("ff ff ff ff ff ff ff ff ff ff 7f")]
    [InlineData("00 7f ff ff ff ff 0f")]
    [InlineData("3f ff ff ff ff 0f")]
    public void An_integer_beyond_31_bits_or_padded_with_zeros_is_an_error(string block) =>
        Assert.Equal(EndReason.HpackIntegerTooLarge, Sections.ReasonOf(block));

    [Theory]
    [InlineData("00 81 ff 00")]
    [InlineData("00 82 ff ff 00")]
    [InlineData("00 81 18 00")]
    [InlineData("00 82 1f ff 00")]
    [InlineData("00 89 18 c6 31 8c 63 18 c6 31 80 00")]
    [InlineData("00 83 ff ff fe 00")]
    [InlineData("0f 00 8c f1e3 c2e5 f23a 6ba0 ab90 f4fe")]
    public void Padding_of_more_than_7_bits_or_with_a_zero_is_an_error(string block) =>
        Assert.Equal(EndReason.HpackInvalidPadding, Sections.ReasonOf(block));

    [Theory]
    [InlineData("00 84 ff ff ff ff 00")]
    [InlineData("00 8c 18 c6 31 8c 63 ff ff ff ff ff ff ff 00")]
    public void The_code_of_EOS_in_a_string_is_an_error(string block) => Assert.Equal(EndReason.HpackEndOfString, Sections.ReasonOf(block));

    [Theory]
    [InlineData("3f e2 1f")]
    [InlineData("3f e1 1f 3f e2 1f 82")]
    public void A_size_update_beyond_the_limit_is_an_error(string block) => Assert.Equal(EndReason.HpackTableTooLarge, Sections.ReasonOf(block));

    [Theory]
    [InlineData("82 20")]
    [InlineData("20 82 20")]
    public void A_size_update_behind_a_field_is_an_error(string block) =>
        Assert.Equal(EndReason.HpackSizeUpdateInsideBlock, Sections.ReasonOf(block));

    [Theory]
    [InlineData("82", EndReason.HpackSizeUpdateMissing)]
    [InlineData("", EndReason.HpackSizeUpdateMissing)]
    [InlineData("3f c9 07 82", EndReason.HpackSizeUpdateMissing)]
    [InlineData("3f 45 82", EndReason.None)]
    [InlineData("20 3f c9 07 82", EndReason.None)]
    [InlineData("3f e1 0f 82", EndReason.HpackTableTooLarge)]
    public void A_lowered_limit_must_be_said_at_the_beginning_of_the_next_block(string block, EndReason expected)
    {
        var decoder = new HpackDecoder();
        decoder.SetMaximumTableSize(100);
        decoder.SetMaximumTableSize(1000);

        Assert.Equal(expected, Sections.Decode(decoder, Sections.Bytes(block), Sections.Unlimited, static _ => { }));
    }

    [Fact]
    public void A_limit_that_the_table_keeps_to_need_not_be_said()
    {
        var decoder = new HpackDecoder();
        decoder.SetMaximumTableSize(8192);
        decoder.SetMaximumTableSize(4096);

        Assert.Equal([(":method", "GET")], Sections.Decode(decoder, [0x82]));
    }

    [Fact]
    public void A_block_cut_inside_a_field_is_truncated_and_between_fields_is_shorter()
    {
        var encoder = new HpackEncoder();
        var writer = new HeaderBlockWriter();
        encoder.SetPeerLimit(1000);
        encoder.Begin(writer);
        var borders = new HashSet<int> { 0, writer.Length };
        (string, string, Indexing)[] fields =
        [
            (":status", "200", Indexing.Without), ("a", new string('x', 200), Indexing.Incremental), ("b", "", Indexing.Never),
            ("x-name", "%&\u00ff\0", Indexing.Without), ("cookie", new string('&', 300), Indexing.Never), ("a", "other", Indexing.Without),
        ];
        foreach ((string name, string value, Indexing indexing) in fields)
        {
            encoder.Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value), indexing);
            borders.Add(writer.Length);
        }

        for (int cut = 0; cut <= writer.Length; cut++)
        {
            EndReason reason = Sections.Decode(new HpackDecoder(), writer.Block[..cut], Sections.Unlimited, static _ => { });
            Assert.Equal((cut, borders.Contains(cut) ? EndReason.None : EndReason.HpackTruncated), (cut, reason));
        }
    }

    [Fact]
    public void No_bytes_whatever_make_it_throw()
    {
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] block = new byte[random.Next(60)];
            random.NextBytes(block);
            var decoder = new HpackDecoder(random.Next(200));
            Sections.Decode(decoder, block, new Roundtrip.Http.Http2.FieldLimits(random.Next(4), random.Next(300)), static _ => { });
            Assert.True(decoder.Table.Size <= decoder.Table.MaximumSize);
        }
    }
}
