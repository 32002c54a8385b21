using System.Net;
using Roundtrip.Core;
using Roundtrip.Http;

namespace Roundtrip.Server.Tests;

public class ConnectionCountsTests
{
    private static readonly HttpLimits Limits = HttpLimits.Default with { MaxConnectionsPerAddress = 2 };

    [Fact]
    public void An_IPv6_client_does_not_get_more_connections_by_taking_more_addresses_of_its_network()
    {
        var counts = new ConnectionCounts();
        Assert.Equal(EndReason.None, counts.TryAdd(From("2001:db8::1"), Limits));
        Assert.Equal(EndReason.None, counts.TryAdd(From("2001:db8::2"), Limits));

        Assert.Equal(EndReason.TooManyConnectionsFromAddress, counts.TryAdd(From("2001:db8::3"), Limits));
        Assert.Equal(EndReason.None, counts.TryAdd(From("2001:db8:0:1::1"), Limits));
        counts.Remove(From("2001:db8::1"));
        Assert.Equal(EndReason.None, counts.TryAdd(From("2001:db8::3"), Limits));
        Assert.Equal(3, counts.Total);
    }

    private static PeerAddress From(string address) => PeerAddress.From(IPAddress.Parse(address), 50_000);
}
