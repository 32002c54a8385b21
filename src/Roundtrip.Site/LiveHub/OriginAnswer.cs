using Roundtrip.Http;
using Roundtrip.Http.WebSocket.Handshake;
using Roundtrip.Site.Cors;

namespace Roundtrip.Site.LiveHub;

/// <summary>
/// Whether pages of the origin that asks may use the hub: the one thing that every page may read. All else that a hub says to an origin that it does not allow the browser hides, refusals too, so that a page
/// could not tell it from a network that is away (docs/live.md, "Origins").
/// </summary>
internal static class OriginAnswer
{
    public const string Path = "/origin";

    private static readonly FieldBlock Fields = FieldBlock.Create(
        ("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "Live-Refusal"), ("Cache-Control", "no-store"), ("Vary", "Origin"));

    private static readonly FieldBlock Refusal = FieldBlock.Create(
        ("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "Live-Refusal"), ("Cache-Control", "no-store"), ("Live-Refusal", "403"), ("Vary", "Origin"));

    public static void Send(Exchange exchange, HubDefinition hub)
    {
        bool isAllowed = new OriginRule(hub.Origins.AsSpan()).Allows(exchange.Request) || CorsFields.RulesOf(exchange) is { } rules && rules.Allows(exchange.Request);

        // Not by ResponseFields: CorsOrigin's fields would hide the refusal from those whom it is for.
        exchange.Respond(isAllowed ? 204 : 403, isAllowed ? Fields : Refusal, 0);
        exchange.Complete();
    }
}
