using Roundtrip.Live.Log;
using Roundtrip.Live.Subscribing;
using Roundtrip.Live.Tokens;

namespace Roundtrip.Site.LiveHub;

/// <summary>A subscription from its beginning to its end: in the loop's lists, and in what the subscriptions API tells.</summary>
internal sealed class SubscriberLife
{
    private readonly LoopHub _hub;
    private readonly LoopSubscriber _subscriber;
    private readonly Subscription[] _told = [];

    /// <param name="from">The id that it begins behind.</param>
    public SubscriberLife(LoopHub hub, ILiveSink sink, Interest interest, string? lastId, LiveGrant grant, out string from)
    {
        _hub = hub;
        _subscriber = hub.Add(sink, interest, lastId, out from);
        _subscriber.Expires = grant.Expires;
        if (hub.Hub.Definition.TellsSubscriptions)
        {
            string id = $"urn:uuid:{Guid.NewGuid()}";
            _told = [.. interest.Wanted.Select(selector => selector.Text).Distinct().Select(selector => new Subscription(id, selector, grant.Payload))];
        }
    }

    public LoopSubscriber Subscriber => _subscriber;

    /// <summary>Sends what there is, and tells that it is there.</summary>
    public void Begin()
    {
        foreach (Subscription subscription in _told)
        {
            _hub.Hub.Subscriptions.Add(subscription);
            Tell(subscription, isActive: true);
        }

        Pump();
    }

    public void Pump() => _hub.Pump(_subscriber);

    /// <summary>The last message up to which nothing is left for it, where it does not know that yet.</summary>
    public LiveMessage? PassOn() => _hub.PassOn(_subscriber);

    public void End()
    {
        if (_subscriber.IsOver)
        {
            return;
        }

        _hub.Remove(_subscriber);
        foreach (Subscription subscription in _told)
        {
            _hub.Hub.Subscriptions.Remove(subscription);
            Tell(subscription, isActive: false);
        }
    }

    // Mercure, "Subscription Events": private, on the subscription's own topic.
    private void Tell(Subscription subscription, bool isActive)
    {
        string path = _hub.Hub.Definition.Path;
        _hub.Hub.Publish(new LiveDraft { Topics = [subscription.PathFrom(path)], Data = SubscriptionsAnswer.One(subscription, path, isActive), IsPrivate = true, Type = "Subscription" }, _hub.Loop.UnixMilliseconds, null);
    }
}
