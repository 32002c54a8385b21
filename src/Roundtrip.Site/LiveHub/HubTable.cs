using Roundtrip.Live.Stores;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;

namespace Roundtrip.Site.LiveHub;

/// <summary>The hubs of the process: they and their histories outlive reloads. Thread-safe.</summary>
internal sealed class HubTable : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Host, string Path, StoreAddress? Store), Hub> _hubs = [];

    /// <summary>Holds the hosts of a configuration against each other: those of one ServerName, such as the plain and the TLS host of a site, have one hub at a path, which cannot be two things.</summary>
    /// <exception cref="TransportException">Two say different things of it.</exception>
    public static void Check(IEnumerable<SiteHost> hosts)
    {
        foreach (var same in hosts.Where(host => host.Settings.Get(LiveSettings.Hub).IsThere).GroupBy(host => (NameOf(host), host.Settings.Get(LiveSettings.Hub).Path)))
        {
            if (same.Any(host => !host.Settings.Get(LiveSettings.Hub).IsLike(same.First().Settings.Get(LiveSettings.Hub))))
            {
                throw new TransportException($"the virtual hosts of {same.First().Name} have one hub at {same.Key.Path}: what they say of it with the Live directives must be the same, or its path another");
            }
        }
    }

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

    private static (string Host, string Path, StoreAddress? Store) KeyOf(SiteHost host, HubDefinition definition) => (NameOf(host), definition.Path, definition.Store);

    // What names the host in every configuration. Hosts that have no name of their own are told apart by their port.
    private static string NameOf(SiteHost host) => host.Configuration.HasOwnName ? host.Name.ToUpperInvariant() : $"{host.Name}:{host.Port}";
}
