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
    private bool _isEnding;

    public LoopHub(Hub hub, EventLoop loop) => (_hub, Loop, _offers) = (hub, loop, new OfferQueue(_index));

    public Hub Hub => _hub;

    public EventLoop Loop { get; }

    /// <summary>What the open responses of each connection are subscribed to together.</summary>
    public ConnectionTopics StreamTopics { get; } = new();

    /// <summary>And its WebSockets.</summary>
    public ConnectionTopics SocketTopics { get; } = new();

    /// <summary>On any thread: whether messages are stored faster than this loop's subscribers can be told. Then publishers wait for their answers.</summary>
    public bool IsBehind => _offers.Waiting > MostWaiting;

    /// <summary>On any thread, under the hub's lock: a message was stored.</summary>
    public void Post(LiveMessage message)
    {
        _offers.Add(message);
        PostOnce();
    }

    /// <summary>On any thread: whoever is connected is to come again.</summary>
    public void PostEnd()
    {
        Volatile.Write(ref _isEnding, true);
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
        else
        {
            EndAllIfAsked();
        }

        if (!IsBehind)
        {
            _hub.AnswerHeld();
        }
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
        if (!Volatile.Read(ref _isEnding))
        {
            return;
        }

        Volatile.Write(ref _isEnding, false);
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
