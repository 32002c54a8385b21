using CsCheck;
using Roundtrip.Live.Log;
using Roundtrip.Live.Subscribing;

namespace Roundtrip.Live.Tests;

public class SubscriberTests
{
    [Fact]
    public void A_subscriber_gets_what_it_asked_for_in_order()
    {
        LiveLog log = Drafts.Log();
        Subscriber subscriber = log.Subscriber(Drafts.In("a", "/c/{id}"));
        foreach (string topic in (string[])["a", "b", "/c/1", "a", "/d/1"])
        {
            Add(log, Drafts.Of(topic), subscriber);
        }

        Assert.Equal(["#e1/0", "#e1/2", "#e1/3"], subscriber.Take());
        Assert.True(subscriber.IsCaughtUp);
        Assert.Empty(subscriber.Take());
    }

    [Fact]
    public void A_message_is_given_to_who_is_in_step_without_an_allocation()
    {
        LiveLog log = Drafts.Log();
        Subscriber subscriber = log.Subscriber(new Interest(Drafts.Selectors("b", "a"), Drafts.Selectors("a")));
        Assert.Empty(subscriber.Take());
        LiveMessage[] messages = [.. Enumerable.Range(0, 100).Select(_ => log.Append(Drafts.Of("a", isPrivate: true), 0, out bool _))];
        int given = 0;

        // The least of several: a collection that another test causes takes the thread's allocation context away, and what was left of it counts.
        long least = long.MaxValue;
        foreach (LiveMessage[] some in messages.Chunk(20))
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (LiveMessage message in some)
            {
                given += subscriber.Interest.Covers(message) && subscriber.Offer(message, hasRoom: true) ? 1 : 0;
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal((100, 0), (given, least));
    }

    [Fact]
    public void Who_is_in_step_may_be_told_how_far_it_is_and_never_back()
    {
        LiveLog log = Drafts.Log(count: 2);
        LiveMessage before = log.Append(Drafts.Of("b"), 0, out _);
        Subscriber subscriber = log.Subscriber(Drafts.In("a"));
        LiveMessage other = log.Append(Drafts.Of("b"), 0, out _);
        Assert.False(subscriber.PassTo(other));
        Assert.Empty(subscriber.Take());
        other = log.Append(Drafts.Of("b"), 0, out _);
        Assert.False(subscriber.PassTo(before));
        Assert.True(subscriber.PassTo(other));
        Assert.False(subscriber.PassTo(other));

        // What it wants comes all the same, without a gap for what it has passed.
        LiveMessage wanted = Add(log, Drafts.Of("a"), subscriber);
        Assert.False(subscriber.PassTo(wanted));
        Assert.Equal([wanted.Id], subscriber.Take());
    }

    [Fact]
    public void A_private_message_is_only_for_whom_a_token_allows_its_topic()
    {
        LiveLog log = Drafts.Log();
        var allowed = new Interest(Drafts.Selectors("a", "b"), Drafts.Selectors("b"));
        Subscriber one = log.Subscriber(allowed);
        Subscriber other = log.Subscriber(Drafts.In("*"));
        log.Append(Drafts.Of("a", isPrivate: true), 0, out _);
        log.Append(Drafts.Of("b", isPrivate: true), 0, out _);
        log.Append(Drafts.Of("a"), 0, out _);

        Assert.Equal(["#e1/1", "#e1/2"], one.Take());
        Assert.Equal(["#e1/2"], other.Take());
    }

    [Fact]
    public void Who_is_too_slow_misses_the_oldest_and_is_told_how_many()
    {
        LiveLog log = Drafts.Log();
        Subscriber subscriber = log.Subscriber(Drafts.In("a"), limit: 2);
        for (int i = 0; i < 5; i++)
        {
            Add(log, Drafts.Of("a"), subscriber);
        }

        Assert.Equal(["gap earliest #e1/3 3 TooSlow", "#e1/3", "#e1/4"], subscriber.Take());
        Assert.Equal(3, subscriber.Dropped);
    }

    [Fact]
    public void Who_coalesces_gets_the_last_of_each_key()
    {
        LiveLog log = Drafts.Log();
        Subscriber subscriber = log.Subscriber(Drafts.In("a"), limit: 3, policy: QueuePolicy.Coalesce);
        for (int i = 0; i < 6; i++)
        {
            Add(log, Drafts.Of("a", key: i % 2 == 0 ? "even" : "odd"), subscriber);
        }

        Add(log, Drafts.Of("a"), subscriber);
        Assert.Equal(["#e1/4", "#e1/5", "#e1/6"], subscriber.Take());
        Assert.Equal((0, 4), (subscriber.Dropped, subscriber.Coalesced));
    }

    [Fact]
    public void What_is_too_much_although_it_is_coalesced_is_dropped()
    {
        LiveLog log = Drafts.Log();
        Subscriber subscriber = log.Subscriber(Drafts.In("a"), limit: 2, policy: QueuePolicy.Coalesce);
        for (int i = 0; i < 4; i++)
        {
            Add(log, Drafts.Of("a", key: $"{i}"), subscriber);
        }

        Assert.Equal(["gap earliest #e1/2 2 TooSlow", "#e1/2", "#e1/3"], subscriber.Take());
    }

    [Fact]
    public void Who_is_to_be_closed_when_it_is_slow_gets_no_more()
    {
        LiveLog log = Drafts.Log();
        Subscriber subscriber = log.Subscriber(Drafts.In("a"), limit: 2, policy: QueuePolicy.Close);
        for (int i = 0; i < 3; i++)
        {
            Add(log, Drafts.Of("a"), subscriber);
        }

        Assert.Equal(["close"], subscriber.Take());
    }

    [Fact]
    public void A_history_that_ends_behind_a_subscriber_leaves_a_gap_within_its_messages()
    {
        LiveLog log = Drafts.Log(count: 2);
        Subscriber subscriber = log.Subscriber(Drafts.In("a"), limit: 100);
        Add(log, Drafts.Of("a"), subscriber);
        Assert.Equal(["#e1/0"], subscriber.Take());
        for (int i = 0; i < 5; i++)
        {
            Add(log, Drafts.Of("a"), subscriber);
        }

        Assert.Equal(["gap #e1/0 #e1/4 3 Expired", "#e1/4", "#e1/5"], subscriber.Take());
    }

    // Whatever happens: each id at most once, in order, and nothing that is wanted is left out without a gap in its place.
    [Fact]
    public void Each_message_comes_once_and_in_order_or_is_told_to_be_missing() => Gen.Select(
        Gen.Int[0, 8].Array[0, 120], Gen.Int[0, 20], Gen.Int[1, 5], Gen.OneOfConst(QueuePolicy.DropOldest, QueuePolicy.Coalesce, QueuePolicy.Close)).Sample(
        (steps, history, limit, policy) =>
        {
            var log = new LiveLog("e", new HistoryLimit(history, long.MaxValue, long.MaxValue));
            Interest interest = Drafts.In("a", "b");
            Subscriber subscriber = log.Subscriber(interest, limit: limit, policy: policy);
            var stored = new List<LiveMessage>();
            var got = new List<object>();
            string? last = null;
            long began = 0;
            foreach (int step in steps)
            {
                switch (step)
                {
                    case 0 or 1 or 2 or 3 or 6 or 7:
                        string topic = step switch { 0 or 6 => "a", 1 => "b", 2 or 7 => "other", _ => "a" };
                        LiveMessage message = log.Append(Drafts.Of(topic, key: step == 3 ? "k" : "", id: stored.Count % 3 == 0 ? $"id{stored.Count}" : null), 0, out _);
                        stored.Add(message);

                        // Its loop may have read the log already; who is in step need not be told of what it does not want.
                        if (step == 6)
                        {
                            Read(subscriber, 1, got, ref last);
                        }

                        if ((step < 6 || !subscriber.IsInStep || interest.Covers(message)) && subscriber.Offer(message, hasRoom: step >= 6))
                        {
                            got.Add(message);
                            last = message.Id;
                        }

                        break;

                    case 4 or 5:
                        Read(subscriber, step == 4 ? 1 : int.MaxValue, got, ref last);
                        break;

                    default:
                        // Another carrier, another connection, the same log; what was not read is read again.
                        subscriber = log.Subscriber(interest, last, limit, policy);
                        began = last is null ? log.Next : began;
                        break;
                }
            }

            Read(subscriber, int.MaxValue, got, ref last);
            return IsWhole(stored, got, interest, policy, began);
        }, iter: 20_000);

    private static void Read(Subscriber subscriber, int count, List<object> got, ref string? last)
    {
        while (count-- > 0)
        {
            SubscriberStep step = subscriber.Next(out LiveMessage? message, out LiveGap gap);
            if (step == SubscriberStep.Message)
            {
                got.Add(message!);
                last = message!.Id;
            }
            else if (step == SubscriberStep.Gap)
            {
                got.Add(gap);
            }
            else
            {
                if (step == SubscriberStep.Close)
                {
                    got.Add(step);
                }

                return;
            }
        }
    }

    private static bool IsWhole(List<LiveMessage> stored, List<object> got, Interest interest, QueuePolicy policy, long began)
    {
        long next = began;
        bool isMissing = false;
        foreach (object item in got)
        {
            if (item is not LiveMessage message)
            {
                isMissing = true;
                continue;
            }

            bool isSkipped = stored.Skip((int)next).Take((int)(message.Offset - next)).Any(skipped => interest.Covers(skipped) && !(policy == QueuePolicy.Coalesce && skipped.Key.Length > 0));
            if (message.Offset < next || (isSkipped && !isMissing))
            {
                return false;
            }

            next = message.Offset + 1;
            isMissing = false;
        }

        return isMissing || !stored.Skip((int)next).Any(left => interest.Covers(left) && !(policy == QueuePolicy.Coalesce && left.Key.Length > 0));
    }

    private static LiveMessage Add(LiveLog log, LiveDraft draft, Subscriber subscriber)
    {
        LiveMessage message = log.Append(draft, 0, out _);
        subscriber.Offer(message, hasRoom: false);
        return message;
    }
}
