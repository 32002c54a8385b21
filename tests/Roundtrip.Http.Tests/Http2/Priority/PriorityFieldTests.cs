using System.Text;
using Roundtrip.Http.Http2.Priority;

namespace Roundtrip.Http.Tests.Http2.Priority;

public class PriorityFieldTests
{
    [Theory]
    [InlineData("u=0", 0, null)]
    [InlineData("u=7, i", 7, true)]
    [InlineData("i", null, true)]
    [InlineData("i=?0", null, false)]
    [InlineData("u=1;x=2, i;y", 1, true)]
    [InlineData("x=(1 2), u=5, y", 5, null)]
    [InlineData("u=1, u=2", 2, null)]
    [InlineData("", null, null)]
    public void A_value_says_what_its_u_and_i_say(string value, int? urgency, bool? isIncremental)
    {
        Assert.Equal(new PriorityParameters(urgency, isIncremental), Parse(value));
    }

    [Theory]
    [InlineData("u=8")]
    [InlineData("u=-1")]
    [InlineData("u=1.0")]
    [InlineData("u=\"1\"")]
    [InlineData("u=(1)")]
    [InlineData("u")]
    [InlineData("i=1")]
    [InlineData("i=(?1)")]
    [InlineData("u=1, u=9")]
    [InlineData("u=1,")]
    [InlineData("U=1")]
    [InlineData("u=1 i")]
    public void What_is_malformed_of_another_type_or_out_of_range_says_nothing(string value)
    {
        Assert.Equal(default, Parse(value));
    }

    [Fact]
    public void A_bad_parameter_leaves_the_other()
    {
        Assert.Equal(new PriorityParameters(null, true), Parse("u=9, i"));
        Assert.Equal(new PriorityParameters(2, null), Parse("u=2, i=maybe"));
    }

    [Fact]
    public void What_is_not_said_is_3_and_not_incremental_in_a_request_and_the_clients_in_a_response()
    {
        Assert.Equal(new StreamPriority(3, IsIncremental: false), Parse("x").Over(StreamPriority.Default));
        Assert.Equal(new StreamPriority(1, IsIncremental: true), Parse("u=1").Over(new StreamPriority(5, IsIncremental: true)));
        Assert.Equal(new StreamPriority(5, IsIncremental: false), Parse("i=?0").Over(new StreamPriority(5, IsIncremental: true)));
    }

    [Fact]
    public void What_is_written_is_read()
    {
        Span<byte> room = stackalloc byte[PriorityField.LargestSize];
        for (int urgency = 0; urgency < StreamPriority.Levels; urgency++)
        {
            foreach (bool isIncremental in (bool[])[false, true])
            {
                var priority = new StreamPriority(urgency, isIncremental);
                int length = PriorityField.Write(priority, room);
                Assert.Equal(priority, PriorityField.Parse(room[..length]).Over(StreamPriority.Default));
                Assert.Equal(isIncremental ? $"u={urgency}, i" : $"u={urgency}", Encoding.ASCII.GetString(room[..length]));
            }
        }
    }

    private static PriorityParameters Parse(string value) => PriorityField.Parse(Encoding.ASCII.GetBytes(value));
}
