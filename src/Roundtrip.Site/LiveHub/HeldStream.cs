using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Sse;
using Roundtrip.Live.Log;
using Roundtrip.Transport;

namespace Roundtrip.Site.LiveHub;

/// <summary>
/// An event stream of a hub that does not know yet where it begins, since its store has not answered. HTML Standard, section 9.2.2: an EventSource gives up for good at any status but 200. So it is accepted, and becomes an
/// <see cref="EventStream"/> once the store is there; where that takes too long it ends, and the client comes again after what <c>retry</c> says. Whoever came without an id was promised what is stored from then on, perhaps by another server
/// while this one cannot see it: so the time of the request is its id.
/// </summary>
internal sealed class HeldStream : StoreOutcome, IExchangeHandler
{
    // In milliseconds: how long it is held, how long its client then waits, how often the store is looked for.
    private const int Most = 20_000;
    private const int Retry = 2000;
    private const int Interval = 250;

    // A message has the time at which its publisher asked, by the clock of that server, and is stored some seconds later where the store is slow. Rather too much than too little.
    private const int Slack = 10_000;

    private static readonly byte[] Beginning = EventStream.Pinned(static output =>
    {
        SseWriter.WriteRetry(output, Retry);
        SseWriter.WriteComment(output, "the hub's store does not answer yet"u8);
    });

    private readonly LoopHub _hub;
    private readonly LiveRequest _request;
    private readonly string _lastId;
    private readonly Watch _watch;
    private readonly long _end;
    private ConnectionShare _share;
    private Exchange? _exchange;

    private HeldStream(LoopHub hub, Exchange exchange, LiveRequest request)
        : base(hub.Loop)
    {
        (_hub, _exchange, _request, _watch, _end) = (hub, exchange, request, new Watch(this), hub.Loop.Now + Most);
        _share = new ConnectionShare(hub, exchange, request);
        _lastId = request.LastId ?? LivePosition.OfTime(hub.Loop.UnixMilliseconds - Slack).ToString();
    }

    public string Name => "live";

    public static void Begin(LoopHub hub, Exchange exchange, LiveRequest request)
    {
        if (!ConnectionShare.IsLeft(hub, exchange, request))
        {
            HubResponses.Say(exchange, hub.Hub, 429, hub.Hub.Definition.TooManyTopics);
            return;
        }

        var held = new HeldStream(hub, exchange, request);
        exchange.Handler = held;
        exchange.EndsWithClient = true;
        EventStream.Respond(exchange, hub.Hub.Definition);
        if (exchange.Request.Method == Method.Head || exchange.IsStopping)
        {
            held.End();
            return;
        }

        exchange.WriteShared(Beginning, 0, Beginning.Length);
        if (request.LastId is null)
        {
            byte[] id = EventStream.Pinned(output => SseWriter.WriteId(output, Encoding.ASCII.GetBytes(held._lastId)));
            exchange.WriteShared(id, 0, id.Length);
        }

        held.WatchOn();
    }

    void IExchangeHandler.OnBodyReadable(Exchange exchange)
    {
    }

    void IExchangeHandler.OnWritable(Exchange exchange)
    {
    }

    void IExchangeHandler.OnAborted(Exchange exchange, EndReason reason) => Leave();

    void IExchangeHandler.OnStopping(Exchange exchange) => End();

    protected override void OnOutcome(string? id)
    {
        if (_exchange is null)
        {
            return;
        }

        if (id is null)
        {
            WatchOn();
        }
        else
        {
            EventStream.Continue(_hub, Leave()!, _request, _lastId);
        }
    }

    private void Look(long now)
    {
        if (now >= _end)
        {
            End();
        }
        else if (!_hub.Hub.IsOpen)
        {
            WatchOn();
        }
        else if (_hub.Hub.Knows(_lastId))
        {
            EventStream.Continue(_hub, Leave()!, _request, _lastId);
        }
        else
        {
            CatchUp(_hub.Hub);
        }
    }

    private void WatchOn() => Loop.Timers.Schedule(_watch, Loop.Now + Interval);

    private void End() => Leave()?.Complete();

    private Exchange? Leave()
    {
        Exchange? exchange = _exchange;
        _exchange = null;
        _share.Return();
        Loop.Timers.Cancel(_watch);
        return exchange;
    }

    private sealed class Watch(HeldStream of) : TimerEntry
    {
        protected override void OnDue(long now) => of.Look(now);
    }
}
