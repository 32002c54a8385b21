using System.Text;
using System.Text.Json;
using Roundtrip.Core;
using Roundtrip.Http.WebSocket;
using Roundtrip.Live.Carriers;
using Roundtrip.Live.Log;
using Roundtrip.Live.Subscribing;
using Roundtrip.Live.Tokens;
using Roundtrip.Live.Topics;
using Roundtrip.Server.WebSockets;

namespace Roundtrip.Site.LiveHub;

/// <summary>A WebSocket that speaks <c>roundtrip.live.v1</c>: commands in, messages of its subscriptions out.</summary>
internal sealed class LiveSocket : IWebSocketHandler
{
    // A message that is longer goes in parts, between which those of other subscriptions come.
    private const int PartSize = 16 * 1024;

    // What may wait in the socket before the log waits instead.
    private const int MostBuffered = 64 * 1024;

    private readonly HubHandler _handler;
    private readonly LoopHub _hub;
    private readonly List<SocketSubscription> _subscriptions = [];

    // Until the subscription that it asks for has begun: then it is of no use.
    private LiveRequest? _request;
    private LiveGrant _grant;
    private WebSocketExchange? _socket;
    private bool _isPumping;
    private SocketPublication? _publication;

    public LiveSocket(HubHandler handler, LoopHub hub, LiveRequest request) => (_handler, _hub, _request, _grant) = (handler, hub, request, request.Grant);

    public string Name => "live";

    /// <summary>Whether a message would be taken now.</summary>
    public bool HasRoom => _socket is { IsOpen: true } socket && socket.BufferedAmount < MostBuffered;

    private HubDefinition Definition => _hub.Hub.Definition;

    public void OnOpened(WebSocketExchange socket)
    {
        _socket = socket;
        string last;
        lock (_hub.Hub.Lock)
        {
            last = _hub.Hub.Log.LastId;
        }

        Say(writer =>
        {
            writer.WriteString("op", "welcome");
            writer.WriteString("epoch", _hub.Hub.Log.Epoch);
            writer.WriteString("last", last);
            writer.WriteNumber("heartbeat", Definition.Heartbeat);
        });
        LiveRequest request = _request!;
        _request = null;
        if (request.Topics.Count > 0)
        {
            Subscribe(0, request.Topics, request.LastId);
        }
    }

    public void OnMessage(WebSocketExchange socket, bool isText, ReadOnlySpan<byte> content)
    {
        if (LiveCommand.TryRead(content.ToArray(), !isText, out string fault) is not { } command)
        {
            socket.Close(CloseCode.PolicyViolation, Encoding.UTF8.GetBytes(fault).AsSpan()[..Math.Min(fault.Length, 120)]);
            return;
        }

        switch (command.Kind)
        {
            case LiveCommandKind.Subscribe:
                Subscribe(command.Reference, command.Topics, command.Since);
                break;

            case LiveCommandKind.Unsubscribe:
                Unsubscribe(command.Reference);
                break;

            case LiveCommandKind.Publish:
                Publish(command);
                break;

            default:
                Take(command);
                break;
        }
    }

    public void OnWritable(WebSocketExchange socket) => Pump();

    public void OnClosed(WebSocketExchange socket, int code, ReadOnlySpan<byte> reason, EndReason why)
    {
        _socket = null;
        _subscriptions.ForEach(static subscription => subscription.Life.End());
        _subscriptions.Clear();
    }

    /// <summary>A message that a subscription got.</summary>
    public void Send(SocketSubscription from, LiveMessage message)
    {
        // What several want comes once: with the first of them that has it to give.
        foreach (SocketSubscription other in _subscriptions)
        {
            if (other == from)
            {
                break;
            }

            if (other.Gives(message))
            {
                return;
            }
        }

        EncodedMessage encoded = message.Form(EncodedForms.WebSocket, Encode);
        if (encoded.Content.Length <= PartSize || message.IsBinary)
        {
            _socket?.Send(encoded);
        }
        else
        {
            from.Long = new LongMessage(message.Id, encoded.Content);
            Pump();
        }
    }

    public void Send(SocketSubscription from, LiveGap gap) => Say(writer =>
    {
        writer.WriteString("op", LiveWords.GapEvent);
        writer.WriteNumber("sub", from.Number);
        LiveJson.WriteGap(writer, gap);
    });

    /// <summary>What became of a publication.</summary>
    /// <param name="id">The message's; null where it is not known to be stored.</param>
    public void Published(long reference, string? id)
    {
        if (id is null)
        {
            Fail("ref", reference, 503, HubResponses.NotStored);
        }
        else if (reference != 0)
        {
            Say(writer =>
            {
                writer.WriteString("op", "published");
                writer.WriteNumber("ref", reference);
                writer.WriteString("id", id);
            });
        }
    }

    /// <summary>A subscription whose id was not known here begins, now that all is known that there was when it came.</summary>
    public void SubscribeLate(long number, IReadOnlyList<TopicSelector> topics, string? since, bool isCurrent)
    {
        if (_socket is null)
        {
            return;
        }

        if (isCurrent)
        {
            Subscribe(number, topics, since, isCurrent: true);
        }
        else
        {
            Fail("sub", number, 503, "the hub's store does not answer");
        }
    }

    /// <summary>All that a subscription wanted is closed.</summary>
    public void Finish(SocketSubscription from)
    {
        from.Life.End();
        _subscriptions.Remove(from);
        Say(writer =>
        {
            writer.WriteString("op", "message");
            writer.WriteString("id", LiveWords.ClosedId);
            writer.WriteNumber("sub", from.Number);
            writer.WriteStartArray("topics");
            foreach (TopicSelector topic in from.Interest.Wanted)
            {
                writer.WriteStringValue(topic.Text);
            }

            writer.WriteEndArray();
            writer.WriteBoolean("close", true);
            writer.WriteString("data", "");
        });
    }

    public void End(EndReason reason)
    {
        if (reason == EndReason.ServerStopping)
        {
            _socket?.Close(CloseCode.GoingAway, "come again"u8);
        }
        else
        {
            // RFC 6455's registry of close codes: try again later.
            _socket?.Close(1013, "too slow; come again and resume"u8);
        }
    }

    /// <summary>The token's time is over: what is private stops, and without anonymous subscribers all does.</summary>
    public void Expired()
    {
        _grant = LiveGrant.Nothing;
        Regrant();
        Say(static writer => writer.WriteString("op", "expired"));
        if (!Definition.AllowsAnonymous)
        {
            foreach (SocketSubscription subscription in _subscriptions.ToArray())
            {
                subscription.Life.End();
            }

            _subscriptions.Clear();
        }
    }

    private static EncodedMessage Encode(LiveMessage message)
    {
        if (!message.IsBinary)
        {
            return EncodedMessage.Text(message.Form(EncodedForms.Json, LiveJson.Message));
        }

        byte[] head = LiveJson.Head(message);
        byte[] whole = new byte[4 + head.Length + message.Data.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(whole, head.Length);
        head.CopyTo(whole, 4);
        message.Data.Span.CopyTo(whole.AsSpan(4 + head.Length));
        return EncodedMessage.Binary(whole);
    }

    // In turns: a part of each long message, and what the other subscriptions have. So a large message holds up its own subscription, whose order it keeps, and no other.
    private void Pump()
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
            foreach (SocketSubscription subscription in _subscriptions.ToArray())
            {
                if (HasRoom && subscription.Long is { } message)
                {
                    SendPart(subscription, message);
                }

                subscription.Life.Pump();
                hasParts |= subscription.Long is not null;
            }
        }

        _isPumping = false;
    }

    private void SendPart(SocketSubscription subscription, LongMessage message)
    {
        string text = message.TakePart(PartSize, out bool isLast);
        if (isLast)
        {
            subscription.Long = null;
        }

        Say(writer =>
        {
            writer.WriteString("op", "part");
            writer.WriteString("id", message.Id);
            writer.WriteBoolean("last", isLast);
            writer.WriteString("text", text);
        });
    }

    private void Subscribe(long number, IReadOnlyList<TopicSelector> topics, string? since, bool isCurrent = false)
    {
        if (!Definition.AllowsAnonymous && _grant == LiveGrant.Nothing)
        {
            Fail("sub", number, 401, "a token is needed to subscribe");
            return;
        }

        if (_subscriptions.Exists(one => one.Number == number))
        {
            Fail("sub", number, 409, "there is a subscription of this number");
            return;
        }

        if (_subscriptions.Sum(static one => one.Interest.Wanted.Count) + topics.Count > Definition.MaximumChannels)
        {
            Fail("sub", number, 429, $"more than {Definition.MaximumChannels} topics on one connection (LiveMaxChannels)");
            return;
        }

        if (!isCurrent && !_hub.Hub.Knows(since))
        {
            LateSubscription.Begin(this, _hub, number, topics, since);
            return;
        }

        var subscription = new SocketSubscription(this, number, new Interest(topics, _grant.Subscribe));
        subscription.Life = new SubscriberLife(_hub, subscription, subscription.Interest, since, _grant, out string from);
        lock (_hub.Hub.Lock)
        {
            subscription.Start = _hub.Hub.Log.Resume(since).Offset;
        }

        _subscriptions.Add(subscription);
        Say(writer =>
        {
            writer.WriteString("op", "subscribed");
            writer.WriteNumber("sub", number);
            writer.WriteString("from", from);
        });
        subscription.Life.Begin();
    }

    private void Unsubscribe(long number)
    {
        if (_subscriptions.Find(one => one.Number == number) is not { } found)
        {
            Fail("sub", number, 404, "there is no subscription of this number");
            return;
        }

        found.Life.End();
        _subscriptions.Remove(found);
        Say(writer =>
        {
            writer.WriteString("op", "unsubscribed");
            writer.WriteNumber("sub", number);
        });
    }

    private void Publish(LiveCommand command)
    {
        LiveDraft draft = command.Draft!;
        if (_handler.WhyNot(Definition, _grant, draft, out int status) is { } fault)
        {
            Fail("ref", command.Reference, status, fault);
            return;
        }

        // Where nothing has to be waited for one serves all.
        _publication = _publication is { IsWaiting: false } free ? free : new SocketPublication(this, _hub);
        _publication.Begin(command);
    }

    private void Take(LiveCommand command)
    {
        if (TokenKeys.TryRead(command.Token, Definition, _hub.Loop.UnixMilliseconds / 1000, out LiveGrant grant) != TokenFault.None)
        {
            Fail("ref", command.Reference, 401, "the token is not valid here");
            return;
        }

        _grant = grant;
        Regrant();
        Say(static writer => writer.WriteString("op", "token"));
    }

    private void Regrant()
    {
        foreach (SocketSubscription subscription in _subscriptions)
        {
            subscription.Interest = subscription.Interest with { Allowed = _grant.Subscribe };
            LoopHub.Change(subscription.Life.Subscriber, subscription.Interest, _grant.Expires);
        }
    }

    private void Fail(string what, long number, int status, string text) => Say(writer =>
    {
        writer.WriteString("op", "error");
        writer.WriteNumber(what, number);
        writer.WriteNumber("status", status);
        writer.WriteString("text", text);
    });

    private void Say(Action<Utf8JsonWriter> members) => _socket?.SendText(LiveJson.Write(members));
}
