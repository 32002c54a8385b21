using Roundtrip.Site.Files;
using Roundtrip.Site.Variables;
using Roundtrip.Transport;

namespace Roundtrip.Site.Serving;

/// <summary>What one host has of its own on one loop: hot files, loads under way, log buffers.</summary>
internal sealed class HostLoop : IDisposable
{
    public HostLoop(SiteHost host, EventLoop loop, ResourceLoader loader, SiteServices services, Action<Load> loaded)
    {
        Host = host;
        Variables = new VariableCache(host.Settings.Get(VariableSettings.OfServer));
        Hot = new HotFiles(services.Budget, services.MaximumOpenFiles);
        Loads = new LoadQueue(host, loader, loop, loaded);
    }

    public SiteHost Host { get; }

    public HotFiles Hot { get; }

    public LoadQueue Loads { get; }

    public VariableCache Variables { get; }

    public long BalancedAt { get; set; }

    public void Dispose() => Hot.Dispose();
}
