using Roundtrip.Core;
using Roundtrip.Live.Log;
using Roundtrip.Live.Subscribing;
using Roundtrip.Transport;

namespace Roundtrip.Site.LiveHub;

/// <summary>What one loop has of a hub: its subscribers, and the messages that were stored and are not offered to them yet. All but the posts belongs to the loop's thread.</summary>
internal sealed class LoopHub : TimerEntry, ILoopWork
{
    // A subscriber that catches up gives the others their turn after so many messages.
    private const int MessagesATurn = 64;

    // What is written goes out at the end of the loop's batch, and holds a buffer until then: a message to many goes a part at a time, so that
    // the buffers stay those that the pool keeps, and other connections have their turn between.
    private const int DeliveriesATurn = 128;

    // As many again as are offered together: then there is always enough for one write, and no more memory is held.
    private const int MostWaiting = OfferQueue.Together;

    private readonly Hub _hub;
    private readonly List<LoopSubscriber> _all = [];
    private readonly TopicIndex _index = new();
    private readonly OfferQueue _offers;
    private int _isPosted;

    // How many of the hub's messages came by, those included that came when there was nobody to tell them.
    private long _told;

    // Whoever is connected is to come again when so many were offered; negative where nobody asked for it.
    private long _endBehind = -1;

    // How many subscribers there are, as other threads see it.
    private int _count;

    /// <param name="told">How many messages the hub has had by now.</param>
    public LoopHub(Hub hub, EventLoop loop, long told) => (_hub, Loop, _told, _offers) = (hub, loop, told, new OfferQueue(_index));

    public Hub Hub => _hub;

    public EventLoop Loop { get; }

    /// <summary>What the open responses of each connection are subscribed to together.</summary>
    public ConnectionTopics StreamTopics { get; } = new();

    /// <summary>And its WebSockets.</summary>
    public ConnectionTopics SocketTopics { get; } = new();

    /// <summary>On any thread, under the hub's lock: whether more than a few of the hub's first so many messages are still to be begun with for somebody here. Then their publishers wait for their answers.</summary>
    public bool IsBehind(long told) => Volatile.Read(ref _count) > 0 && _told - _offers.Waiting + MostWaiting < told;

    /// <summary>On any thread, under the hub's lock: a message was stored.</summary>
    /// <param name="told">How many the hub has had with it.</param>
    public void Post(LiveMessage message, long told)
    {
        // Whoever comes later has it from the log.
        if (Volatile.Read(ref _count) > 0)
        {
            _offers.Add(message);
            PostOnce();
        }

        // Behind the message: who reads this and then how many wait sees no more done than is.
        Volatile.Write(ref _told, told);
    }

    /// <summary>On any thread, under the hub's lock: whoever is connected is to come again, when what was stored by now has been offered.</summary>
    public void PostEnd()
    {
        Volatile.Write(ref _endBehind, _told);
        PostOnce();
    }

    /// <summary>A subscriber begins: what there is for it is sent at once.</summary>
    /// <param name="lastId">The id that it goes on behind; null for what is yet to come.</param>
    /// <param name="from">The id that it begins behind in fact.</param>
    public LoopSubscriber Add(ILiveSink sink, Interest interest, string? lastId, out string from)
    {
        HubDefinition definition = _hub.Definition;
        Subscriber subscriber;
        lock (_hub.Lock)
        {
            _hub.Log.Expire(Loop.UnixMilliseconds);
            (long offset, LiveGap? gap) = _hub.Log.Resume(lastId);
            from = _hub.Log.IdBefore(offset);
            subscriber = new Subscriber(_hub.Log, interest, offset, gap, definition.Queue, definition.Policy);
            Volatile.Write(ref _count, _all.Count + 1);
        }

        var added = new LoopSubscriber(subscriber, sink) { Index = _all.Count, SentAt = Loop.Now };
        _all.Add(added);
        _index.Add(added);
        if (_all.Count == 1)
        {
            Loop.Timers.Schedule(this, Loop.Now + (definition.Heartbeat / 2));
        }

        return added;
    }

    public void Remove(LoopSubscriber subscriber)
    {
        if (subscriber.IsOver)
        {
            return;
        }

        subscriber.IsOver = true;
        _index.Remove(subscriber);
        LoopSubscriber last = _all[^1];
        _all[subscriber.Index] = last;
        last.Index = subscriber.Index;
        _all.RemoveAt(_all.Count - 1);
        Volatile.Write(ref _count, _all.Count);
        if (_all.Count == 0)
        {
            _hub.AnswerHeld();
        }
    }

    /// <summary>A subscriber is to see other private topics than before: another token.</summary>
    public static void Change(LoopSubscriber subscriber, Interest interest, long expires)
    {
        // What is wanted is the same, and so its place in the lists.
        subscriber.Subscriber.Interest = interest;
        subscriber.Expires = expires;
    }

    /// <summary>Whether a subscriber may be given a message together with another one that wants it: it has got all that was before. Then it counts as given.</summary>
    public bool Gives(LiveMessage message, LoopSubscriber subscriber) => message == _offers.Offered && _offers.IsNextFor(subscriber) && CanFollow(subscriber, message)
        && subscriber.Subscriber.IsInStep && subscriber.Subscriber.Offer(message, hasRoom: true);

    /// <summary>The id up to which nothing is left for a subscriber, where that is further than what it knows. Then it counts as known.</summary>
    public LiveMessage? PassOn(LoopSubscriber subscriber) =>
        _offers is { IsOffered: true, Last: { } last } && CanFollow(subscriber, last) && subscriber.Subscriber.PassTo(last) ? last : null;

    /// <summary>Sends what there is for a subscriber, for as long as its carrier has room.</summary>
    public void Pump(LoopSubscriber subscriber)
    {
        for (int sent = 0; !subscriber.IsOver && !subscriber.Subscriber.IsInStep && subscriber.Sink.HasRoom; sent++)
        {
            if (sent == MessagesATurn)
            {
                Loop.Post(new Turn(this, subscriber));
                return;
            }

            SubscriberStep step;
            LiveMessage? message;
            LiveGap gap;
            bool isClosed;
            lock (_hub.Lock)
            {
                step = subscriber.Subscriber.Next(out message, out gap);

                // What is closed now was closed by the last message that its topics have, and that is behind it: docs/live.md, "Ids".
                isClosed = step == SubscriberStep.None && _hub.IsClosedFor(subscriber.Subscriber.Interest);
            }

            switch (step)
            {
                case SubscriberStep.Message:
                    subscriber.SentAt = Loop.Now;
                    subscriber.Sink.Send(message!);
                    break;

                case SubscriberStep.None when isClosed:
                    subscriber.Sink.Finish();
                    return;

                case SubscriberStep.Gap:
                    subscriber.SentAt = Loop.Now;
                    subscriber.Sink.Send(gap);
                    break;

                case SubscriberStep.Close:
                    subscriber.Sink.End(EndReason.ResponseStalled);
                    return;
            }
        }
    }

    void ILoopWork.Run()
    {
        Interlocked.Exchange(ref _isPosted, 0);
        if (OfferTurn())
        {
            PostOnce();
        }

        EndAllIfAsked();
        _hub.AnswerHeld();
    }

    /// <returns>Whether there is more to offer.</returns>
    private bool OfferTurn()
    {
        for (int left = DeliveriesATurn; left > 0; left--)
        {
            if (!_offers.TryTake(out LoopSubscriber? subscriber))
            {
                return false;
            }

            if (subscriber is not null)
            {
                Offer(subscriber, _offers.Offered!);
            }
        }

        return true;
    }

    protected override void OnDue(long now)
    {
        int heartbeat = _hub.Definition.Heartbeat;
        long seconds = Loop.UnixMilliseconds / 1000;
        foreach (LoopSubscriber subscriber in _all.ToArray())
        {
            if (!subscriber.IsOver && subscriber.Expires <= seconds)
            {
                subscriber.Expires = long.MaxValue;
                subscriber.Sink.Expired();
            }

            if (!subscriber.IsOver && now - subscriber.SentAt >= heartbeat)
            {
                subscriber.SentAt = now;
                subscriber.Sink.Beat();
            }
        }

        if (_all.Count > 0)
        {
            Loop.Timers.Schedule(this, now + Math.Clamp(heartbeat / 4, 250, 5000));
        }
    }

    private void PostOnce()
    {
        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
        {
            Loop.Post(this);
        }
    }

    // Somebody who was ended since may have taken others with it. Who has the log of another epoch is being asked to come again.
    private static bool CanFollow(LoopSubscriber subscriber, LiveMessage message) => !subscriber.IsOver && subscriber.Subscriber.Epoch == message.Position.Epoch;

    private void Offer(LoopSubscriber subscriber, LiveMessage message)
    {
        if (!CanFollow(subscriber, message))
        {
            return;
        }

        // Who hears the end of a topic may have heard all: that is seen where the log is read. So does whoever may not see the message itself.
        if (subscriber.Subscriber.IsInStep && !message.IsClose)
        {
            if (!subscriber.Subscriber.Interest.Covers(message))
            {
                return;
            }

            if (subscriber.Sink.HasRoom)
            {
                if (subscriber.Subscriber.Offer(message, hasRoom: true))
                {
                    subscriber.SentAt = Loop.Now;
                    subscriber.Sink.Send(message);
                }

                return;
            }
        }

        lock (_hub.Lock)
        {
            subscriber.Subscriber.Offer(message, hasRoom: false);
        }

        Pump(subscriber);
    }

    private void EndAllIfAsked()
    {
        // What is asked meanwhile has its own turn.
        long asked = Volatile.Read(ref _endBehind);
        if (asked < 0 || Volatile.Read(ref _told) - _offers.Left < asked || Interlocked.CompareExchange(ref _endBehind, -1, asked) != asked)
        {
            return;
        }

        foreach (LoopSubscriber subscriber in _all.ToArray())
        {
            subscriber.Sink.End(EndReason.ServerStopping);
        }
    }

    private sealed class Turn(LoopHub of, LoopSubscriber subscriber) : ILoopWork
    {
        public void Run() => of.Pump(subscriber);
    }
}
