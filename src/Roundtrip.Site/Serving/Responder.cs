using System.Runtime.CompilerServices;
using System.Text;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Site.Access;
using Roundtrip.Site.Cgi;
using Roundtrip.Site.Core;
using Roundtrip.Site.Directories;
using Roundtrip.Site.Files;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Variables;

namespace Roundtrip.Site.Serving;

/// <summary>Answers exchanges with resources: decides what each request decides for itself (conditions, access, method), then sends what was found.</summary>
internal sealed class Responder(SiteLoop site)
{
    // httpd: LimitInternalRecursion's default.
    private const int MaximumRedirects = 10;

    internal const string Allowed = "GET, HEAD, OPTIONS";

    private static readonly FieldBlock OptionsFields = FieldBlock.Create(("Allow", Allowed));

    public void Answer(Exchange exchange, Resource resource)
    {
        if (exchange.Context is Elsewhere elsewhere)
        {
            AnswerWhatWasFound(exchange, elsewhere, resource);
            return;
        }

        bool isForMethod = false;
        if (exchange.Context is ForMethod asked)
        {
            isForMethod = true;
            resource = resource.Script is { } program ? Resource.OfScript(resource.About, program with { ActionFor = asked.Path }, []) : resource;
        }

        ResourceAbout about = resource.About;
        exchange.Context = about;
        if (about.IsDecidedByExchange && site.VariablesOf(about.Host, exchange.Request, exchange).IsNothing)
        {
            Finish(exchange, resource, about.IsGranted ? AccessDecision.Granted : Decide(exchange, null, about.Access, about.Outer), isForMethod);
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

        Finish(exchange, resource, decision, isForMethod);
    }

    private static AccessDecision Decide(Exchange exchange, RequestFacts? facts, AccessRule access, AccessRule outer) =>
        AccessDecisions.And(access.Decide(exchange, facts), outer.Decide(exchange, facts));

    /// <param name="isForMethod">Whether Script has led to what was found: it leads no further.</param>
    private void Finish(Exchange exchange, Resource resource, AccessDecision decision, bool isForMethod = false)
    {
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
        else if (!isForMethod && MethodScripts.Of(exchange, resource.About) is { } program && TryAnswerByProgram(exchange, resource, program))
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

    private bool TryAnswerByProgram(Exchange exchange, Resource resource, string program)
    {
        if (resource.Status is >= 300 and < 400)
        {
            // The method is answered, but elsewhere.
            Send(exchange, resource);
            return true;
        }

        if (!MethodScripts.MayAnswer(exchange, resource))
        {
            return false;
        }

        // mod_actions: the program is asked for as if the URL had its path in front.
        exchange.Context = new ForMethod(resource.About.Path);
        site.Begin(exchange, resource.About.Host, PathText.Bytes(program + resource.About.Path));
        return true;
    }

    // What comes before access is decided: early edits, variables of the server, If sections, variables of the sections.
    private bool TryLearn(Exchange exchange, RequestFacts facts, ref Resource resource)
    {
        facts.EditRequest(facts.Settings.Get(HeadersSettings.Request), isEarly: true);
        VariableOutcome variables = site.VariablesOf(facts.Host, facts.Request, exchange);
        facts.TakeVariables(variables);
        return !variables.IsUndecided && TryDecideSections(exchange, facts, ref resource);
    }

    // What comes before access is decided for another path: the variables that an internal redirect has set stay.
    private bool TryLearnAnew(Exchange exchange, RequestFacts facts, ref Resource page)
    {
        // As httpd's hooks of a request that was read, early edits run for each internal redirect again.
        facts.EditRequest(facts.Settings.Get(HeadersSettings.Request), isEarly: true);
        VariableOutcome variables = site.VariablesOf(facts.Host, facts.Request, exchange);
        facts.AddVariables(variables);
        return !variables.IsUndecided && TryDecideSections(exchange, facts, ref page);
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

    // A status with its ErrorDocument. One that cannot be had at once, or is refused itself, gives way to the built-in page.
    internal void AnswerStatus(Exchange exchange, ResourceAbout about, int status)
    {
        ErrorDocument document = about.Settings.Get(CoreSettings.ErrorDocuments).GetValueOrDefault(status, ErrorDocument.BuiltIn);
        switch (document.Kind)
        {
            case ErrorDocumentKind.Text:
                ErrorPages.AnswerText(exchange, status, document.Value);
                break;
            case ErrorDocumentKind.Redirect:
                exchange.ResponseFields.Add("Location"u8, Encoding.ASCII.GetBytes(PathEncoding.EncodeUrl(document.Value)));
                ErrorPages.Answer(exchange, 302);
                break;
            case ErrorDocumentKind.Path when TryAnswerPage(exchange, status, about, document.Value):
                break;
            default:
                ErrorPages.Answer(exchange, status);
                break;
        }
    }

    // As httpd's internal redirect does, the page is asked for anew: by GET, with its own sections, variables and access.
    private bool TryAnswerPage(Exchange exchange, int status, ResourceAbout refused, string target)
    {
        if (site.FindNow(refused.Host, PathText.Bytes(target.Split('?')[0])) is not { } found)
        {
            return false;
        }

        Resource page = found;
        var facts = RequestFacts.OfErrorDocument(exchange, found.About, status, target);
        bool isSent = found.IsKept && TryLearnOfPage(exchange, facts, refused, ref page);
        if (isSent && page.Script is not null)
        {
            // Its status is what the program says; where that says none, that of the error.
            exchange.Context = facts;
            site.Programs.Answer(exchange, page);
        }
        else if (isSent)
        {
            exchange.Context = facts;
            FileAnswer.AnswerAs(exchange, status, page.Select(facts.Request, facts), site.UnixSeconds);
        }

        found.ReleaseReference();
        return isSent;
    }

    /// <summary>
    /// Answers from another path of the same host, as a program asks for it (RFC 3875 section 6.2.2): anew, by GET, with that path's own sections and access.
    /// </summary>
    /// <param name="target">A path, percent-encoded, and perhaps a query.</param>
    [SkipLocalsInit]
    internal void AnswerElsewhere(Exchange exchange, ResourceAbout from, string target)
    {
        int depth = 0;
        for (object? context = exchange.Context; context is RequestFacts one; context = one.Original)
        {
            depth++;
        }

        byte[] raw = Encoding.Latin1.GetBytes(target.Split('?')[0]);
        Span<byte> scratch = stackalloc byte[UrlPath.MaximumLength];
        if (depth > MaximumRedirects || UrlPath.TryResolve(raw, scratch, out UrlPath path) != UrlPathResult.Ok)
        {
            from.Host.ErrorLog.Write(LogLevel.Error, "core", exchange.Connection, exchange, depth > MaximumRedirects
                ? $"Request exceeded the limit of {MaximumRedirects} internal redirects due to probable configuration error."
                : $"a program leads to {target}, which is no path (answered 500)");
            AnswerStatus(exchange, from, 500);
            return;
        }

        exchange.Context = new Elsewhere(exchange.Context, target);
        site.Begin(exchange, from.Host, path.Bytes);
    }

    // What was asked for elsewhere has been found.
    private void AnswerWhatWasFound(Exchange exchange, Elsewhere elsewhere, Resource page)
    {
        exchange.Context = elsewhere.Context;
        var facts = RequestFacts.OfErrorDocument(exchange, page.About, 200, elsewhere.Target);
        bool isLearnt = TryLearnAnew(exchange, facts, ref page);
        exchange.Context = facts;
        if (isLearnt)
        {
            LearnLast(facts);
            Finish(exchange, page, Decide(exchange, facts, page.About.Access, page.About.Outer));
        }
        else
        {
            AnswerStatus(exchange, page.About, 500);
        }
    }

    /// <returns>Whether the page may be sent.</returns>
    private bool TryLearnOfPage(Exchange exchange, RequestFacts facts, ResourceAbout refused, ref Resource page)
    {
        if (!TryLearnAnew(exchange, facts, ref page) || !page.IsKept)
        {
            return false;
        }

        if (facts.Vary is { } vary && vary != (facts.Original as RequestFacts)?.Vary)
        {
            exchange.ResponseFields.Add("Vary"u8, Encoding.Latin1.GetBytes(vary));
        }

        // Who was refused by the very sections that hold for the page is not asked about them again: httpd compares the merged configurations.
        bool isGranted = page.About.Sections.IsOfSameSections(refused.Sections)
            || Decide(exchange, facts, page.About.Access, page.About.Outer) == AccessDecision.Granted;
        if (isGranted)
        {
            LearnLast(facts);
        }

        return isGranted;
    }

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

    /// <summary>What an exchange waits for that a program has sent to another path.</summary>
    /// <param name="Context">What was known of it.</param>
    /// <param name="Target">The path, and perhaps a query.</param>
    private sealed record Elsewhere(object? Context, string Target);

    /// <summary>What an exchange waits for whose method is a program's to answer.</summary>
    /// <param name="Path">The decoded path that was asked for.</param>
    private sealed record ForMethod(string Path);
}
