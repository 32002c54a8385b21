using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Live.Carriers;
using Roundtrip.Live.Log;

namespace Roundtrip.Site.LiveHub;

/// <summary>A publisher's POST: its content is read whole, then stored, and answered with the message's id.</summary>
internal sealed class Publication : StoreOutcome, IExchangeHandler
{
    private static readonly FieldBlock Fields = FieldBlock.Create(("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"));

    private readonly HubHandler _handler;
    private readonly LoopHub _hub;
    private readonly LiveRequest _request;
    private readonly bool _isBinary;
    private Exchange? _exchange;
    private byte[] _content = new byte[1024];
    private int _length;

    private Publication(HubHandler handler, LoopHub hub, LiveRequest request, bool isBinary)
        : base(hub.Loop) => (_handler, _hub, _request, _isBinary) = (handler, hub, request, isBinary);

    public string Name => "live";

    /// <param name="isBinary">Whether the content is the message's bytes, and what else is said of it stands in the query; otherwise it is Mercure's form.</param>
    public static void Begin(HubHandler handler, LoopHub hub, Exchange exchange, LiveRequest request, bool isBinary)
    {
        var publication = new Publication(handler, hub, request, isBinary);
        exchange.Handler = publication;
        publication.OnBodyReadable(exchange);
    }

    public void OnBodyReadable(Exchange exchange)
    {
        if (_exchange is not null)
        {
            return;
        }

        // A form has each byte in three at most.
        int most = _isBinary ? _hub.Hub.Definition.MaximumMessage : 4096 + (3 * _hub.Hub.Definition.MaximumMessage);
        while (true)
        {
            if (_length == _content.Length)
            {
                Array.Resize(ref _content, Math.Min(2 * _content.Length, most + 1));
            }

            BodyRead read = exchange.ReadBody(_content.AsSpan(_length));
            if (read.Status == BodyReadStatus.End)
            {
                Answer(exchange);
                return;
            }

            if (read.Status != BodyReadStatus.Data)
            {
                return;
            }

            _length += read.Count;
            if (_length > most)
            {
                // RFC 9112 §9.3: the rest is not read, so no request can follow it; the client is told.
                exchange.DoNotPersist();
                HubResponses.Say(exchange, _hub.Hub, 413, _hub.Hub.Definition.TooLong);
                return;
            }
        }
    }

    public void OnWritable(Exchange exchange)
    {
    }

    // What is on its way to the store is stored all the same.
    public void OnAborted(Exchange exchange, EndReason reason) => _exchange = null;

    protected override void OnOutcome(string? id)
    {
        if (_exchange is not { } exchange)
        {
            return;
        }

        _exchange = null;
        if (id is null)
        {
            HubResponses.Say(exchange, _hub.Hub, 503, HubResponses.NotStored);
            return;
        }

        HubResponses.AllowOrigin(exchange, _hub.Hub.Definition);
        HubResponses.Send(exchange, 200, Fields, Encoding.UTF8.GetBytes(id));
    }

    private void Answer(Exchange exchange)
    {
        string fault;
        LiveDraft? draft = _isBinary ? PublishForm.TryRead(_request.Query, _content.AsMemory(0, _length).ToArray(), out fault) : PublishForm.TryRead(_content.AsSpan(0, _length), out fault);
        if (draft is null)
        {
            HubResponses.Say(exchange, _hub.Hub, 400, fault);
        }
        else if (_handler.WhyNot(_hub.Hub.Definition, _request.Grant, draft, out int status) is { } why)
        {
            HubResponses.Say(exchange, _hub.Hub, status, why);
        }
        else
        {
            _exchange = exchange;
            Publish(_hub.Hub, draft);
        }
    }
}
