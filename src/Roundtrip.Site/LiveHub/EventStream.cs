using System.Buffers;
using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Sse;
using Roundtrip.Live.Carriers;
using Roundtrip.Live.Log;
using Roundtrip.Site.Headers;

namespace Roundtrip.Site.LiveHub;

/// <summary>A response of server-sent events, without an end of its own.</summary>
internal sealed class EventStream : IExchangeHandler, ILiveSink
{
    private static readonly FieldBlock Fields = FieldBlock.Create(
        ("Content-Type", SseWriter.MediaType), ("Cache-Control", "no-cache, no-store, private"), ("X-Accel-Buffering", "no"));

    private static readonly byte[] Heartbeat = Pinned(static output => SseWriter.WriteComment(output, default));
    private static readonly byte[] Closed = Pinned(static output => SseWriter.WriteEvent(output, default, default, Encoding.ASCII.GetBytes(LiveWords.ClosedId)));

    private readonly LoopHub _hub;
    private readonly Exchange _exchange;
    private readonly SubscriberLife _life;
    private ConnectionShare _share;
    private bool _isOver;

    private EventStream(LoopHub hub, Exchange exchange, LiveRequest request, string? lastId, bool isHeld)
    {
        (_hub, _exchange) = (hub, exchange);
        exchange.Handler = this;
        exchange.EndsWithClient = true;
        _share = new ConnectionShare(hub, exchange, request);
        _life = new SubscriberLife(hub, this, request.Interest, lastId, request.Grant, out string from);
        byte[] id = Encoding.UTF8.GetBytes(from);
        if (isHeld)
        {
            // What the head would have said.
            Write(Pinned(output => SseWriter.WriteId(output, id)));
        }
        else
        {
            exchange.ResponseFields.Add("Last-Event-ID"u8, id);
            Respond(exchange, hub.Hub.Definition);
            if (exchange.Request.Method == Method.Head)
            {
                Finish(exchange.Complete);
                return;
            }

            // Something at once: what stands between, and a browser that waits for the first byte, sees that it is open.
            Write(Heartbeat);
        }

        _life.Begin();
        if (exchange.IsStopping)
        {
            End(EndReason.ServerStopping);
        }
    }

    public string Name => "live";

    public bool HasRoom => !_isOver && _exchange.CanWrite;

    public static void Begin(LoopHub hub, Exchange exchange, LiveRequest request)
    {
        if (ConnectionShare.IsLeft(hub, exchange, request))
        {
            _ = new EventStream(hub, exchange, request, request.LastId, isHeld: false);
        }
        else
        {
            HubResponses.Say(exchange, hub.Hub, 429, hub.Hub.Definition.TooManyTopics);
        }
    }

    /// <summary>Goes on with a response that was held: <see cref="HeldStream"/>, which has given back its share of the connection, so that there is one.</summary>
    public static void Continue(LoopHub hub, Exchange exchange, LiveRequest request, string lastId) => _ = new EventStream(hub, exchange, request, lastId, isHeld: true);

    /// <summary>Begins a response.</summary>
    public static void Respond(Exchange exchange, HubDefinition definition)
    {
        HubResponses.AllowOrigin(exchange, definition);
        ResponseFields.Respond(exchange, 200, Fields, Exchange.UnknownLength);
    }

    /// <summary>What it writes, made once for all.</summary>
    public static byte[] Pinned(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return HubResponses.Pinned(output.WrittenSpan);
    }

    public void Send(LiveMessage message) => Write(message.IsBinary ? Announcement(message) : message.Form(EncodedForms.ServerSentEvent, Encode));

    public void Send(in LiveGap gap)
    {
        byte[] json = LiveJson.Gap(gap);
        Write(Pinned(output => SseWriter.WriteEvent(output, json, Encoding.ASCII.GetBytes(LiveWords.GapEvent))));
    }

    public void Finish()
    {
        Write(Closed);
        Finish(_exchange.Complete);
    }

    public void End(EndReason reason)
    {
        // The client comes again by itself, and goes on behind the last id.
        Finish(_exchange.Complete);
    }

    // HTML Standard, section 9.2.6: an id without data is no event, and is what a client comes again with.
    public void Beat() => Write(_life.PassOn() is { } last ? last.Form(EncodedForms.Place, EncodePlace) : Heartbeat);

    // Mercure, "Authorization": the connection ends with the token.
    public void Expired() => End(EndReason.Completed);

    void IExchangeHandler.OnBodyReadable(Exchange exchange)
    {
    }

    void IExchangeHandler.OnWritable(Exchange exchange)
    {
        if (!_isOver)
        {
            _life.Pump();
        }
    }

    void IExchangeHandler.OnAborted(Exchange exchange, EndReason reason) => Finish(static () => { });

    void IExchangeHandler.OnStopping(Exchange exchange) => End(EndReason.ServerStopping);

    // Not by its publisher's id: it may be of a message that is none of this client's business.
    private static byte[] EncodePlace(LiveMessage message) => Pinned(output => SseWriter.WriteId(output, Encoding.UTF8.GetBytes(message.Position.ToString())));

    private static byte[] Encode(LiveMessage message) => Pinned(output =>
    {
        if (message.Retry is { } retry)
        {
            SseWriter.WriteRetry(output, retry);
        }

        SseWriter.WriteEvent(output, message.Data.Span, Encoding.UTF8.GetBytes(message.Type), Encoding.UTF8.GetBytes(message.Id));
    });

    // Bytes do not go over text: their URL does, below the path that the hub has for its whole life. In its query, since an encoded slash in a path is refused, and ids have slashes.
    private byte[] Announcement(LiveMessage message) => message.Form(EncodedForms.ServerSentEvent, announced => Pinned(output => SseWriter.WriteEvent(
        output,
        Encoding.UTF8.GetBytes($"{_hub.Hub.Definition.Path}/messages/?id={Uri.EscapeDataString(announced.Id)}"),
        Encoding.ASCII.GetBytes(LiveWords.BinaryEvent),
        Encoding.UTF8.GetBytes(announced.Id))));

    private void Write(byte[] pinned)
    {
        if (!_isOver)
        {
            _exchange.WriteShared(pinned, 0, pinned.Length);
        }
    }

    private void Finish(Action end)
    {
        if (!_isOver)
        {
            _isOver = true;
            _share.Return();
            _life.End();
            end();
        }
    }
}
