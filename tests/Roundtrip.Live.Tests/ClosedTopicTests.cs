using Roundtrip.Live.Log;

namespace Roundtrip.Live.Tests;

public class ClosedTopicTests
{
    [Fact]
    public void The_topics_that_were_closed_last_are_remembered_and_no_more()
    {
        var closed = new ClosedTopics(3);
        foreach (char topic in "abcad")
        {
            closed.Add($"{topic}");
        }

        Assert.Equal("acd", string.Concat("abcd".Where(topic => closed.Contains($"{topic}"))));
        closed.Remove("c");
        closed.Add("e");
        Assert.Equal("ade", string.Concat("abcde".Where(topic => closed.Contains($"{topic}"))));
    }

    [Fact]
    public void One_topic_that_is_closed_and_opened_again_and_again_takes_no_more_memory()
    {
        var closed = new ClosedTopics(100);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100_000; i++)
        {
            closed.Add("a");
            closed.Remove("a");
        }

        closed.Add("b");
        Assert.Equal((1, true), (closed.Count, closed.Contains("b")));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 * 1024);
    }
}
