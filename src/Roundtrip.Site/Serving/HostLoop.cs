using Roundtrip.Site.EarlyHints;
using Roundtrip.Site.Files;
using Roundtrip.Site.Variables;
using Roundtrip.Transport;

namespace Roundtrip.Site.Serving;

/// <summary>What one host has of its own on one loop: hot files, loads under way, log buffers.</summary>
internal sealed class HostLoop : IDisposable
{
    public HostLoop(SiteLoop site, SiteHost host, EventLoop loop, ResourceLoader loader, SiteServices services, Action<Load> loaded)
    {
        Host = host;
        Variables = new VariableCache(host.Settings.Get(VariableSettings.OfServer));
        Hot = new HotFiles(services.Budget, services.MaximumOpenFiles);
        Loads = new LoadQueue(host, loader, loop, loaded);
        Hints = HostHints.Of(site, host);
    }

    public SiteHost Host { get; }

    public HotFiles Hot { get; }

    public LoadQueue Loads { get; }

    public VariableCache Variables { get; }

    /// <summary>What is told clients while their answer is being made; null for a host that tells nothing.</summary>
    public HostHints? Hints { get; }

    public long BalancedAt { get; set; }

    public void Dispose() => Hot.Dispose();
}
