using System.Text;

namespace Roundtrip.Http.Tests.Messages;

public class ByteRangesTests
{
    [Fact]
    public void Whatever_is_asked_the_ranges_lie_within_the_representation()
    {
        string[] pieces = ["0", "1", "9", "10", "99999999999999999999", "-", "-", ",", ",", " ", "=", "x"];
        var random = new Random(11);
        Span<ByteRange> ranges = stackalloc ByteRange[ByteRanges.MaxRanges];
        int partial = 0;
        for (int i = 0; i < 100_000; i++)
        {
            string value = "bytes=" + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            long length = random.Next(3) * 10;
            RangeResult result = ByteRanges.Parse(Encoding.ASCII.GetBytes(value), length, ranges, out int count);
            Assert.Equal(result == RangeResult.Partial, count > 0);
            partial += count;
            foreach (ByteRange range in ranges[..count])
            {
                Assert.True(range.Offset >= 0 && range.Length > 0 && range.End <= length, value);
            }
        }

        Assert.True(partial > 1000);
    }

    [Theory]
    [InlineData("bytes=0-1,1-2", 1)]
    [InlineData("bytes=0-1,2-3", 1)]
    [InlineData("bytes=0-1,3-4", 2)]
    [InlineData("bytes=3-4,0-5", 1)]
    [InlineData("bytes=3-4,0-1", 2)]
    [InlineData("bytes=0-0,,,2-2,", 2)]
    public void Ranges_that_touch_the_one_before_are_joined_with_it(string value, int expected)
    {
        Assert.Equal(RangeResult.Partial, ByteRanges.Parse(Encoding.ASCII.GetBytes(value), 10, new ByteRange[ByteRanges.MaxRanges], out int count));
        Assert.Equal(expected, count);
    }
}
