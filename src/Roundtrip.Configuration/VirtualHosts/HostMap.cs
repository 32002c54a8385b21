using System.Net;

namespace Roundtrip.Configuration.VirtualHosts;

/// <summary>
/// Which virtual hosts serve a connection, by the address and port at which it came: those of the most specific <c>&lt;VirtualHost&gt;</c> address that matches ("An In-Depth Discussion of
/// Virtual Host Matching"), otherwise the main server.
/// </summary>
public sealed class HostMap
{
    private readonly HostTable _main;
    private readonly Dictionary<HostAddress, HostTable> _tables;

    public HostMap(ServerConfiguration main, IReadOnlyList<ServerConfiguration> hosts)
    {
        _main = new HostTable([main]);
        _tables = hosts.SelectMany(host => host.Addresses.Distinct().Select(address => (address, host)))
            .GroupBy(pair => pair.address, pair => pair.host)
            .ToDictionary(group => group.Key, group => new HostTable([.. group]));
    }

    /// <summary>The addresses of virtual hosts with their hosts.</summary>
    public IEnumerable<KeyValuePair<HostAddress, HostTable>> Tables => _tables;

    public HostTable Find(IPAddress address, ushort port)
    {
        ReadOnlySpan<HostAddress> candidates = [new(address, port), new(address, 0), new(null, port), new(null, 0)];
        foreach (HostAddress candidate in candidates)
        {
            if (_tables.TryGetValue(candidate, out HostTable? table))
            {
                return table;
            }
        }

        return _main;
    }

    /// <summary>The one table of a port whatever the address; null where it depends on the address.</summary>
    public HostTable? FindByPort(ushort port) =>
        _tables.Keys.Any(key => key.Address is not null && (key.Port == port || key.Port == 0)) ? null : Find(IPAddress.Any, port);
}
