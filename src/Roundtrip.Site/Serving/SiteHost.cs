using System.Globalization;
using Roundtrip.Configuration.Settings;
using Roundtrip.Configuration.VirtualHosts;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Core;
using Roundtrip.Site.EarlyHints;
using Roundtrip.Site.Mapping;
using Roundtrip.Site.Tls;

namespace Roundtrip.Site.Serving;

/// <summary>One virtual host, or the main server, of a snapshot: immutable and shared by the loops.</summary>
public sealed class SiteHost
{
    internal SiteHost(ServerConfiguration configuration, SiteLogs logs)
    {
        Configuration = configuration;
        Name = configuration.Name is { Length: > 0 } name ? name : Environment.MachineName;
        Map = new UrlMap(configuration.Settings);
        Logs = [.. LogSettings.LogsOf(configuration.Settings, logs)];
        Port = PortOf(configuration);
        Limits = SiteConfiguration.LimitsOf(configuration.Settings);
        SaysKeepAliveTimeout = configuration.Own.Get(CoreSettings.Limits).Any(static change => change.Name == LimitDirectives.KeepAliveTimeout);
        TlsTerms = SslSettings.TermsOf(configuration.Settings);
        Companions = Settings.Get(EarlyHintsSettings.Mode) == EarlyHintsMode.Learn ? new SharedCompanions() : null;
        ErrorLog = new ErrorLog(logs.FindErrorLog(Settings.Get(CoreSettings.ErrorLog)), ErrorLogDirectives.OptionsOf(Settings, Name));
    }

    /// <summary>Its place among the hosts of its snapshot.</summary>
    public int Index => Configuration.Index;

    public ServerConfiguration Configuration { get; }

    /// <summary>ServerName; where there is none, the machine's.</summary>
    public string Name { get; }

    /// <summary>The port of ServerName, or of the first address of VirtualHost; 0 where neither has one.</summary>
    public int Port { get; }

    public SettingBag Settings => Configuration.Settings;

    /// <summary>What it says of limits, with what it has from the main server. Which of them hold for whom is for <see cref="AddressLimits"/> to say.</summary>
    internal HttpLimits Limits { get; }

    /// <summary>Whether KeepAliveTimeout stands in the host itself.</summary>
    internal bool SaysKeepAliveTimeout { get; }

    /// <summary>Where the lines about its requests go; the main server's has those that concern no host too.</summary>
    public ErrorLog ErrorLog { get; }

    /// <summary>What its TLS connections are made by; empty for a host without TLS. A connection that was made by other terms than a host's is not that host's.</summary>
    internal string TlsTerms { get; }

    /// <summary>What its loops have learnt of its pages; null where they do not. Another configuration begins anew: what it denies nobody has learnt.</summary>
    internal SharedCompanions? Companions { get; }

    internal UrlMap Map { get; }

    internal IReadOnlyList<HostLog> Logs { get; }

    private static int PortOf(ServerConfiguration configuration)
    {
        string name = configuration.Settings.Get(HostNames.ServerName);
        int colon = name.LastIndexOf(':');
        return configuration.HasOwnName && colon > 0 && ushort.TryParse(name.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            ? port
            : configuration.Addresses.Count > 0 ? configuration.Addresses[0].Port : 0;
    }
}
