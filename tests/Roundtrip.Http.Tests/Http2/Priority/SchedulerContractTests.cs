using CsCheck;
using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Priority;

namespace Roundtrip.Http.Tests.Http2.Priority;

/// <summary>What holds for every scheduler, whatever it makes of priorities.</summary>
public abstract class SchedulerContractTests
{
    // An operation, a stream's number, another's, and what else it takes.
    private static readonly Gen<(int Kind, int Stream, int Other, int Value, bool Flag)[]> Operations =
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 40], Gen.Int[0, 40], Gen.Int[1, 256], Gen.Bool).Array[1, 200];

    protected abstract IStreamScheduler Make();

    [Fact]
    public void Whatever_happens_the_next_is_a_ready_stream_and_there_is_one_while_any_is_ready() => Operations.Sample(operations =>
    {
        IStreamScheduler scheduler = Make();
        var open = new Dictionary<int, ScheduledStream>();
        int last = -1;
        foreach ((int kind, int number, int other, int value, bool flag) in operations)
        {
            int streamId = (2 * number) + 1;
            open.TryGetValue(streamId, out ScheduledStream? stream);
            switch (kind)
            {
                case 0 or 1 when streamId > last:
                    last = streamId;
                    stream = scheduler.Open(streamId, flag ? new StreamPriority(value % 8, value % 3 == 0) : null, this);
                    Assert.Equal((streamId, false, this), (stream.StreamId, stream.IsReady, stream.Owner));
                    open.Add(streamId, stream);
                    break;
                case 2 when stream is not null:
                    scheduler.Close(stream);
                    open.Remove(streamId);
                    break;
                case 3 or 4 when stream is not null:
                    scheduler.SetReady(stream, flag || kind == 3);
                    break;
                case 5:
                    ProtocolError error = scheduler.Reprioritize(streamId, new PriorityFields(other == 0 ? 0 : (2 * other) + 1, flag, value));
                    Assert.True(!error.IsError || (other == number && error.Scope == ErrorScope.Exchange));
                    break;
                case 6:
                    Assert.False(scheduler.Update(streamId, new StreamPriority(value % 8, flag)).IsError);
                    break;
                case 7 when stream is not null:
                    scheduler.Override(stream, new PriorityParameters(value % 8, flag));
                    break;
            }

            ScheduledStream? next = scheduler.Next();
            Assert.Equal(open.Values.Any(each => each.IsReady), next is not null);
            if (next is not null)
            {
                Assert.Same(open[next.StreamId], next);
                Assert.True(next.IsReady);
                Assert.Same(next, scheduler.Next());
                scheduler.Sent(next, value);
            }
        }
    }, iter: 2000);

    [Fact]
    public void What_every_stream_has_is_sent_in_the_end() => Gen.Int[0, 20].Array[1, 30].Sample(frames =>
    {
        IStreamScheduler scheduler = Make();
        int[] left = [.. frames];
        for (int i = 0; i < frames.Length; i++)
        {
            scheduler.SetReady(scheduler.Open((2 * i) + 1, null, null), frames[i] > 0);
        }

        for (int sent = 0; sent < frames.Sum(); sent++)
        {
            ScheduledStream stream = scheduler.Next()!;
            scheduler.Sent(stream, 1000);
            if (--left[stream.StreamId / 2] == 0)
            {
                scheduler.SetReady(stream, ready: false);
            }
        }

        Assert.Null(scheduler.Next());
        Assert.All(left, each => Assert.Equal(0, each));
    }, iter: 300);

    [Fact]
    public void Nothing_is_allocated_once_as_many_streams_were_open_as_ever_will_be()
    {
        IStreamScheduler scheduler = Make();
        int streamId = 1;
        var open = new Queue<ScheduledStream>(200);
        Work(2000);
        Work(2000);

        Assert.Equal(0, Allocated.Least(5, () => Work(2000)));

        void Work(int steps)
        {
            for (int i = 0; i < steps; i++, streamId += 2)
            {
                ScheduledStream stream = scheduler.Open(streamId, null, this);
                open.Enqueue(stream);
                scheduler.Reprioritize(streamId, new PriorityFields(streamId % 7 == 0 ? streamId - 6 : streamId + 90, streamId % 3 == 0, (streamId % 256) + 1));
                scheduler.SetReady(stream, ready: true);
                ScheduledStream next = scheduler.Next()!;
                scheduler.Sent(next, 1000);
                if (open.Count > 100)
                {
                    scheduler.Close(open.Dequeue());
                }
            }
        }
    }
}
