using System.Text;
using Roundtrip.Live.Log;
using Roundtrip.Live.Subscribing;
using Roundtrip.Live.Topics;

namespace Roundtrip.Live.Tests;

/// <summary>Short ways to say what the tests are about.</summary>
internal static class Drafts
{
    public static LiveDraft Of(string topic, string data = "", string? id = null, string key = "", bool isPrivate = false) =>
        new() { Topics = [topic], Data = Encoding.UTF8.GetBytes(data), Id = id, Key = key, IsPrivate = isPrivate };

    public static TopicSelector[] Selectors(params string[] texts) => [.. texts.Select(Selector)];

    public static TopicSelector Selector(string text)
    {
        Assert.True(TopicSelector.TryParse(text, out TopicSelector? selector));
        return selector;
    }

    public static Interest In(params string[] topics) => new(Selectors(topics), []);

    public static LiveLog Log(int count = 100, long age = long.MaxValue) => new("e1", new HistoryLimit(count, age, long.MaxValue));

    /// <summary>A subscriber that goes on behind an id.</summary>
    public static Subscriber Subscriber(this LiveLog log, Interest interest, string? lastId = null, int limit = 10, QueuePolicy policy = QueuePolicy.DropOldest)
    {
        (long offset, LiveGap? gap) = log.Resume(lastId);
        return new Subscriber(log, interest, offset, gap, limit, policy);
    }

    /// <summary>All that it gets now: ids, and gaps as "gap AFTER BEFORE COUNT REASON".</summary>
    public static List<string> Take(this Subscriber subscriber)
    {
        var got = new List<string>();
        while (true)
        {
            switch (subscriber.Next(out LiveMessage? message, out LiveGap gap))
            {
                case SubscriberStep.Message:
                    got.Add(message!.Id);
                    break;

                case SubscriberStep.Gap:
                    got.Add($"gap {gap.After} {gap.Before} {gap.Count} {gap.Reason}");
                    break;

                case SubscriberStep.Close:
                    got.Add("close");
                    return got;

                default:
                    return got;
            }
        }
    }
}
