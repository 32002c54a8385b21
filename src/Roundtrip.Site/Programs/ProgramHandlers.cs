using System.Collections.Frozen;
using Roundtrip.Http;
using Roundtrip.Site.Cgi;
using Roundtrip.Site.Files;
using Roundtrip.Site.LiveHub;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Wsgi;

namespace Roundtrip.Site.Programs;

/// <summary>The handlers that compute answers, as one loop has them. A new one is a folder of its own and a line here.</summary>
internal sealed class ProgramHandlers(SiteLoop site)
{
    private static readonly FrozenDictionary<string, Func<SiteLoop, IProgramHandler>> Kinds = new Dictionary<string, Func<SiteLoop, IProgramHandler>>
    {
        [CgiHandler.HandlerName] = static site => new CgiHandler(site),
        [HubHandler.HandlerName] = static site => new HubHandler(site),
        [WsgiHandler.HandlerName] = static site => new WsgiHandler(site),
    }.ToFrozenDictionary();

    private readonly Dictionary<string, IProgramHandler> _handlers = [];

    /// <summary>Whether a handler of this name, as SetHandler and its kin have it, computes its answers.</summary>
    public static bool Knows(string handler) => Kinds.ContainsKey(handler);

    public void Answer(Exchange exchange, Resource resource)
    {
        string name = resource.About.Handler;
        if (!_handlers.TryGetValue(name, out IProgramHandler? handler))
        {
            _handlers.Add(name, handler = Kinds[name](site));
        }

        handler.Answer(exchange, resource);
    }
}
