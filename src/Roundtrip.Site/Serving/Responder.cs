using System.Text;
using Roundtrip.Http;
using Roundtrip.Site.Access;
using Roundtrip.Site.Core;
using Roundtrip.Site.Files;
using Roundtrip.Site.Mapping;

namespace Roundtrip.Site.Serving;

/// <summary>Answers exchanges with resources: decides what each request decides for itself (conditions, access, method), then sends what was found.</summary>
internal sealed class Responder(SiteLoop site)
{
    internal const string Allowed = "GET, HEAD, OPTIONS";

    private static readonly FieldBlock OptionsFields = FieldBlock.Create(("Allow", Allowed));

    public void Answer(Exchange exchange, Resource resource)
    {
        ResourceAbout about = resource.About;
        if (about.IsSameForAll && exchange.Request.Method is Method.Get or Method.Head)
        {
            exchange.Context = about;
            Send(exchange, resource);
            return;
        }

        var facts = new RequestFacts(exchange, about.Host) { Settings = about.Settings, FileName = about.FileName, Path = about.Path, Handler = about.Handler };
        exchange.Context = facts;
        AccessRule access = about.Access;
        if (about.Sections.Conditions.Count > 0)
        {
            if (about.Sections.Decide(facts) is not { } decided)
            {
                // What a condition might forbid is not served where it cannot be told.
                AnswerStatus(exchange, about, 500);
                return;
            }

            facts.Settings = decided;
            access = AccessRule.Both(access, ResourceAbout.RuleOf(facts.Settings));
            string handler = decided.Get(CoreSettings.Handler) is { Length: > 0 } said ? said : about.Handler;
            resource = resource.With(about with { Sections = new(decided, []), Handler = handler });
            facts.Handler = handler;
        }

        if (access.Decide(facts) != AccessDecision.Granted)
        {
            AnswerStatus(exchange, resource.About, 403);
        }
        else if (resource.About.IsGuarded && (resource.IsFile || resource.Page is not null))
        {
            // By an If section: what others guard is no file any more when it comes here.
            AnswerStatus(exchange, resource.About, 501);
        }
        else if (exchange.Request.Method is Method.Get or Method.Head)
        {
            Send(exchange, resource);
        }
        else
        {
            AnswerOtherMethod(exchange, resource.About);
        }
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
        if (exchange.Request.Method == Method.Options)
        {
            exchange.Respond(200, OptionsFields, 0);
            exchange.Complete();
        }
        else
        {
            // RFC 9110 §15.6.2, §15.5.6: what the server knows for no address at all is 501; what it knows and a file does not allow is 405, with Allow.
            AnswerStatus(exchange, about, exchange.Request.Method == Method.Other ? 501 : 405);
        }
    }

    private void Send(Exchange exchange, Resource resource)
    {
        if (resource.IsFile)
        {
            int refusal = FileAnswer.Answer(exchange, resource.Select(exchange.Request), site.UnixSeconds);
            if (refusal != 0)
            {
                AnswerStatus(exchange, resource.About, refusal);
            }
        }
        else if (resource.Page is { } page)
        {
            FileAnswer.AnswerPage(exchange, page);
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

    // A status with its ErrorDocument. One that cannot be had at once, or is refused itself, gives way to the built-in page.
    private void AnswerStatus(Exchange exchange, ResourceAbout about, int status)
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
            case ErrorDocumentKind.Path when site.FindNow(about.Host, PathText.Bytes(document.Value)) is { IsFile: true } page && page.About.Access.GrantsAll:
                FileAnswer.AnswerAs(exchange, status, page.Select(exchange.Request));
                break;
            default:
                ErrorPages.Answer(exchange, status);
                break;
        }
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
}
