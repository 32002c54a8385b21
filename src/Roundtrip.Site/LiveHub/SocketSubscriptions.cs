using Roundtrip.Http;
using Roundtrip.Http.WebSocket;
using Roundtrip.Live.Carriers;
using Roundtrip.Live.Log;
using Roundtrip.Live.Subscribing;
using Roundtrip.Live.Tokens;
using Roundtrip.Live.Topics;

namespace Roundtrip.Site.LiveHub;

/// <summary>The subscriptions of a WebSocket, each with its own place and order, and whose turn it is to send.</summary>
internal sealed class SocketSubscriptions(LiveSocket socket, LoopHub hub, IConnectionHost connection)
{
    // A message that is longer goes in parts, between which those of other subscriptions come.
    private const int PartSize = 16 * 1024;

    private static readonly List<SocketSubscription> None = [];

    // Most sockets have one.
    private readonly List<SocketSubscription> _all = new(1);
    private bool _isPumping;

    public LiveSocket Socket => socket;

    /// <summary>Whether a message would be taken now.</summary>
    public bool HasRoom => socket.HasRoom;

    /// <summary>How many topics they are for, with those of the other WebSockets that their connection may have (RFC 8441).</summary>
    public int TopicsOfConnection => hub.SocketTopics.Of(connection);

    public bool Has(long number) => _all.Exists(one => one.Number == number);

    /// <summary>Begins one, and says behind which id.</summary>
    public void Add(long number, IReadOnlyList<TopicSelector> topics, string? since, LiveGrant grant)
    {
        var subscription = new SocketSubscription(this, number, new Interest(topics, grant.Subscribe));
        subscription.Life = new SubscriberLife(hub, subscription, subscription.Interest, since, grant, out string from);
        _all.Add(subscription);
        hub.SocketTopics.Add(connection, topics.Count);
        socket.Say(LiveAnswers.Subscribed(number, from));
        subscription.Life.Begin();
    }

    /// <returns>Whether it was there.</returns>
    public bool Remove(long number)
    {
        if (_all.Find(one => one.Number == number) is not { } found)
        {
            return false;
        }

        End(found);
        _all.Remove(found);
        return true;
    }

    public void Clear()
    {
        foreach (SocketSubscription subscription in _all.ToArray())
        {
            End(subscription);
        }

        _all.Clear();
    }

    /// <summary>They are to see other private messages than before: another token.</summary>
    public void Regrant(LiveGrant grant)
    {
        foreach (SocketSubscription subscription in _all)
        {
            subscription.Interest = subscription.Interest with { Allowed = grant.Subscribe };
            LoopHub.Change(subscription.Life.Subscriber, subscription.Interest, grant.Expires);
        }
    }

    /// <summary>A message that a subscription got.</summary>
    public void Send(SocketSubscription from, LiveMessage message)
    {
        List<SocketSubscription> takers = TakersOf(message, from, out bool isShared);
        EncodedMessage encoded = message.Form(EncodedForms.WebSocket, Encode);
        if (encoded.Content.Length > PartSize)
        {
            var parts = new LongMessage(message.Id, NumbersOf(takers, from), encoded.Content, message.IsBinary);
            from.Long = parts;
            takers.ForEach(taker => taker.Long = parts);
            Pump();
        }
        else
        {
            socket.Send(isShared ? EncodeFor(NumbersOf(takers, from), message) : encoded);
        }
    }

    public void Send(SocketSubscription from, LiveGap gap) => socket.Say(LiveAnswers.Gap(from.Number, gap));

    public void Tell(SocketSubscription of, string place) => socket.Say(LiveAnswers.Place(of.Number, place));

    /// <summary>All that a subscription wanted is closed.</summary>
    public void Finish(SocketSubscription from)
    {
        End(from);
        _all.Remove(from);
        socket.Say(LiveAnswers.Closed(from.Number, from.Interest.Wanted));
    }

    /// <summary>
    /// In turns: a part of each long message, and what the other subscriptions have. So a large message holds up its own subscriptions, whose order it keeps, and no other.
    /// </summary>
    public void Pump()
    {
        if (_isPumping)
        {
            return;
        }

        _isPumping = true;
        bool hasParts = true;
        while (hasParts && HasRoom)
        {
            hasParts = false;
            foreach (SocketSubscription subscription in _all.ToArray())
            {
                if (HasRoom && subscription.Long is { } message)
                {
                    SendPart(message);
                }

                subscription.Life.Pump();
                hasParts |= subscription.Long is not null;
            }
        }

        _isPumping = false;
    }

    private void End(SocketSubscription subscription)
    {
        subscription.Life.End();
        hub.SocketTopics.Add(connection, -subscription.Interest.Wanted.Count);
    }

    // Who gets it with this one, so that it comes once: whoever has got all that was before it. Others get it in their turn; that it is for some of those that want it has to be said.
    private List<SocketSubscription> TakersOf(LiveMessage message, SocketSubscription from, out bool isShared)
    {
        isShared = false;
        if (_all.Count == 1)
        {
            return None;
        }

        List<SocketSubscription> takers = None;
        foreach (SocketSubscription other in _all)
        {
            if (other == from || !other.Interest.Covers(message))
            {
                continue;
            }

            isShared = true;

            // Where it ends a topic each hears that for itself.
            if (!message.IsClose && other.HasRoom && hub.Gives(message, other.Life.Subscriber))
            {
                (takers = takers == None ? [] : takers).Add(other);
            }
        }

        return takers;
    }

    private static long[] NumbersOf(List<SocketSubscription> takers, SocketSubscription from) => [from.Number, .. takers.Select(static taker => taker.Number)];

    private static EncodedMessage Encode(LiveMessage message) => message.IsBinary
        ? EncodedMessage.Binary(LiveAnswers.Join(LiveJson.Head(message), message.Data.Span))
        : EncodedMessage.Text(message.Form(EncodedForms.Json, LiveJson.Message));

    private static EncodedMessage EncodeFor(long[] numbers, LiveMessage message) => message.IsBinary
        ? EncodedMessage.Binary(LiveAnswers.Join(LiveAnswers.For(numbers, LiveJson.Head(message)), message.Data.Span))
        : EncodedMessage.Text(LiveAnswers.For(numbers, message.Form(EncodedForms.Json, LiveJson.Message)));

    private void SendPart(LongMessage message)
    {
        byte[] part = message.TakePart(PartSize, out bool isLast);
        if (isLast)
        {
            foreach (SocketSubscription subscription in _all)
            {
                subscription.Long = subscription.Long == message ? null : subscription.Long;
            }
        }

        socket.Say(part, message.IsBinary);
    }
}
