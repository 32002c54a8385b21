using Roundtrip.Transport.InMemory;

namespace Roundtrip.Transport.Tests;

public class EndOfBatchTests
{
    [Fact]
    public void Work_for_the_end_of_a_batch_runs_once_behind_what_was_posted_and_before_the_end()
    {
        var done = new List<string>();
        var loop = new InMemoryLoop();
        var last = new Work(() => done.Add("last"));
        var atEnd = new Work(() =>
        {
            done.Add("at the end");
            loop.RunAtEndOfBatch(last);
        });
        loop.EndOfBatch = () => done.Add("end");
        loop.Post(new Work(() => loop.RunAtEndOfBatch(atEnd)));
        loop.Post(new Work(() => done.Add("posted")));
        loop.RunUntilIdle();

        // The second batch finds nothing to do.
        Assert.Equal(["posted", "at the end", "last", "end", "end"], done);
    }

    private sealed class Work(Action run) : ILoopWork
    {
        public void Run() => run();
    }
}
