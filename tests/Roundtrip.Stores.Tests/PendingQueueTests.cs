using Roundtrip.Live.Log;
using Roundtrip.Live.Stores;

namespace Roundtrip.Stores.Tests;

public class PendingQueueTests
{
    [Fact]
    public void What_may_wait_has_an_end()
    {
        var queue = new PendingQueue();
        int taken = 0;
        while (queue.TryAdd(Of(1024 * 1024)))
        {
            taken++;
        }

        Assert.Equal(63, taken);
        var batch = new List<Pending>();
        Assert.True(queue.Take(batch));
        Assert.InRange(batch.Count, 1, 5);
        Assert.True(queue.TryAdd(Of(1024 * 1024)));
    }

    [Fact]
    public void A_message_that_is_larger_than_all_that_may_wait_goes_alone()
    {
        var queue = new PendingQueue();
        Assert.True(queue.TryAdd(Of(65 * 1024 * 1024)));
        Assert.False(queue.TryAdd(Of(0)));
    }

    [Fact]
    public void Many_small_ones_have_an_end_too_and_come_in_order()
    {
        var queue = new PendingQueue();
        for (int i = 0; i < 100_000; i++)
        {
            Assert.True(queue.TryAdd(Of(0) with { Now = i }));
        }

        Assert.False(queue.TryAdd(Of(0)));
        var batch = new List<Pending>();
        var all = new List<long>();
        queue.Close();
        while (queue.Take(batch))
        {
            Assert.InRange(batch.Count, 1, 1000);
            all.AddRange(batch.Select(pending => pending.Now));
        }

        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => (long)i), all);
    }

    [Fact]
    public void What_is_closed_takes_no_more_and_failed_ones_are_told()
    {
        var queue = new PendingQueue();
        var receipt = new Receipt();
        Assert.True(queue.TryAdd(Of(0) with { Receipt = receipt }));
        queue.Close();
        Assert.False(queue.TryAdd(Of(0)));
        var batch = new List<Pending>();
        Assert.True(queue.Take(batch));
        PendingQueue.Fail(batch);

        Assert.Equal(1, receipt.Failures);
        Assert.False(queue.Take(batch));
    }

    private static Pending Of(int length) => new("h", HistoryLimit.Default, new LiveDraft { Topics = ["a"], Data = new byte[length] }, 0, null);

    private sealed class Receipt : ILiveReceipt
    {
        public int Failures { get; private set; }

        public void Stored(string id)
        {
        }

        public void Failed() => Failures++;
    }
}
