using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.WebSocket;
using Roundtrip.Live.Carriers;
using Roundtrip.Live.Log;
using Roundtrip.Live.Tokens;
using Roundtrip.Live.Topics;
using Roundtrip.Server.WebSockets;
using Roundtrip.Transport;

namespace Roundtrip.Site.LiveHub;

/// <summary>A WebSocket that speaks <c>roundtrip.live.v1</c>: commands in, answers and the messages of its <see cref="SocketSubscriptions"/> out.</summary>
internal sealed class LiveSocket : TimerEntry, IWebSocketHandler
{
    // What may wait in the socket before the log waits instead.
    private const int MostBuffered = 64 * 1024;

    // So many publications wait for their answers before no more is read: far more than a network has under way, and no publisher's without end.
    private const int MostUnanswered = 256;

    private readonly HubHandler _handler;
    private readonly LoopHub _hub;
    private readonly IConnectionHost _connection;
    private readonly SocketSubscriptions _subscriptions;

    // Until the subscription that it asks for has begun: then it is of no use.
    private LiveRequest? _request;
    private LiveGrant _grant;
    private WebSocketExchange? _socket;
    private SocketPublication? _publication;
    private int _unanswered;

    public LiveSocket(HubHandler handler, LoopHub hub, IConnectionHost connection, LiveRequest request)
    {
        (_handler, _hub, _connection, _request, _grant) = (handler, hub, connection, request, request.Grant);
        _subscriptions = new SocketSubscriptions(this, hub, connection);
    }

    public string Name => "live";

    /// <summary>Whether a message would be taken now.</summary>
    public bool HasRoom => _socket is { IsOpen: true } socket && socket.BufferedAmount < MostBuffered;

    private HubDefinition Definition => _hub.Hub.Definition;

    // Whether it may neither subscribe nor publish.
    private bool IsMute => !Definition.AllowsAnonymous && _grant == LiveGrant.Nothing;

    public void OnOpened(WebSocketExchange socket)
    {
        _socket = socket;
        string last;
        lock (_hub.Hub.Lock)
        {
            last = _hub.Hub.Log.LastId;
        }

        Say(LiveAnswers.Welcome(_hub.Hub.Log.Epoch, last, Definition.Heartbeat));
        LiveRequest request = _request!;
        _request = null;
        if (request.Topics.Count > 0)
        {
            Subscribe(0, request.Topics, request.LastId);
        }

        WatchToken();
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

    public void OnWritable(WebSocketExchange socket) => _subscriptions.Pump();

    public void OnClosed(WebSocketExchange socket, int code, ReadOnlySpan<byte> reason, EndReason why)
    {
        _socket = null;
        _hub.Loop.Timers.Cancel(this);
        _subscriptions.Clear();
    }

    /// <summary>Sends what is made already.</summary>
    public void Send(EncodedMessage message) => _socket?.Send(message);

    /// <summary>Sends an answer.</summary>
    public void Say(byte[] answer, bool isBinary = false)
    {
        if (isBinary)
        {
            _socket?.SendBinary(answer);
        }
        else
        {
            _socket?.SendText(answer);
        }
    }

    /// <summary>What became of a publication.</summary>
    /// <param name="id">The message's; null where it is not known to be stored.</param>
    public void Published(long reference, string? id)
    {
        Unanswered(-1);
        if (id is null)
        {
            Fail("ref", reference, 503, HubResponses.NotStored);
        }
        else if (reference != 0)
        {
            Say(LiveAnswers.Published(reference, id));
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
        _subscriptions.Regrant(_grant);
        Say(LiveAnswers.Expired());
        if (!Definition.AllowsAnonymous)
        {
            _subscriptions.Clear();
        }

        WatchToken();
    }

    protected override void OnDue(long now)
    {
        if (IsMute)
        {
            _socket?.Close(CloseCode.PolicyViolation, "no token"u8);
        }
    }

    // Who may do nothing without a token has as long to show one as a client may be silent.
    private void WatchToken()
    {
        if (IsMute && _socket is not null)
        {
            _hub.Loop.Timers.Schedule(this, _hub.Loop.Now + (2L * Definition.Heartbeat));
        }
    }

    private void Subscribe(long number, IReadOnlyList<TopicSelector> topics, string? since, bool isCurrent = false)
    {
        if (IsMute)
        {
            Fail("sub", number, 401, "a token is needed to subscribe");
        }
        else if (_subscriptions.Has(number))
        {
            Fail("sub", number, 409, "there is a subscription of this number");
        }
        else if (_subscriptions.TopicsOfConnection + topics.Count > Definition.MaximumChannels)
        {
            Fail("sub", number, 429, Definition.TooManyTopics);
        }
        else if (!isCurrent && !_hub.Hub.Knows(since))
        {
            LateSubscription.Begin(this, _hub, number, topics, since);
        }
        else
        {
            _subscriptions.Add(number, topics, since, _grant);
        }
    }

    private void Unsubscribe(long number)
    {
        if (_subscriptions.Remove(number))
        {
            Say(LiveAnswers.Unsubscribed(number));
        }
        else
        {
            Fail("sub", number, 404, "there is no subscription of this number");
        }
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
        Unanswered(1);
        _publication.Begin(command);
    }

    private void Unanswered(int more)
    {
        _unanswered += more;
        if (_socket is { } socket)
        {
            socket.IsPaused = _unanswered >= MostUnanswered;
        }
    }

    private void Take(LiveCommand command)
    {
        if (TokenKeys.TryRead(command.Token, Definition, _hub.Loop.UnixMilliseconds / 1000, out LiveGrant grant) != TokenFault.None)
        {
            Fail("ref", command.Reference, 401, "the token is not valid here");
            return;
        }

        _grant = grant;
        _subscriptions.Regrant(grant);
        Say(LiveAnswers.TokenTaken());
    }

    private void Fail(string what, long number, int status, string text)
    {
        _hub.Hub.NoteIfLimit(_connection, null, status, text);
        Say(LiveAnswers.Error(what, number, status, text));
    }
}
