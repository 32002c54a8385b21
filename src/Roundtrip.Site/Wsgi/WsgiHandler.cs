using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Site.Core;
using Roundtrip.Site.Files;
using Roundtrip.Site.Programs;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Wsgi.Channels;

namespace Roundtrip.Site.Wsgi;

/// <summary>The handler <c>wsgi-script</c> on one loop: chooses the pool, and gives it the request.</summary>
internal sealed class WsgiHandler(SiteLoop site) : IProgramHandler
{
    public const string HandlerName = "wsgi-script";

    public SiteLoop Site => site;

    public void Answer(Exchange exchange, Resource resource)
    {
        ResourceAbout about = resource.About;
        if (!resource.Script!.IsAliased && !about.Settings.Get(CoreSettings.Options).Has(OptionFlags.ExecCgi))
        {
            // mod_wsgi.c, wsgi_hook_handler: a script that no WSGIScriptAlias names.
            about.Host.ErrorLog.Write(LogLevel.Error, "wsgi", exchange.Connection, exchange, $"Options ExecCGI is off in this directory: {resource.Script.FileName}");
            site.AnswerStatus(exchange, about, 403);
            return;
        }

        WsgiTarget target = about.HandlerState is WsgiTarget known && ReferenceEquals(known.Settings, about.Settings) ? known : MakeTarget(exchange, resource);
        if (target.Pool is not { } pool)
        {
            about.Host.ErrorLog.Write(LogLevel.Error, "wsgi", exchange.Connection, exchange, $"there is no WSGIDaemonProcess for {about.FileName}, whose WSGIProcessGroup names one (answered 500)");
            site.AnswerStatus(exchange, about, 500);
        }
        else if (exchange.BodyLength < 0 && !about.Settings.Get(WsgiSettings.TakesChunkedRequests))
        {
            site.AnswerStatus(exchange, about, 411);
        }
        else
        {
            WsgiExchange.Start(this, pool, target, exchange, resource);
        }
    }

    private WsgiTarget MakeTarget(Exchange exchange, Resource resource)
    {
        bool isOfRequest = false;
        var target = WsgiTarget.Of(resource.About, resource.Script!, site, name =>
        {
            isOfRequest = true;
            return (exchange.Context as RequestFacts)?.Environment.GetValueOrDefault(name) ?? "";
        });
        resource.About.HandlerState = isOfRequest ? null : target;
        return target;
    }
}
