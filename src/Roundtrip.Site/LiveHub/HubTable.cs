using Roundtrip.Site.Serving;

namespace Roundtrip.Site.LiveHub;

/// <summary>The hubs of the process: they and their histories outlive reloads. Thread-safe.</summary>
internal sealed class HubTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Host, string Path), Hub> _hubs = [];

    /// <summary>A configuration begins to serve: its hosts' hubs go on by what it says of them.</summary>
    public void Use(IEnumerable<SiteHost> hosts)
    {
        foreach (SiteHost host in hosts)
        {
            HubDefinition definition = host.Settings.Get(LiveSettings.Hub);
            if (definition.IsThere)
            {
                Find(host).Use(definition);
            }
        }
    }

    /// <summary>The hub of a host, by what names the host in every configuration.</summary>
    public Hub Find(SiteHost host)
    {
        HubDefinition definition = host.Settings.Get(LiveSettings.Hub);
        (string, string) key = ($"{host.Name}:{host.Port}", definition.Path);
        lock (_lock)
        {
            if (!_hubs.TryGetValue(key, out Hub? hub))
            {
                _hubs.Add(key, hub = new Hub(definition));
            }

            return hub;
        }
    }
}
