using Roundtrip.Live.Stores;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;

namespace Roundtrip.Site.LiveHub;

/// <summary>The hubs of the process: they and their histories outlive reloads. Thread-safe.</summary>
internal sealed class HubTable : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Host, string Path, StoreAddress? Store), Hub> _hubs = [];

    /// <summary>Opens what a host's hub is kept in, before the first request comes. One that is there already goes on as it was.</summary>
    /// <exception cref="TransportException">It cannot be opened.</exception>
    public void Prepare(SiteHost host, ILiveStores? stores)
    {
        HubDefinition definition = host.Settings.Get(LiveSettings.Hub);
        if (definition.Store is null || !definition.IsThere)
        {
            return;
        }

        lock (_lock)
        {
            if (!_hubs.ContainsKey(KeyOf(host, definition)))
            {
                _hubs.Add(KeyOf(host, definition), new Hub(definition, host.ErrorLog, stores, host.Name + definition.Path));
            }
        }
    }

    /// <summary>A configuration begins to serve: its hosts' hubs go on by what it says of them.</summary>
    public void Use(IEnumerable<SiteHost> hosts)
    {
        foreach (SiteHost host in hosts)
        {
            HubDefinition definition = host.Settings.Get(LiveSettings.Hub);
            if (definition.IsThere)
            {
                Find(host).Use(definition, host.ErrorLog);
                RemoveFormer(KeyOf(host, definition));
            }
        }
    }

    /// <summary>The hub of a host.</summary>
    public Hub Find(SiteHost host)
    {
        HubDefinition definition = host.Settings.Get(LiveSettings.Hub);
        lock (_lock)
        {
            if (!_hubs.TryGetValue(KeyOf(host, definition), out Hub? hub))
            {
                _hubs.Add(KeyOf(host, definition), hub = new Hub(definition, host.ErrorLog));
            }

            return hub;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (Hub hub in _hubs.Values)
            {
                hub.Dispose();
            }

            _hubs.Clear();
        }
    }

    // It is kept elsewhere from now on. Not on a loop: a store may have something to finish.
    private void RemoveFormer((string Host, string Path, StoreAddress? Store) key)
    {
        lock (_lock)
        {
            foreach ((var former, Hub other) in _hubs.Where(pair => pair.Key != key && (pair.Key.Host, pair.Key.Path) == (key.Host, key.Path)).ToArray())
            {
                _hubs.Remove(former);
                ThreadPool.UnsafeQueueUserWorkItem(static hub => hub.Dispose(), other, preferLocal: false);
            }
        }
    }

    // What names the host in every configuration.
    private static (string Host, string Path, StoreAddress? Store) KeyOf(SiteHost host, HubDefinition definition) =>
        ($"{host.Name}:{host.Port}", definition.Path, definition.Store);
}
