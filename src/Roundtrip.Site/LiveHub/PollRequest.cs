using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Live.Carriers;
using Roundtrip.Live.Log;
using Roundtrip.Live.Subscribing;
using Roundtrip.Transport;

namespace Roundtrip.Site.LiveHub;

/// <summary>A poll: answered at once, or, where it may wait, with the first message that comes.</summary>
internal sealed class PollRequest : TimerEntry, IExchangeHandler, ILiveSink
{
    // What one answer has at most; the client asks again for more.
    private const int MaximumMessages = 500;
    private const long MaximumBytes = 1024 * 1024;

    private readonly LoopHub _hub;
    private readonly Exchange _exchange;
    private readonly LiveRequest _request;
    private readonly PollAnswer _answer = new();
    private LoopSubscriber? _waiting;
    private ConnectionShare _share;

    private PollRequest(LoopHub hub, Exchange exchange, LiveRequest request) => (_hub, _exchange, _request) = (hub, exchange, request);

    public string Name => "live";

    public bool HasRoom => _waiting is not null;

    public static void Begin(LoopHub hub, Exchange exchange, LiveRequest request)
    {
        var poll = new PollRequest(hub, exchange, request);
        string from = poll.Take(request.LastId);

        // Where others have all places of its connection it is answered at once too, like a short poll, which takes none: its client need not know of them.
        bool mayWait = request.Wait > 0 && exchange.Request.Method != Method.Head && !exchange.IsStopping;
        if (poll._answer.IsEmpty && mayWait && ConnectionShare.IsLeft(hub, exchange, request))
        {
            poll.WaitFor(from);
        }
        else
        {
            poll.Answer();
        }
    }

    // What comes is read from the log, with all that came with it.
    public void Send(LiveMessage message) => Wake();

    public void Send(in LiveGap gap) => Wake();

    public void Finish() => Wake();

    public void Beat()
    {
    }

    public void Expired() => Answer();

    public void End(EndReason reason) => Answer();

    void IExchangeHandler.OnBodyReadable(Exchange exchange)
    {
    }

    void IExchangeHandler.OnWritable(Exchange exchange)
    {
    }

    void IExchangeHandler.OnAborted(Exchange exchange, EndReason reason) => StopWaiting();

    void IExchangeHandler.OnStopping(Exchange exchange) => Answer();

    protected override void OnDue(long now) => Answer();

    private void Wake()
    {
        Take(_answer.Last);
        if (!_answer.IsEmpty)
        {
            Answer();
        }
    }

    // The id that the answer begins behind.
    private string Take(string? lastId)
    {
        HubDefinition definition = _hub.Hub.Definition;
        lock (_hub.Hub.Lock)
        {
            LiveLog log = _hub.Hub.Log;
            log.Expire(_hub.Loop.UnixMilliseconds);
            (long offset, LiveGap? gap) = log.Resume(lastId);
            var subscriber = new Subscriber(log, _request.Interest, offset, gap, definition.Queue, definition.Policy);

            _answer.Take(subscriber, log.IdBefore(offset), MaximumMessages, MaximumBytes);
            if (!_answer.HasMore && log.Next - offset > log.Limit.Count / 2)
            {
                // What was passed over, since it is not wanted here, would soon be a gap.
                _answer.PassTo(log.LastId);
            }

            _answer.IsClosed = !_answer.HasMore && _hub.Hub.IsClosedFor(_request.Interest);
            return _answer.Last;
        }
    }

    private void WaitFor(string from)
    {
        _exchange.Handler = this;
        _exchange.EndsWithClient = true;
        _exchange.MayWaitLong = true;
        _share = new ConnectionShare(_hub, _exchange, _request);
        _waiting = _hub.Add(this, _request.Interest, from, out _);
        _waiting.Expires = _request.Grant.Expires;
        _hub.Loop.Timers.Schedule(this, _hub.Loop.Now + (_request.Wait * 1000L));
    }

    private void Answer()
    {
        StopWaiting();
        byte[] content = _answer.ToJson();
        HubDefinition definition = _hub.Hub.Definition;
        HubResponses.AllowOrigin(_exchange, definition);
        _exchange.ResponseFields.Add("Last-Event-ID"u8, Encoding.UTF8.GetBytes(_answer.Last));

        // A full stretch of the past is the same for ever; who may see it is not, where a token says so.
        string scope = _request.HasToken ? "private" : "public";
        FieldBlock fields = FieldBlock.Create(
            ("Content-Type", "application/json"),
            ("Cache-Control", _answer.HasMore ? $"{scope}, max-age=3600, immutable" : $"{scope}, no-cache"));
        HubResponses.SendTagged(_exchange, fields, content, HubResponses.TagOf(content));
    }

    private void StopWaiting()
    {
        if (_waiting is { } waiting)
        {
            _waiting = null;
            _share.Return();
            _hub.Loop.Timers.Cancel(this);
            _hub.Remove(waiting);
        }
    }
}
