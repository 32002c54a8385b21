using System.Text;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Variables;

namespace Roundtrip.Site.Cors;

/// <summary>
/// Answers the requests by which browsers ask whether they may send another (Fetch Standard, "CORS-preflight fetch"). They come without credentials, so they are answered before access is decided and
/// before any handler, by what the configuration says of the path alone: nothing is looked for there.
/// </summary>
internal sealed class Preflights(SiteLoop site)
{
    private static readonly FieldBlock RefusalFields = FieldBlock.Create(("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"));
    private static readonly byte[] Refusal = Pinned("This origin may not use this address from its pages: CorsOrigin does not allow it.\n"u8);

    /// <summary>Whether a request is a preflight. Any other OPTIONS is the handler's.</summary>
    public static bool IsOne(RequestHead request) =>
        request.Method == Method.Options && request.Has(KnownField.Origin) && request.Has(KnownField.AccessControlRequestMethod);

    /// <returns>Whether it was a preflight where CorsOrigin holds, and so is answered.</returns>
    public bool TryAnswer(Exchange exchange, SiteHost host)
    {
        if (!IsOne(exchange.Request) || SiteLoop.AboutOf(host, exchange.Request.Path) is not { } about || about.Sections.IsUndecided)
        {
            return false;
        }

        exchange.Context = about;
        if ((about.Sections.Conditions.Count > 0 && !TryDecide(exchange, about)) || CorsFields.RulesOf(exchange) is not { } rules)
        {
            exchange.Context = null;
            return false;
        }

        if (rules.Allows(exchange.Request))
        {
            // What is asked for is not looked at: all that is allowed is told, and the browser compares, and tells its user what is missing.
            ResponseFields.Respond(exchange, 204, FieldBlock.Empty, 0);
        }
        else
        {
            host.ErrorLog.Write(
                LogLevel.Info, "cors", exchange.Connection, exchange, $"preflight of {Encoding.Latin1.GetString(exchange.Request.Value(KnownField.Origin))}, which CorsOrigin does not allow (answered 403)");
            ResponseFields.RespondToFailure(exchange, 403, RefusalFields, Refusal.Length);
            exchange.WriteShared(Refusal, 0, Refusal.Length);
        }

        exchange.Complete();
        return true;
    }

    // The settings with those of the If sections, as the request itself would have them.
    private bool TryDecide(Exchange exchange, ResourceAbout about)
    {
        var facts = RequestFacts.Of(exchange, about, site.Names);
        exchange.Context = facts;
        facts.EditRequest(facts.Settings.Get(HeadersSettings.Request), isEarly: true);
        VariableOutcome variables = site.VariablesOf(about.Host, facts.Request, exchange);
        facts.TakeVariables(variables);
        if (variables.IsUndecided || about.Sections.Decide(facts) is not { } decided)
        {
            return false;
        }

        facts.Settings = decided.Settings;
        return true;
    }

    private static byte[] Pinned(ReadOnlySpan<byte> text)
    {
        byte[] pinned = GC.AllocateUninitializedArray<byte>(text.Length, pinned: true);
        text.CopyTo(pinned);
        return pinned;
    }
}
