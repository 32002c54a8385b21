using Roundtrip.Configuration;
using Roundtrip.Configuration.VirtualHosts;
using Roundtrip.Http;
using Roundtrip.Site.Tls;

namespace Roundtrip.Site.Core;

/// <summary>
/// Limits that a virtual host says and no connection ever has: they hold for a connection before its request says which host it is for. httpd is silent about them; whoever wrote them believes
/// that they hold.
/// </summary>
internal static class IdleLimits
{
    /// <returns>A warning for each directive of each such host, at its last line.</returns>
    public static IEnumerable<ConfigurationError> Of(BuiltConfiguration built) => built.Hosts.SelectMany(host => Of(host, [.. built.Map.Tables.Select(pair => pair.Value).Where(table => table.Hosts.Contains(host))]));

    private static IEnumerable<ConfigurationError> Of(ServerConfiguration host, HostTable[] tables) =>
        from change in host.Own.Get(CoreSettings.Limits)
        group change by change.Name into said
        where !tables.Any(table => Rules(host, table, said.Last().Reach))
        let first = tables.Select(table => table.Default).FirstOrDefault(first => Differs(said, SiteConfiguration.LimitsOf(first.Settings)))
        where first is not null
        select new ConfigurationError(
            said.Last().Position,
            $"{said.Key} has no effect here: connections have it from the first <VirtualHost> of their address, which is at {first.Position}. Say it there, or outside of all hosts");

    private static bool Rules(ServerConfiguration host, HostTable table, LimitReach reach) =>
        reach == LimitReach.Request || ReferenceEquals(table.Default, host) || (reach == LimitReach.Connection && IsSecure(host) && IsSecure(table.Default));

    private static bool IsSecure(ServerConfiguration host) => host.Settings.Get(SslSettings.Engine);

    private static bool Differs(IEnumerable<LimitChange> said, HttpLimits ruling) => said.Aggregate(ruling, static (limits, change) => change.Apply(limits)) != ruling;
}
