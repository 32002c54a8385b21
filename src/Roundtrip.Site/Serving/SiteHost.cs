using Roundtrip.Configuration.Settings;
using Roundtrip.Configuration.VirtualHosts;
using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Mapping;

namespace Roundtrip.Site.Serving;

/// <summary>One virtual host, or the main server, of a snapshot: immutable and shared by the loops.</summary>
public sealed class SiteHost
{
    internal SiteHost(ServerConfiguration configuration, AccessLogs logs)
    {
        Configuration = configuration;
        Map = new UrlMap(configuration.Settings);
        Logs = [.. configuration.Settings.Get(LogSettings.CustomLogs).Select(log => new HostLog(logs.Find(log.Target), log.Format))];
    }

    /// <summary>Its place among the hosts of its snapshot.</summary>
    public int Index => Configuration.Index;

    public ServerConfiguration Configuration { get; }

    /// <summary>ServerName; where there is none, the machine's.</summary>
    public string Name => Configuration.Name is { Length: > 0 } name ? name : Environment.MachineName;

    public SettingBag Settings => Configuration.Settings;

    internal UrlMap Map { get; }

    internal IReadOnlyList<HostLog> Logs { get; }
}
