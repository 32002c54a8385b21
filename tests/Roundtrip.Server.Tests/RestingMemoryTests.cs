namespace Roundtrip.Server.Tests;

public class RestingMemoryTests
{
    [Theory]
    [InlineData(0, 3, false)]
    [InlineData(0, 4, true)]
    [InlineData(79, 100, true)]
    [InlineData(80, 100, false)]
    [InlineData(4000, 10_000, false)]
    public void Memory_is_given_back_when_nothing_is_done_and_there_is_enough(int milliseconds, int mebibytes, bool isDue) =>
        Assert.Equal(isDue, RestingMemory.IsDue(TimeSpan.FromMilliseconds(milliseconds), mebibytes * 1024L * 1024));
}
