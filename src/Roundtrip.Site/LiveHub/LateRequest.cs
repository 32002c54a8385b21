using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Site.LiveHub;

/// <summary>A request with an id that another server may have given: it is answered when this one has all that there is.</summary>
internal sealed class LateRequest : StoreOutcome, IExchangeHandler
{
    private readonly LoopHub _hub;
    private readonly LiveRequest _request;
    private Exchange? _exchange;

    private LateRequest(LoopHub hub, Exchange exchange, LiveRequest request)
        : base(hub.Loop) => (_hub, _exchange, _request) = (hub, exchange, request);

    public string Name => "live";

    public static void Begin(LoopHub hub, Exchange exchange, LiveRequest request)
    {
        var late = new LateRequest(hub, exchange, request);
        exchange.Handler = late;
        late.CatchUp(hub.Hub);
    }

    void IExchangeHandler.OnBodyReadable(Exchange exchange)
    {
    }

    void IExchangeHandler.OnWritable(Exchange exchange)
    {
    }

    void IExchangeHandler.OnAborted(Exchange exchange, EndReason reason) => _exchange = null;

    protected override void OnOutcome(string? id)
    {
        if (_exchange is not { } exchange)
        {
            return;
        }

        _exchange = null;
        if (id is null && HubHandler.IsForStream(exchange, _request))
        {
            HeldStream.Begin(_hub, exchange, _request);
        }
        else if (id is null)
        {
            HubResponses.Say(exchange, _hub.Hub, 503, "the hub's store does not answer");
        }
        else
        {
            HubHandler.Subscribe(exchange, _hub, _request);
        }
    }
}
