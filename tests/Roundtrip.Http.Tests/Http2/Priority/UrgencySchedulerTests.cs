using CsCheck;
using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Priority;

namespace Roundtrip.Http.Tests.Http2.Priority;

/// <summary>RFC 9218 sections 7, 8 and 10.</summary>
public class UrgencySchedulerTests : SchedulerContractTests
{
    private readonly UrgencyScheduler _scheduler = new(100);

    protected override IStreamScheduler Make() => new UrgencyScheduler(100);

    [Fact]
    public void An_urgent_late_stream_goes_next()
    {
        OpenReady(1, 3);
        OpenReady(3, 7);
        Assert.Equal("1 1", Send(2));

        OpenReady(5, 0);

        Assert.Equal("5 5", Send(2));
    }

    [Fact]
    public void Streams_that_are_not_incremental_go_in_the_order_of_their_requests()
    {
        ScheduledStream first = OpenReady(1, 3);
        OpenReady(3, 3);
        OpenReady(5, 3);
        Assert.Equal("1 1 1", Send(3));

        _scheduler.SetReady(first, ready: false);
        Assert.Equal("3 3", Send(2));

        _scheduler.SetReady(first, ready: true);
        Assert.Equal("1", Send(1));
    }

    [Fact]
    public void Incremental_streams_go_in_turn()
    {
        OpenReady(1, 3, isIncremental: true);
        ScheduledStream second = OpenReady(3, 3, isIncremental: true);
        OpenReady(5, 3, isIncremental: true);
        Assert.Equal("1 3 5 1", Send(4));

        _scheduler.Close(second);

        Assert.Equal("5 1 5", Send(3));
    }

    [Fact]
    public void The_two_kinds_of_one_urgency_have_half_each()
    {
        OpenReady(1, 3);
        OpenReady(3, 3, isIncremental: true);
        OpenReady(5, 3, isIncremental: true);
        OpenReady(7, 3);

        Assert.Equal("1 3 1 5 1 3 1 5", Send(8));
    }

    [Fact]
    public void Nobody_starves_among_the_incremental_streams_of_one_urgency() =>
        Gen.Select(Gen.Bool.Array[1, 20], Gen.Int[1, 16_384].Array[200]).Sample((kinds, sizes) =>
        {
            var scheduler = new UrgencyScheduler(100);
            for (int i = 0; i < kinds.Length; i++)
            {
                scheduler.SetReady(scheduler.Open((2 * i) + 1, new StreamPriority(3, kinds[i]), null), ready: true);
            }

            var turns = new Dictionary<int, int>();
            foreach (int size in sizes)
            {
                ScheduledStream stream = scheduler.Next()!;
                scheduler.Sent(stream, size);
                turns[stream.StreamId] = turns.GetValueOrDefault(stream.StreamId) + 1;
            }

            int[] incremental = [.. Enumerable.Range(0, kinds.Length).Where(i => kinds[i]).Select(i => turns.GetValueOrDefault((2 * i) + 1))];
            Assert.True(incremental.Length == 0 || incremental.Max() - incremental.Min() <= 1);

            // Of the others one alone has its turn.
            Assert.True(Enumerable.Range(0, kinds.Length).Count(i => !kinds[i] && turns.ContainsKey((2 * i) + 1)) <= 1);
        }, iter: 500);

    [Fact]
    public void The_next_is_what_a_slow_model_says() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 9], Gen.Int[0, 7], Gen.Bool).Array[1, 200].Sample(operations =>
        {
            var scheduler = new UrgencyScheduler(100);
            var ready = new List<ScheduledStream>();
            ScheduledStream[] streams = [.. Enumerable.Range(0, 10).Select(i => scheduler.Open((2 * i) + 1, null, null))];
            foreach ((int kind, int number, int urgency, bool flag) in operations)
            {
                ScheduledStream stream = streams[number];
                StreamPriority before = stream.Priority;
                switch (kind)
                {
                    case 0 or 1:
                        scheduler.SetReady(stream, flag);
                        break;
                    case 2:
                        scheduler.Update(stream.StreamId, new StreamPriority(urgency, flag));
                        break;
                    case 3:
                        scheduler.Override(stream, new PriorityParameters(flag ? urgency : null, flag ? null : urgency > 3));
                        break;
                    default:
                        if (scheduler.Next() is { } next)
                        {
                            scheduler.Sent(next, 100);
                            ready.Remove(next);
                            ready.Add(next);
                        }

                        break;
                }

                // Who becomes ready, or has another priority than before, goes behind all others.
                ready.RemoveAll(each => !each.IsReady || (each == stream && each.Priority != before));
                ready.AddRange(streams.Where(each => each.IsReady && !ready.Contains(each)));
                ScheduledStream? now = scheduler.Next();
                Assert.True(now is null ? ready.Count == 0 : Lawful(ready).Contains(now));
            }
        }, iter: 2000);

    [Fact]
    public void PRIORITY_UPDATE_of_an_idle_stream_waits_for_it_and_goes_before_its_field()
    {
        Assert.Equal(default, _scheduler.Update(5, new StreamPriority(1, IsIncremental: true)));

        ScheduledStream third = _scheduler.Open(3, null, null);
        ScheduledStream fifth = _scheduler.Open(5, new StreamPriority(6, IsIncremental: false), null);

        Assert.Equal(StreamPriority.Default, third.Priority);
        Assert.Equal(new StreamPriority(1, IsIncremental: true), fifth.Priority);
    }

    [Fact]
    public void PRIORITY_UPDATE_of_an_open_stream_holds_at_once_and_of_a_closed_one_never()
    {
        ScheduledStream first = OpenReady(1, 3);
        ScheduledStream third = OpenReady(3, 3);

        _scheduler.Update(3, new StreamPriority(2, IsIncremental: false));
        Assert.Equal("3", Send(1));

        _scheduler.Close(third);
        Assert.Equal(default, _scheduler.Update(3, new StreamPriority(0, IsIncremental: false)));
        Assert.Same(first, _scheduler.Next());
    }

    [Fact]
    public void Idle_streams_with_a_priority_and_open_ones_are_no_more_than_may_be_open()
    {
        var scheduler = new UrgencyScheduler(3);
        scheduler.Open(1, null, null);
        Assert.Equal(default, scheduler.Update(3, StreamPriority.Default));
        Assert.Equal(default, scheduler.Update(9, StreamPriority.Default));
        Assert.Equal(default, scheduler.Update(9, new StreamPriority(0, IsIncremental: false)));

        Assert.Equal(ProtocolError.FromPeer(EndReason.TooManyPriorityUpdates, (int)ErrorCode.ProtocolError), scheduler.Update(5, StreamPriority.Default));

        // 5 opens, so that 3 never will: what was said of it is forgotten.
        scheduler.Close(scheduler.Open(5, null, null));
        Assert.Equal(default, scheduler.Update(7, StreamPriority.Default));
        Assert.True(scheduler.Update(11, StreamPriority.Default).IsError);
    }

    [Fact]
    public void PRIORITY_UPDATE_of_an_idle_push_is_PROTOCOL_ERROR()
    {
        Assert.Equal(ProtocolError.FromPeer(EndReason.PriorityUpdateOfIdlePush, (int)ErrorCode.ProtocolError), _scheduler.Update(2, StreamPriority.Default));
        _scheduler.Open(2, null, null);
        Assert.Equal(default, _scheduler.Update(2, StreamPriority.Default));
    }

    [Fact]
    public void What_the_response_says_goes_before_what_the_client_says()
    {
        ScheduledStream stream = _scheduler.Open(1, new StreamPriority(5, IsIncremental: true), null);
        _scheduler.Override(stream, new PriorityParameters(1, null));
        Assert.Equal(new StreamPriority(1, IsIncremental: true), stream.Priority);

        _scheduler.Update(1, new StreamPriority(6, IsIncremental: false));
        Assert.Equal(new StreamPriority(1, IsIncremental: false), stream.Priority);

        _scheduler.Close(stream);
        Assert.Equal(StreamPriority.Default, _scheduler.Open(3, null, null).Priority);
    }

    // Of the most urgent: the first of those that are not incremental, and of the others the one whose last turn is longest ago.
    private static IEnumerable<ScheduledStream> Lawful(List<ScheduledStream> ready)
    {
        int urgency = ready.Min(stream => stream.Priority.Urgency);
        ScheduledStream[] level = [.. ready.Where(stream => stream.Priority.Urgency == urgency)];
        return level.Where(stream => !stream.Priority.IsIncremental).OrderBy(stream => stream.StreamId).Take(1)
            .Concat(level.Where(stream => stream.Priority.IsIncremental).Take(1));
    }

    private ScheduledStream OpenReady(int streamId, int urgency, bool isIncremental = false)
    {
        ScheduledStream stream = _scheduler.Open(streamId, new StreamPriority(urgency, isIncremental), null);
        _scheduler.SetReady(stream, ready: true);
        return stream;
    }

    // Frames of one size; the identifiers of the streams that they were of.
    private string Send(int frames)
    {
        var sent = new List<int>();
        for (int i = 0; i < frames; i++)
        {
            ScheduledStream stream = _scheduler.Next()!;
            _scheduler.Sent(stream, 1000);
            sent.Add(stream.StreamId);
        }

        return string.Join(' ', sent);
    }
}
