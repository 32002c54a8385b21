using System.Text;
using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Http.Http2.Hpack;
using Roundtrip.Http.Tests.Http2.Hpack;

namespace Roundtrip.Http.Tests.Http2;

public class FieldSectionTests
{
    private readonly HpackEncoder _encoder = new();
    private readonly HpackDecoder _decoder = new();
    private readonly HeaderBlockWriter _writer = new();

    [Theory]
    [InlineData(":method GET|:path /|a b", EndReason.None)]
    [InlineData("a b", EndReason.None)]
    [InlineData(":method GET|:method GET", EndReason.DuplicatePseudoField)]
    [InlineData(":method GET|a b|:path /", EndReason.PseudoFieldAfterField)]
    [InlineData(":method GET|:other /", EndReason.UnknownPseudoField)]
    [InlineData(": x", EndReason.UnknownPseudoField)]
    public void Pseudo_fields_are_known_come_once_and_before_the_others(string fields, EndReason expected)
    {
        // Twice, so that the second block is of indexed fields.
        Assert.Equal(expected, Look(fields, section => section.PseudoFault));
        Assert.Equal(expected, Look(fields, section => section.PseudoFault));
    }

    [Theory]
    [InlineData("a b", EndReason.None)]
    [InlineData("a ", EndReason.None)]
    [InlineData("a b\tc", EndReason.None)]
    [InlineData("a  b", EndReason.InvalidFieldValue)]
    [InlineData("a b\t", EndReason.InvalidFieldValue)]
    [InlineData("a b\rc", EndReason.InvalidFieldValue)]
    [InlineData("a \nc", EndReason.InvalidFieldValue)]
    [InlineData("a b\0", EndReason.InvalidFieldValue)]
    [InlineData(":path /\n", EndReason.InvalidFieldValue)]
    [InlineData(" b", EndReason.InvalidFieldName)]
    [InlineData("a: b", EndReason.InvalidFieldName)]
    [InlineData("a\u007f b", EndReason.InvalidFieldName)]
    [InlineData("a b\n|a b", EndReason.InvalidFieldValue)]
    public void What_cannot_stand_in_a_field_is_noted(string fields, EndReason expected)
    {
        Assert.Equal(expected, Look(fields, section => section.FieldFault));
        Assert.Equal(expected, Look(fields, section => section.FieldFault));
    }

    [Fact]
    public void A_name_with_a_capital_is_noted_and_stays_so_in_the_table()
    {
        Assert.Equal(EndReason.UppercaseFieldName, DecodeHex("40 02 61 41 01 62"));
        Assert.Equal(EndReason.UppercaseFieldName, DecodeHex("be"));
        Assert.Equal(EndReason.UppercaseFieldName, DecodeHex("7e 01 63"));
    }

    [Fact]
    public void The_fault_of_a_value_does_not_stay_with_its_name()
    {
        Assert.Equal(EndReason.InvalidFieldValue, DecodeHex("40 01 61 01 0a"));
        Assert.Equal(EndReason.None, DecodeHex("7e 01 63"));
        Assert.Equal(EndReason.InvalidFieldValue, DecodeHex("bf"));
    }

    [Fact]
    public void Its_text_is_a_request_heads_storage()
    {
        Look(":method GET|:path /a|Accept x|cookie y", section =>
        {
            var head = new RequestHead();
            head.Locate(section.Text, 0);
            head.Length = section.Length;
            head.SetMethod(Method.Get, section.MethodName);
            head.SetTarget(section.Path, section.Path, default, false);
            foreach (FieldEntry field in section.Fields)
            {
                head.AddField(field.Name, field.Value, field.Known);
            }

            Assert.Equal("GET", Sections.Text(head.MethodName));
            Assert.Equal("/a", Sections.Text(head.Snapshot().Path));
            Assert.Equal("x", Sections.Text(head.Value(KnownField.Accept)));
            Assert.Equal("y", Sections.Text(head.Snapshot().Value(KnownField.Cookie)));
            return 0;
        });
    }

    [Fact]
    public void Text_grows_beyond_a_buffer_and_keeps_what_it_had()
    {
        var pool = new BufferPool();
        var section = new FieldSection();
        section.Begin(pool, Sections.Unlimited);
        string[] values = [.. Enumerable.Range(0, 100).Select(i => new string((char)('a' + (i % 26)), 3000))];
        _encoder.Begin(_writer);
        foreach (string value in values)
        {
            _encoder.Add("name"u8, Encoding.ASCII.GetBytes(value), Indexing.Without);
        }

        Assert.Equal(EndReason.None, _decoder.Decode(_writer.Block, section));
        Assert.Equal(values, Sections.FieldsOf(section).Select(field => field.Value));
        section.Release(pool);
        Assert.Equal(0, pool.Outstanding);
        Assert.Equal((0, 0), (section.Length, section.Fields.Length));
    }

    [Fact]
    public void No_text_is_longer_than_the_largest_buffer_whatever_the_limits()
    {
        var pool = new BufferPool();
        var section = new FieldSection();
        section.Begin(pool, new FieldLimits(0, int.MaxValue));
        _encoder.Begin(_writer);
        _encoder.Add("name"u8, new byte[BufferPool.MaximumSize], Indexing.Without);
        _encoder.Add("a"u8, "b"u8, Indexing.Incremental);

        Assert.Equal(EndReason.None, _decoder.Decode(_writer.Block, section));
        Assert.True(section.IsOverLimit);
        Assert.Equal([("a", "b")], Sections.EntriesOf(_decoder.Table));
        section.Release(pool);
    }

    private T Look<T>(string fields, Func<FieldSection, T> look)
    {
        _encoder.Begin(_writer);
        foreach (string field in fields.Split('|'))
        {
            int space = field.IndexOf(' ', StringComparison.Ordinal);
            _encoder.Add(Encoding.Latin1.GetBytes(field[..space]), Encoding.Latin1.GetBytes(field[(space + 1)..]), Indexing.Incremental);
        }

        T result = default!;
        Assert.Equal(EndReason.None, Sections.Decode(_decoder, _writer.Block, Sections.Unlimited, section => result = look(section)));
        return result;
    }

    private EndReason DecodeHex(string block)
    {
        EndReason fault = EndReason.None;
        Assert.Equal(
            EndReason.None, Sections.Decode(_decoder, Sections.Bytes(block), Sections.Unlimited, section => fault = section.FieldFault));
        return fault;
    }
}
