using System.Globalization;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Live.Log;
using Roundtrip.Live.Subscribing;
using Roundtrip.Live.Topics;
using Roundtrip.Server;
using Roundtrip.Site.LiveHub;
using Roundtrip.Transport;
using Roundtrip.Transport.InMemory;

namespace Roundtrip.Site.Tests.LiveHub;

/// <summary>How one loop tells its subscribers what was stored, on a loop that runs only when it is told to.</summary>
public sealed class LoopHubTests : IDisposable
{
    private readonly InMemoryLoop _loop = new();
    private readonly ErrorLog _errors = new(Stream.Null);
    private readonly Hub _hub;
    private readonly LoopHub _on;
    private readonly List<string> _journal = [];

    public LoopHubTests()
    {
        _hub = new Hub(new HubDefinition { IsThere = true }, _errors);
        _on = _hub.On(_loop);
    }

    [Fact]
    public void Messages_that_wait_reach_each_subscriber_behind_each_other()
    {
        Subscribe("first", "a");
        Subscribe("second", "a");
        Publish("a");
        Publish("a", "a2");
        Publish("a");
        _loop.RunUntilIdle();
        Assert.Equal(["first 0", "first 1", "first 2", "second 0", "second 1", "second 2"], _journal);
    }

    [Fact]
    public void One_that_still_lacks_an_earlier_message_is_not_given_a_later_one_together_with_another()
    {
        LoopSubscriber second = null!;
        Sink first = Subscribe("first", "a");
        first.Sent = message => _journal.Add(second.Subscriber.Interest.Covers(message) && _on.Gives(message, second) ? "together" : "alone");
        second = Subscribe("second", "b").Subscriber;
        Publish("a");
        Publish("b");
        Publish("a", "b");
        _loop.RunUntilIdle();
        Assert.Equal(["first 0", "alone", "first 2", "alone", "second 1", "second 2"], _journal);
    }

    [Fact]
    public void One_that_lacks_nothing_is_given_a_message_together_with_another_and_not_again()
    {
        LoopSubscriber second = null!;
        Sink first = Subscribe("first", "a");
        first.Sent = message => _journal.Add(second.Subscriber.Interest.Covers(message) && _on.Gives(message, second) ? "together" : "alone");
        second = Subscribe("second", "b").Subscriber;
        Publish("a");
        Publish("a", "b");
        Publish("b");
        _loop.RunUntilIdle();
        Assert.Equal(["first 0", "alone", "first 1", "together", "second 2"], _journal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Each_gets_what_it_wants_once_and_in_order_whoever_is_slow(int seed)
    {
        var random = new Random(seed);
        string[] topics = ["a", "b", "c", "d"];
        var wanted = new Dictionary<string, (Sink Sink, string[] Topics)>();
        for (int i = 0; i < 40; i++)
        {
            string[] some = [.. topics.Where(_ => random.Next(2) == 0)];
            some = some.Length == 0 ? ["a"] : some;
            wanted.Add($"s{i}", (Subscribe($"s{i}", some), some));
        }

        var published = new List<string[]>();
        for (int round = 0; round < 60; round++)
        {
            for (int count = random.Next(50); count > 0; count--)
            {
                string[] some = [.. topics.Where(_ => random.Next(3) == 0)];
                some = some.Length == 0 ? ["d"] : some;
                published.Add(some);
                Publish(some);
            }

            foreach ((Sink sink, _) in wanted.Values)
            {
                sink.HasRoom = random.Next(4) > 0;
            }

            _loop.RunUntilIdle();
            foreach ((Sink sink, _) in wanted.Values.Where(each => !each.Sink.HasRoom))
            {
                sink.HasRoom = true;
                _on.Pump(sink.Subscriber);
            }
        }

        _loop.RunUntilIdle();
        foreach ((string name, (_, string[] some)) in wanted)
        {
            IEnumerable<string> expected = published.Index().Where(each => each.Item.Intersect(some).Any()).Select(each => $"{name} {each.Index}");
            Assert.Equal(expected, _journal.Where(line => line.StartsWith(name + " ", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void A_publisher_is_answered_late_while_subscribers_lack_more_than_is_told_together()
    {
        Subscribe("slow", "a");
        int answered = 0;
        for (int i = 0; i < OfferQueue.Together + 10; i++)
        {
            new Outcome(_loop, () => answered++).Publish(_hub, Draft(i, "a"));
        }

        Assert.Equal(OfferQueue.Together, answered);
        _loop.RunUntilIdle();
        Assert.Equal(OfferQueue.Together + 10, answered);
        Assert.Equal(OfferQueue.Together + 10, _journal.Count);
    }

    [Fact]
    public void Who_is_answered_late_does_not_wait_for_what_is_stored_later()
    {
        WithoutEnd(Subscribe("slow", "a"));
        int told = 0;
        new Outcome(_loop, () => told = _journal.Count).Publish(_hub, Draft(40, "a"));
        Assert.Equal(0, told);
        _loop.RunUntilIdle();
        Assert.InRange(told, 41 - OfferQueue.Together, 300);
    }

    [Fact]
    public void Who_is_asked_to_come_again_is_not_kept_by_what_is_stored_later()
    {
        WithoutEnd(Subscribe("slow", "a"));
        lock (_hub.Lock)
        {
            _on.PostEnd();
        }

        _loop.RunUntilIdle();
        Assert.InRange(_journal.IndexOf($"slow {EndReason.ServerStopping}"), 40, 200);
        Assert.Single(_journal, $"slow {EndReason.ServerStopping}");
    }

    // Its thread may have ended.
    [Fact]
    public void Nobody_waits_for_a_loop_that_has_no_subscriber_or_has_none_any_more()
    {
        var other = new InMemoryLoop();
        LoopHub there = _hub.On(other);
        int answered = 0;
        for (int i = 0; i < 2 * OfferQueue.Together; i++)
        {
            new Outcome(_loop, () => answered++).Publish(_hub, Draft(i, "a"));
        }

        Assert.Equal(2 * OfferQueue.Together, answered);
        Sink sink = Subscribe(there, "leaving", "a");
        for (int i = 0; i < OfferQueue.Together + 1; i++)
        {
            new Outcome(_loop, () => answered++).Publish(_hub, Draft(i, "a"));
        }

        _loop.RunUntilIdle();
        Assert.Equal(3 * OfferQueue.Together, answered);
        there.Remove(sink.Subscriber);
        _loop.RunUntilIdle();
        Assert.Equal((3 * OfferQueue.Together) + 1, answered);
    }

    public void Dispose()
    {
        _hub.Dispose();
        _errors.Dispose();
    }

    private static LiveDraft Draft(int number, params string[] topics) =>
        new() { Topics = topics, Data = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)) };

    private void Publish(params string[] topics) => _hub.Publish(Draft((int)_hub.Log.Next, topics), 0, null);

    // Forty messages wait for it, and for each that it gets another one comes, a thousand in all: what another server stores is held back by nobody here.
    private void WithoutEnd(Sink sink)
    {
        for (int i = 0; i < 40; i++)
        {
            Publish("a");
        }

        sink.Sent = _ =>
        {
            if (_hub.Log.Next < 1000)
            {
                Publish("a");
            }
        };
    }

    private Sink Subscribe(string name, params string[] topics) => Subscribe(_on, name, topics);

    private Sink Subscribe(LoopHub on, string name, params string[] topics)
    {
        var sink = new Sink(name, _journal);
        TopicSelector[] selectors = [.. topics.Select(topic => TopicSelector.TryParse(topic, out TopicSelector? selector) ? selector : throw new ArgumentException(topic))];
        sink.Subscriber = on.Add(sink, new Interest(selectors, []), null, out _);
        on.Pump(sink.Subscriber);
        return sink;
    }

    private sealed class Outcome(EventLoop loop, Action told) : StoreOutcome(loop)
    {
        public new void Publish(Hub hub, LiveDraft draft) => base.Publish(hub, draft);

        protected override void OnOutcome(string? id) => told();
    }

    private sealed class Sink(string name, List<string> journal) : ILiveSink
    {
        public LoopSubscriber Subscriber { get; set; } = null!;

        public Action<LiveMessage> Sent { get; set; } = static _ => { };

        public bool HasRoom { get; set; } = true;

        public void Send(LiveMessage message)
        {
            journal.Add($"{name} {Encoding.ASCII.GetString(message.Data.Span)}");
            Sent(message);
        }

        public void Send(in LiveGap gap) => journal.Add($"{name} gap");

        public void Finish() => journal.Add($"{name} finish");

        public void End(EndReason reason) => journal.Add($"{name} {reason}");

        public void Beat()
        {
        }

        public void Expired()
        {
        }
    }
}
