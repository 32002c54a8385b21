using System.Text;
using Roundtrip.Http;
using Roundtrip.Http.WebSocket;
using Roundtrip.Http.WebSocket.Handshake;
using Roundtrip.Live.Carriers;
using Roundtrip.Live.Log;
using Roundtrip.Live.Tokens;
using Roundtrip.Server;
using Roundtrip.Server.WebSockets;
using Roundtrip.Site.Files;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.LiveHub;

/// <summary>The handler of a hub's path on one loop: chooses the carrier (docs/live.md).</summary>
internal sealed class HubHandler(SiteLoop site) : IProgramHandler
{
    public const string HandlerName = "live-hub";

    private static readonly FieldBlock JsonLd = FieldBlock.Create(("Content-Type", "application/ld+json"), ("Cache-Control", "no-cache, private"));

    private readonly Dictionary<SiteHost, Place> _places = [];

    public void Answer(Exchange exchange, Resource resource)
    {
        Place place = PlaceOf(resource.About.Host);
        HubDefinition definition = place.Hub.Hub.Definition;
        string path = resource.Script!.PathInfo;
        RequestHead request = RequestFacts.RequestOf(exchange);
        if (request.Method == Method.Options)
        {
            HubResponses.AnswerPreflight(exchange, definition);
            return;
        }

        if (path == OriginAnswer.Path && request.Method is Method.Get or Method.Head)
        {
            OriginAnswer.Send(exchange, definition);
            return;
        }

        bool isPublication = path.Length == 0 && request.Method == Method.Post;
        if (LiveRequest.TryRead(request, definition, site.UnixSeconds, out int status, out string fault, out string reason) is not { } read)
        {
            if (reason.Length > 0)
            {
                resource.About.Host.ErrorLog.Write(LogLevel.Info, "live", exchange.Connection, exchange, $"{reason} (answered {status})");
            }

            HubResponses.Say(exchange, place.Hub.Hub, status, fault);
        }
        else if (isPublication)
        {
            Publish(exchange, place, read);
        }
        else if (ClientScripts.TryAnswer(exchange, definition, path))
        {
            // They are no secret.
        }
        else if (!place.Hub.Hub.IsOpen && (path.Length > 0 || !IsForStream(exchange, read)))
        {
            // Its log is not known yet: who came with an id would be told that it is none of its.
            HubResponses.Say(exchange, place.Hub.Hub, 503, "the hub's store does not answer");
        }
        else if (path.Length == 0 && exchange.AsksFor("websocket"u8))
        {
            place.Endpoint.Accept(exchange, new LiveSocket(this, place.Hub, exchange.Connection, read));
        }
        else if (request.Method is not (Method.Get or Method.Head))
        {
            exchange.ResponseFields.Add("Allow"u8, "GET, HEAD, POST, OPTIONS"u8);
            HubResponses.Say(exchange, place.Hub.Hub, 405, "a hub takes GET to subscribe and POST to publish");
        }
        else if (!definition.AllowsAnonymous && !read.HasToken)
        {
            HubResponses.Say(exchange, place.Hub.Hub, 401, "a token is needed to subscribe");
        }
        else if (path.Length == 0 && !place.Hub.Hub.IsOpen)
        {
            HeldStream.Begin(place.Hub, exchange, read);
        }
        else if (path.Length == 0 && place.Hub.Hub.Knows(read.LastId))
        {
            Subscribe(exchange, place.Hub, read);
        }
        else if (path.Length == 0)
        {
            LateRequest.Begin(place.Hub, exchange, read);
        }
        else if (path == "/messages/" && read.MessageId is { } id)
        {
            SendMessage(exchange, place, read, id);
        }
        else if (definition.TellsSubscriptions && (path == "/subscriptions" || path.StartsWith("/subscriptions/", StringComparison.Ordinal)))
        {
            TellSubscriptions(exchange, place, read);
        }
        else
        {
            HubResponses.Say(exchange, place.Hub.Hub, 404, "there is nothing at this path of the hub");
        }
    }

    /// <summary>Why a message may not be published; null where it may.</summary>
    /// <param name="status">As HTTP says it.</param>
    public string? WhyNot(HubDefinition definition, LiveGrant grant, LiveDraft draft, out int status)
    {
        status = 0;
        if (draft.Data.Length > definition.MaximumMessage)
        {
            status = 413;
            return definition.TooLong;
        }

        if (grant.Publish is null || grant.Expires <= site.UnixSeconds)
        {
            status = 401;
            return "a token that allows to publish is needed";
        }

        // Mercure, "Subscription Events": the hub's own topics are nobody else's.
        if (draft.Topics.Any(topic => topic.StartsWith(definition.Path + "/", StringComparison.Ordinal)) || !grant.MayPublish(draft.Topics))
        {
            status = 403;
            return "the token does not allow to publish to all of these topics";
        }

        return null;
    }

    /// <summary>Whether a request is answered by an event stream.</summary>
    public static bool IsForStream(Exchange exchange, LiveRequest request) => exchange.Request.Method is Method.Get or Method.Head && !exchange.AsksFor("websocket"u8)
        && request.Topics.Count > 0 && request.LastId != LiveWords.ClosedId
        && request.Wait < 0 && !request.HasSince && RequestFacts.RequestOf(exchange).Value(KnownField.Accept).IndexOf("application/json"u8) < 0;

    /// <summary>Answers a request for messages by the carrier that it asks for.</summary>
    public static void Subscribe(Exchange exchange, LoopHub hub, LiveRequest request)
    {
        HubDefinition definition = hub.Hub.Definition;
        if (request.Topics.Count == 0)
        {
            HubResponses.Say(exchange, hub.Hub, 400, "topic is missing");
        }
        else if (request.LastId == LiveWords.ClosedId)
        {
            // HTML Standard, section 9.2.3: 204 is how a server tells an EventSource not to come again.
            HubResponses.SayNothing(exchange, definition);
        }
        else if (IsForStream(exchange, request))
        {
            EventStream.Begin(hub, exchange, request);
        }
        else
        {
            PollRequest.Begin(hub, exchange, request);
        }
    }

    private void Publish(Exchange exchange, Place place, LiveRequest request)
    {
        if (!request.HasToken)
        {
            HubResponses.Say(exchange, place.Hub.Hub, 401, "a token that allows to publish is needed");
            return;
        }

        ReadOnlySpan<byte> type = RequestFacts.RequestOf(exchange).Value(KnownField.ContentType);
        int end = type.IndexOf((byte)';');
        type = end < 0 ? type : type[..end].TrimEnd((byte)' ');
        bool isBinary = Ascii.EqualsIgnoreCase(type, "application/octet-stream"u8);
        if (!isBinary && !Ascii.EqualsIgnoreCase(type, "application/x-www-form-urlencoded"u8))
        {
            // RFC 9110 §15.5.16.
            exchange.ResponseFields.Add("Accept"u8, "application/x-www-form-urlencoded, application/octet-stream"u8);
            HubResponses.Say(exchange, place.Hub.Hub, 415, "a publication is application/x-www-form-urlencoded, or application/octet-stream with its topics in the query");
            return;
        }

        Publication.Begin(this, place.Hub, exchange, request, isBinary);
    }

    private static void SendMessage(Exchange exchange, Place place, LiveRequest request, string id)
    {
        LiveMessage? found = null;
        lock (place.Hub.Hub.Lock)
        {
            LiveLog log = place.Hub.Hub.Log;
            (long after, LiveGap? gap) = log.Resume(id);
            if (gap is null && after > log.First)
            {
                // An id may name no message: `earliest`, a time, a place before the oldest.
                LiveMessage before = log[after - 1];
                found = before.Id == id || before.Position.ToString() == id ? before : null;
            }
        }

        // What one may not see is not told to be there.
        if (found is null || (found.IsPrivate && !request.Grant.Subscribe.Any(selector => selector.MatchesAny(found.Topics))))
        {
            HubResponses.Say(exchange, place.Hub.Hub, 404, "the hub has no message of this id");
            return;
        }

        HubResponses.AllowOrigin(exchange, place.Hub.Hub.Definition);
        string scope = found.IsPrivate ? "private" : "public";
        HubResponses.Send(
            exchange, 200, FieldBlock.Create(("Content-Type", found.IsBinary ? "application/octet-stream" : "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff"), ("Cache-Control", $"{scope}, max-age=3600, immutable")), found.Data.Span);
    }

    // Mercure, "Active Subscriptions": for a token whose subscribe matches the path that is asked for.
    private static void TellSubscriptions(Exchange exchange, Place place, LiveRequest request)
    {
        HubDefinition definition = place.Hub.Hub.Definition;
        string path = Encoding.UTF8.GetString(exchange.Request.Path);
        if (!request.Grant.Subscribe.Any(selector => selector.Matches(path)))
        {
            HubResponses.Say(exchange, place.Hub.Hub, 403, "the token does not allow to see this");
            return;
        }

        string last;
        lock (place.Hub.Hub.Lock)
        {
            last = place.Hub.Hub.Log.LastId;
        }

        string collection = definition.Path + "/subscriptions";
        Subscription[] all = [.. place.Hub.Hub.Subscriptions.All];
        Subscription? one = all.FirstOrDefault(subscription => subscription.PathFrom(definition.Path) == path);
        Subscription[] below = path == collection ? all : [.. all.Where(subscription => subscription.PathFrom(definition.Path).StartsWith(path + "/", StringComparison.Ordinal))];
        if (one is null && below.Length == 0 && path.Count('/') > collection.Count('/') + 1)
        {
            HubResponses.Say(exchange, place.Hub.Hub, 404, "there is no such subscription");
            return;
        }

        HubResponses.AllowOrigin(exchange, definition);
        HubResponses.Send(exchange, 200, JsonLd, one is null ? SubscriptionsAnswer.Collection(below, definition.Path, path, last) : SubscriptionsAnswer.One(one, definition.Path, isActive: true));
    }

    private Place PlaceOf(SiteHost host)
    {
        if (!_places.TryGetValue(host, out Place? place))
        {
            HubDefinition definition = host.Settings.Get(LiveSettings.Hub);
            Hub hub = site.Snapshot.Services.Hubs.Find(host);
            _places.Add(host, place = new Place(hub.On(site.Loop), new WebSocketEndpoint(site.Loop, new WebSocketOptions
            {
                Subprotocols = [LiveWords.Subprotocol],
                Origins = new OriginRule(definition.Origins.AsSpan()),
                Limits = WebSocketLimits.Default with { Message = (2 * definition.MaximumMessage) + 4096, Frame = (2 * definition.MaximumMessage) + 4096, PingInterval = definition.Heartbeat, PingTimeout = definition.Heartbeat },
            })));
        }

        return place;
    }

    /// <summary>What a host's hub has on this loop.</summary>
    private sealed record Place(LoopHub Hub, WebSocketEndpoint Endpoint);
}
