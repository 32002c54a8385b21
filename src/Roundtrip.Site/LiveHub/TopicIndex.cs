using Roundtrip.Live.Log;

namespace Roundtrip.Site.LiveHub;

/// <summary>Whom of a loop's subscribers a message reaches. Who wants only topics by name is found by them; the others are asked one by one.</summary>
internal sealed class TopicIndex
{
    private readonly Dictionary<string, HashSet<LoopSubscriber>> _byTopic = new(StringComparer.Ordinal);
    private readonly HashSet<LoopSubscriber> _byTemplate = [];

    public void Add(LoopSubscriber subscriber)
    {
        if (!subscriber.Subscriber.Interest.Wanted.All(selector => selector.IsExact))
        {
            _byTemplate.Add(subscriber);
            return;
        }

        foreach (string topic in NamesOf(subscriber))
        {
            if (!_byTopic.TryGetValue(topic, out HashSet<LoopSubscriber>? named))
            {
                _byTopic.Add(topic, named = []);
            }

            named.Add(subscriber);
        }
    }

    public void Remove(LoopSubscriber subscriber)
    {
        _byTemplate.Remove(subscriber);
        foreach (string topic in NamesOf(subscriber))
        {
            if (_byTopic.TryGetValue(topic, out HashSet<LoopSubscriber>? named) && named.Remove(subscriber) && named.Count == 0)
            {
                _byTopic.Remove(topic);
            }
        }
    }

    /// <summary>Adds those that may want a message; one may be found by several of its topics.</summary>
    public void Find(LiveMessage message, List<LoopSubscriber> found)
    {
        foreach (string topic in message.Topics)
        {
            if (_byTopic.TryGetValue(topic, out HashSet<LoopSubscriber>? named))
            {
                found.AddRange(named);
            }
        }

        found.AddRange(_byTemplate);
    }

    private static IEnumerable<string> NamesOf(LoopSubscriber subscriber) => subscriber.Subscriber.Interest.Wanted.Select(selector => selector.Text).Distinct();
}
