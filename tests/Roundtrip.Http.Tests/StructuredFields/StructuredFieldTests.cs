using System.Text;
using Roundtrip.Http.StructuredFields;

namespace Roundtrip.Http.Tests.StructuredFields;

/// <summary>What the vectors do not say.</summary>
public class StructuredFieldTests
{
    [Fact]
    public void Walking_a_dictionary_and_its_parameters_allocates_nothing()
    {
        byte[] field = Encoding.ASCII.GetBytes("u=1, i, a=(1 \"two\";x 3.5);y=%\"f%c3%bc\", b=:aGVsbG8=:");
        Assert.Equal(Sum(field), Sum(field));

        long allocated = Allocated.Least(10, () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Sum(field);
            }
        });

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void A_key_that_comes_twice_has_its_last_value()
    {
        Assert.True(StructuredField.TryParseDictionary("a=1;p;p=2, b=2, a=3"u8, out Members dictionary));
        Assert.True(dictionary.TryGet("a"u8, out Member a));
        Assert.Equal(3, a.Item.Value.Number);
        Assert.False(dictionary.TryGet("c"u8, out _));
        Assert.True(StructuredField.TryParseItem("1;p;p=2"u8, out Item item));
        Assert.True(item.Parameters.TryGet("p"u8, out BareItem p));
        Assert.Equal(2, p.Number);
    }

    [Fact]
    public void A_fault_at_the_end_makes_the_whole_field_absent()
    {
        Assert.False(StructuredField.TryParseDictionary("a=1, b=2,"u8, out Members dictionary));
        Assert.True(dictionary.IsEmpty);
        Assert.False(StructuredField.TryParseItem("1 2"u8, out Item item));
        Assert.Equal(ItemKind.None, item.Value.Kind);
    }

    [Fact]
    public void A_text_is_decoded_into_room_for_its_raw_form()
    {
        Assert.True(StructuredField.TryParseItem("\"a\\\"b\""u8, out Item text));
        byte[] room = new byte[text.Value.Raw.Length];

        Assert.Equal("a\"b", Encoding.ASCII.GetString(room.AsSpan(0, text.Value.Decode(room))));
    }

    private static long Sum(byte[] field)
    {
        Span<byte> room = stackalloc byte[64];
        long sum = 0;
        Assert.True(StructuredField.TryParseDictionary(field, out Members dictionary));
        foreach (Member member in dictionary)
        {
            sum += member.Item.Value.Number + member.Item.Value.Decode(room);
            foreach (Item item in member.InnerList)
            {
                sum += item.Value.Number + item.Value.Decode(room);
            }

            foreach (Parameter parameter in member.InnerList.Parameters)
            {
                sum += parameter.Key.Length + parameter.Value.Decode(room);
            }
        }

        return sum;
    }
}
