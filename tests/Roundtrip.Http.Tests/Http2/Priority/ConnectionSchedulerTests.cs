using Roundtrip.Core;
using Roundtrip.Http.Http2.Frames;
using Roundtrip.Http.Http2.Priority;

namespace Roundtrip.Http.Tests.Http2.Priority;

/// <summary>Which of the two serves a connection.</summary>
public class ConnectionSchedulerTests : SchedulerContractTests
{
    private static readonly PriorityFields Fields = new(0, IsExclusive: true, 256);

    private readonly ConnectionScheduler _scheduler = new(100);

    protected override IStreamScheduler Make() => new ConnectionScheduler(100);

    [Fact]
    public void A_client_that_says_nothing_is_served_by_urgency()
    {
        _scheduler.Open(1, null, null);

        Assert.False(_scheduler.IsTree);
    }

    [Fact]
    public void A_client_that_sends_RFC_7540_signals_alone_is_served_by_the_tree()
    {
        ScheduledStream first = OpenReady(1);
        ScheduledStream third = OpenReady(3);
        Assert.Same(first, _scheduler.Next());

        _scheduler.Reprioritize(1, new PriorityFields(3, IsExclusive: false, 16));

        Assert.True(_scheduler.IsTree);
        Assert.Same(third, _scheduler.Next());
    }

    [Fact]
    public void A_client_that_sends_both_in_HEADERS_is_served_by_urgency()
    {
        _scheduler.Reprioritize(1, Fields);
        ScheduledStream first = OpenReady(1, new StreamPriority(3, IsIncremental: true));
        Assert.False(_scheduler.IsTree);
        _scheduler.Reprioritize(3, Fields);
        OpenReady(3, new StreamPriority(4, IsIncremental: true));

        Assert.False(_scheduler.IsTree);
        Assert.Same(first, _scheduler.Next());
    }

    [Fact]
    public void A_late_RFC_9218_signal_takes_the_open_streams_along()
    {
        _scheduler.Reprioritize(1, Fields);
        ScheduledStream first = OpenReady(1);
        ScheduledStream third = OpenReady(3);
        Assert.True(_scheduler.IsTree);

        Assert.Equal(default, _scheduler.Update(3, new StreamPriority(0, IsIncremental: false)));

        Assert.False(_scheduler.IsTree);
        Assert.Same(third, _scheduler.Next());
        _scheduler.Close(third);
        Assert.Same(first, _scheduler.Next());
        _scheduler.Reprioritize(1, Fields);
        Assert.False(_scheduler.IsTree);
    }

    [Fact]
    public void NO_RFC7540_PRIORITIES_makes_PRIORITY_mean_nothing()
    {
        _scheduler.IgnoreRfc7540();

        Assert.Equal(default, _scheduler.Reprioritize(1, Fields));
        Assert.Equal(default, _scheduler.Reprioritize(1, new PriorityFields(1, IsExclusive: false, 16)));
        Assert.False(_scheduler.IsTree);
    }

    [Fact]
    public void Without_it_a_stream_cannot_depend_on_itself_whoever_schedules()
    {
        _scheduler.Open(1, StreamPriority.Default, null);

        Assert.Equal(EndReason.StreamDependsOnItself, _scheduler.Reprioritize(1, new PriorityFields(1, IsExclusive: false, 16)).Reason);
    }

    [Fact]
    public void What_a_response_says_outlives_the_move()
    {
        _scheduler.Reprioritize(1, Fields);
        ScheduledStream stream = OpenReady(1);
        _scheduler.Override(stream, new PriorityParameters(6, null));

        ScheduledStream late = OpenReady(3, StreamPriority.Default);

        Assert.Same(late, _scheduler.Next());
    }

    private ScheduledStream OpenReady(int streamId, StreamPriority? priority = null)
    {
        ScheduledStream stream = _scheduler.Open(streamId, priority, null);
        _scheduler.SetReady(stream, ready: true);
        return stream;
    }
}
