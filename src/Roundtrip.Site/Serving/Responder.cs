using System.Text;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Site.Access;
using Roundtrip.Site.Cgi;
using Roundtrip.Site.Core;
using Roundtrip.Site.Directories;
using Roundtrip.Site.Files;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Http2;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Variables;

namespace Roundtrip.Site.Serving;

/// <summary>Answers exchanges with resources: decides what each request decides for itself (conditions, access, method), then sends what was found.</summary>
internal sealed partial class Responder(SiteLoop site)
{
    internal const string Allowed = "GET, HEAD, OPTIONS";

    private static readonly FieldBlock OptionsFields = FieldBlock.Create(("Allow", Allowed));

    public void Answer(Exchange exchange, Resource resource)
    {
        if (exchange.Context is Elsewhere elsewhere)
        {
            AnswerWhatWasFound(exchange, elsewhere, resource);
            return;
        }

        bool isRedirected = false;
        if (exchange.Context is ForMethod asked)
        {
            isRedirected = true;
            resource = resource.Script is { } program ? Resource.OfScript(resource.About, program with { ActionFor = asked.Path }, []) : resource;
        }

        ResourceAbout about = resource.About;
        exchange.Context = about;
        if (about.IsDecidedByExchange && site.VariablesOf(about.Host, exchange.Request, exchange).IsNothing)
        {
            Finish(exchange, resource, about.IsGranted ? AccessDecision.Granted : Decide(exchange, null, about.Access, about.Outer), isRedirected);
            return;
        }

        var facts = RequestFacts.Of(exchange, about, site.Names);
        exchange.Context = facts;
        Resource found = resource;
        if (!TryLearn(exchange, facts, ref resource))
        {
            // What a condition or a variable might forbid is not served where it cannot be told.
            AnswerStatus(exchange, about, 500);
            return;
        }

        // As in httpd, what Require's expressions look at counts for what they grant: a cache must not give it to others.
        string? vary = facts.Vary;
        AccessDecision decision = Decide(exchange, facts, resource.About.Access, resource.About.Outer);
        vary = decision == AccessDecision.Granted ? facts.Vary : vary;
        if (decision == AccessDecision.Pending && site.Names.TryWait(exchange, facts.WantedName!.Value, found))
        {
            return;
        }

        if (vary is not null)
        {
            exchange.ResponseFields.Add("Vary"u8, Encoding.Latin1.GetBytes(vary));
        }

        LearnLast(facts);
        if (ObeyedVariables.EndConnection(facts.Environment))
        {
            exchange.DoNotPersist();
        }

        Finish(exchange, resource, decision, isRedirected);
    }

    private static AccessDecision Decide(Exchange exchange, RequestFacts? facts, AccessRule access, AccessRule outer) =>
        AccessDecisions.And(access.Decide(exchange, facts), outer.Decide(exchange, facts));

    /// <param name="isRedirected">Whether an internal redirect has led to what was found: Script leads no further.</param>
    private void Finish(Exchange exchange, Resource resource, AccessDecision decision, bool isRedirected = false)
    {
        if (resource.About.Settings.Get(Http2Settings.StreamTimeout) is >= 0 and int patience)
        {
            exchange.LimitWaits(patience);
        }

        if (decision != AccessDecision.Granted)
        {
            // In httpd's words, which tools that watch logs look for.
            ResourceAbout about = resource.About;
            about.Host.ErrorLog.Write(
                LogLevel.Error, "authz_core", exchange.Connection, exchange, $"client denied by server configuration: {(about.FileName.Length > 0 ? about.FileName : about.Path)}");
            AnswerStatus(exchange, about, 403);
        }
        else if (exchange.HasBody && !exchange.LimitBody(resource.About.Settings.Get(CoreSettings.LimitRequestBody)))
        {
            // It has been refused.
        }
        else if (resource.Script is not null)
        {
            site.Programs.Answer(exchange, resource);
        }
        else if (resource.Status == 404 && resource.About.IsProgram)
        {
            AnswerStatus(exchange, resource.About, 404);
        }
        else if (!isRedirected && MethodScripts.Of(exchange, resource.About) is { } program && TryAnswerByProgram(exchange, resource, program))
        {
            // Script has a program answer the method.
        }
        else if (exchange.Request.Method is Method.Get or Method.Head || resource.About.IsGuarded)
        {
            // What is guarded is no content any more when it comes here, and knows no method.
            Send(exchange, resource);
        }
        else
        {
            AnswerOtherMethod(exchange, resource.About);
        }
    }

    // What comes before access is decided: early edits, variables of the server, If sections, variables of the sections.
    private bool TryLearn(Exchange exchange, RequestFacts facts, ref Resource resource)
    {
        facts.EditRequest(facts.Settings.Get(HeadersSettings.Request), isEarly: true);
        VariableOutcome variables = site.VariablesOf(facts.Host, facts.Request, exchange);
        facts.TakeVariables(variables);
        return !variables.IsUndecided && TryDecideSections(exchange, facts, ref resource);
    }

    // What comes behind access, before the answer: mod_env's variables, and the other edits.
    private static void LearnLast(RequestFacts facts)
    {
        facts.AddFixedVariables(facts.Settings.Get(VariableSettings.Fixed));
        facts.EditRequest(facts.Settings.Get(HeadersSettings.Request), isEarly: false);
    }

    private static bool TryDecideSections(Exchange exchange, RequestFacts facts, ref Resource resource)
    {
        ResourceAbout about = resource.About;
        if (about.Sections.Conditions.Count > 0)
        {
            if (about.Sections.Decide(facts) is not { } decided)
            {
                return false;
            }

            facts.Settings = decided.Settings;
            facts.Handler = decided.Settings.Get(CoreSettings.Handler) is { Length: > 0 } said ? said : about.Handler;
            about = about with { Sections = decided, Access = AccessSettings.RuleOf(decided.Settings), Handler = facts.Handler };

            // Those of If come before those around it.
            resource = (about.IsGuarded ? null : ResourceLoader.Redirection(about)) ?? resource.With(about);
        }

        VariableRules rules = facts.Settings.Get(VariableSettings.OfSections);
        if (!rules.IsEmpty)
        {
            string path = Encoding.Latin1.GetString(PathText.Bytes(about.Path));
            VariableOutcome more = rules.Evaluate(facts.Request, exchange.Connection, path, facts.Environment, facts);
            facts.TakeVariables(more);
            return !more.IsUndecided;
        }

        return true;
    }

    /// <summary>Answers a request whose path is no path that could be mapped.</summary>
    public void AnswerUnmapped(Exchange exchange, SiteHost host, int status)
    {
        var about = ResourceAbout.OfHost(host);
        exchange.Context = about;
        if (exchange.Request.Path.SequenceEqual("*"u8))
        {
            AnswerOtherMethod(exchange, about);
        }
        else
        {
            AnswerStatus(exchange, about, status);
        }
    }

    private void AnswerOtherMethod(Exchange exchange, ResourceAbout about)
    {
        if (MethodScripts.Allowed(about) is { } more && exchange.Request.Method is not (Method.Other or Method.Connect))
        {
            exchange.ResponseFields.Add("Allow"u8, Encoding.ASCII.GetBytes(more));
        }

        if (exchange.Request.Method == Method.Options)
        {
            ResponseFields.Respond(exchange, 200, OptionsFields, 0);
            exchange.Complete();
        }
        else
        {
            // RFC 9110 §15.6.2, §15.5.6: what the server knows for no address at all is 501; what it knows and a file does not allow is 405, with Allow.
            AnswerStatus(exchange, about, exchange.Request.Method is Method.Other or Method.Connect ? 501 : 405);
        }
    }

    private void Send(Exchange exchange, Resource resource)
    {
        if (resource.IsFile)
        {
            int refusal = FileAnswer.Answer(exchange, resource.Select(RequestFacts.RequestOf(exchange), exchange.Context as RequestFacts), site.UnixSeconds);
            if (refusal != 0)
            {
                AnswerStatus(exchange, resource.About, refusal);
            }
        }
        else if (resource.Listing is { } listing)
        {
            AnswerList(exchange, listing);
        }
        else
        {
            if (resource.Status is >= 300 and < 400)
            {
                AddLocation(exchange, resource);
            }

            AnswerStatus(exchange, resource.About, resource.Status);
        }
    }

    // By itself: what the closure holds would be made for every file too.
    private void AnswerList(Exchange exchange, Listing listing) => ListingAnswer.Answer(exchange, listing, site, waiting => AnswerStatus(waiting, listing.About, 500));

    // A path is encoded anew, without empty segments: "//host/x" or "/\host/x" in the request must not become another host's address in a browser.
    private static void AddLocation(Exchange exchange, Resource resource)
    {
        RequestHead request = exchange.Request;
        string location = resource.Target is { } target
            ? PathEncoding.EncodeUrl(target)
            : PathEncoding.Encode(PathText.Bytes(resource.About.Path)) + "/";
        if (location.StartsWith('/') && resource.About.Settings.Get(CoreSettings.UseCanonicalName))
        {
            location = CanonicalBase(exchange, resource.About.Host) + location;
        }

        byte[] value = Encoding.ASCII.GetBytes(location);
        bool addsQuery = request.HasQuery && !location.Contains('?');
        exchange.ResponseFields.Add("Location"u8, addsQuery ? [.. value, (byte)'?', .. request.Query] : value);
    }

    private static string CanonicalBase(Exchange exchange, SiteHost host)
    {
        IConnectionHost connection = exchange.Connection;
        ushort port = connection.Local.Port;
        string scheme = connection.IsSecure ? "https" : "http";
        bool isDefault = port == (connection.IsSecure ? 443 : 80);
        return $"{scheme}://{host.Name}{(isDefault ? "" : $":{port}")}";
    }
}
