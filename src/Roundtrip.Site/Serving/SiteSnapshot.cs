using Roundtrip.Configuration;
using Roundtrip.Configuration.VirtualHosts;
using Roundtrip.Core;
using Roundtrip.Server;
using Roundtrip.Site.Core;
using Roundtrip.Site.LiveHub;
using Roundtrip.Site.Wsgi;
using Roundtrip.Transport;

namespace Roundtrip.Site.Serving;

/// <summary>
/// A configuration in use: its hosts, their maps and logs. Immutable; the loops share it. A reload makes another one, and this one ends when the last exchange that it serves has.
/// </summary>
public sealed class SiteSnapshot
{
    private readonly HostMap _map;
    private int _loops;

    /// <param name="logs">They end with the snapshot, if a loop has served it.</param>
    /// <exception cref="TransportException">A log or a store cannot be opened.</exception>
    public SiteSnapshot(BuiltConfiguration configuration, SiteLogs logs, SiteServices services)
    {
        (Services, Logs, _map) = (services, logs, configuration.Map);
        ServerConfiguration[] all = [configuration.Main, .. configuration.Hosts];
        Hosts = [.. all.Select(host => new SiteHost(host, logs))];
        HubTable.Check(Hosts);
        foreach (SiteHost host in Hosts)
        {
            services.Hubs.Prepare(host, services.LiveStores);
        }

        Workers = new WorkerPoolTable(WorkerGroups.Of(configuration), services.Workers);
        HasSeveralLimits = configuration.Hosts.Any(static host => host.Own.Has(CoreSettings.Limits));
        HasSeveralTlsTerms = Hosts.Select(host => host.TlsTerms).Where(terms => terms.Length > 0).Distinct().Count() > 1;
    }

    public SiteServices Services { get; }

    public SiteLogs Logs { get; }

    /// <summary>The main server, then the virtual hosts in the file's order.</summary>
    public IReadOnlyList<SiteHost> Hosts { get; }

    /// <summary>Whether a TLS connection to one host may be none of another's.</summary>
    internal bool HasSeveralTlsTerms { get; }

    /// <summary>Whether a host has limits of its own.</summary>
    internal bool HasSeveralLimits { get; }

    /// <summary>Where requests for WSGI applications go.</summary>
    internal WorkerPoolTable Workers { get; }

    internal FileRoots Roots { get; } = new();

    /// <summary>Makes what answers on a loop.</summary>
    public LoopSite CreateLoop(EventLoop loop)
    {
        var site = new SiteLoop(this, loop);
        return new LoopSite(site, site);
    }

    /// <summary>A loop begins to serve it.</summary>
    internal void Joined()
    {
        if (Interlocked.Increment(ref _loops) == 1)
        {
            Services.Hubs.Use(Hosts);
        }
    }

    /// <summary>A loop serves it no more; with the last one it ends.</summary>
    internal void Left()
    {
        if (Interlocked.Decrement(ref _loops) == 0)
        {
            Roots.Dispose();

            // Not on a loop: the last lines may wait for a disk.
            ThreadPool.UnsafeQueueUserWorkItem(static logs => logs.Dispose(), Logs, preferLocal: false);
        }
    }

    /// <summary>The hosts of the address at which a connection came.</summary>
    internal HostTable TableOf(PeerAddress local) => _map.Find(local.ToIPAddress(), local.Port);

    internal SiteHost HostOf(ServerConfiguration configuration) => Hosts[configuration.Index];
}
