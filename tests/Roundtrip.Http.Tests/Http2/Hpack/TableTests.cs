using System.Text;
using Roundtrip.Http.Http2.Hpack;

namespace Roundtrip.Http.Tests.Http2.Hpack;

public class TableTests
{
    [Theory]
    [InlineData(1, ":authority", "")]
    [InlineData(2, ":method", "GET")]
    [InlineData(8, ":status", "200")]
    [InlineData(14, ":status", "500")]
    [InlineData(16, "accept-encoding", "gzip, deflate")]
    [InlineData(32, "cookie", "")]
    [InlineData(33, "date", "")]
    [InlineData(55, "set-cookie", "")]
    [InlineData(61, "www-authenticate", "")]
    public void The_static_table_is_that_of_appendix_A(int index, string name, string value) =>
        Assert.Equal([(name, value)], Sections.Decode(new HpackDecoder(), [(byte)(0x80 | index)]));

    [Fact]
    public void Every_static_field_is_found_by_its_name_and_value()
    {
        for (int index = 1; index <= StaticTable.Count; index++)
        {
            int name = StaticTable.Find(StaticTable.Name(index));
            Assert.True(name <= index && StaticTable.Name(name).SequenceEqual(StaticTable.Name(index)));
            Assert.Equal(index, StaticTable.Find(name, StaticTable.Value(index)));
        }

        Assert.Equal(0, StaticTable.Find("x-other"u8));
        Assert.Equal(0, StaticTable.Find(""u8));
        Assert.Equal(0, StaticTable.Find(2, "PUT"u8));
    }

    [Fact]
    public void Entries_may_be_equal()
    {
        var decoder = new HpackDecoder();

        Assert.Equal(
            [("a", "b"), ("a", "b"), ("a", "b"), ("a", "b")], Sections.Decode(decoder, Sections.Bytes("40 01 61 01 62 40 01 61 01 62 be bf")));
        Assert.Equal([("a", "b"), ("a", "b")], Sections.EntriesOf(decoder.Table));
    }

    [Fact]
    public void A_new_entry_may_take_its_name_from_one_that_it_evicts()
    {
        var decoder = new HpackDecoder(100);
        string name = new('n', 30);
        byte[] block = [0x40, 30, .. Encoding.ASCII.GetBytes(name), 1, (byte)'a', 0x7e, 30, .. Encoding.ASCII.GetBytes(new string('b', 30))];

        Assert.Equal([(name, "a"), (name, new string('b', 30))], Sections.Decode(decoder, block));
        Assert.Equal([(name, new string('b', 30))], Sections.EntriesOf(decoder.Table));
    }

    [Fact]
    public void A_table_holds_what_fits_with_32_bytes_for_each_entry_and_evicts_the_oldest()
    {
        var table = new DynamicTable<int>(3 * 34);
        for (int i = 0; i < 100; i++)
        {
            table.Insert("a"u8, [(byte)('0' + (i % 10))], i);
            Assert.Equal(Math.Min(i + 1, 3), table.Count);
            Assert.Equal(table.Count * 34, table.Size);
            Assert.Equal(i, table.At(0).Tag);
            Assert.Equal(Math.Max(i - 2, 0), table.At(table.Count - 1).Tag);
        }

        table.Resize(3 * 34 - 1);
        Assert.Equal(2, table.Count);
        table.Resize(0);
        Assert.Equal(0, table.Count);
        table.Insert(""u8, ""u8, 0);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void A_ring_that_is_full_and_wrapped_grows_without_losing_an_entry()
    {
        var table = new DynamicTable<int>(100_000);
        var random = new Random(3);
        var expected = new List<(string, string)>();
        table.Resize(400);
        for (int i = 0; i < 500; i++)
        {
            table.Resize(400 + (i * 20));
            string value = new((char)('a' + (i % 26)), random.Next(90));
            table.Insert("n"u8, Encoding.ASCII.GetBytes(value), i);
            expected.Insert(0, ("n", value));
            Assert.Equal(expected.Take(table.Count), Sections.EntriesOf(table));
        }

        Assert.True(table.Count > 100);
    }
}
