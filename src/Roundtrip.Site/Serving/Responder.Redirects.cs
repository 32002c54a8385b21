using System.Runtime.CompilerServices;
using System.Text;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Site.Access;
using Roundtrip.Site.Cgi;
using Roundtrip.Site.Core;
using Roundtrip.Site.Files;
using Roundtrip.Site.Headers;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Variables;

namespace Roundtrip.Site.Serving;

/// <content>Internal redirects: to an ErrorDocument, to where a program's Location leads, to the program that Script names for a method.</content>
internal sealed partial class Responder
{
    // httpd: LimitInternalRecursion's default.
    private const int MaximumRedirects = 10;

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
            Finish(exchange, page, Decide(exchange, facts, page.About.Access, page.About.Outer), isRedirected: true);
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

    // What comes before access is decided for another path: the variables that an internal redirect has set stay.
    private bool TryLearnAnew(Exchange exchange, RequestFacts facts, ref Resource page)
    {
        // As httpd's hooks of a request that was read, early edits run for each internal redirect again.
        facts.EditRequest(facts.Settings.Get(HeadersSettings.Request), isEarly: true);
        VariableOutcome variables = site.VariablesOf(facts.Host, facts.Request, exchange);
        facts.AddVariables(variables);
        return !variables.IsUndecided && TryDecideSections(exchange, facts, ref page);
    }

    /// <summary>What an exchange waits for that a program has sent to another path.</summary>
    /// <param name="Context">What was known of it.</param>
    /// <param name="Target">The path, and perhaps a query.</param>
    private sealed record Elsewhere(object? Context, string Target);

    /// <summary>What an exchange waits for whose method is a program's to answer.</summary>
    /// <param name="Path">The decoded path that was asked for.</param>
    private sealed record ForMethod(string Path);
}
