using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Site.LiveHub;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Tests.LiveHub;

public class HubTableTests
{
    private const string Words = "LiveHub\nLiveAnonymous On\nLiveAllowOrigin https://app.test\nLivePublisherKey HS256 a-secret-of-publishers-that-is-long\n";

    [Theory]
    [InlineData("ServerName a.test", "ServerName A.test:443", true)]
    [InlineData("ServerName a.test", "ServerName b.test", false)]
    [InlineData("ServerName a.test", "ServerName b.test\nServerAlias a.test", false)]
    [InlineData("", "", false)]
    public void The_plain_and_the_TLS_host_of_one_name_have_one_hub(string plain, string tls, bool isOne)
    {
        SiteHost[] hosts = Hosts(plain + "\n" + Words, tls + "\n" + Words);
        using var table = new HubTable();
        HubTable.Check(hosts);
        table.Use(hosts);
        Assert.Equal(isOne, ReferenceEquals(table.Find(hosts[1]), table.Find(hosts[2])));

        // A reload finds them again.
        SiteHost[] later = Hosts(plain + "\n" + Words, tls + "\n" + Words);
        Hub[] before = [table.Find(hosts[1]), table.Find(hosts[2])];
        table.Use(later);
        Assert.Equal(before, [table.Find(later[1]), table.Find(later[2])]);
    }

    [Theory]
    [InlineData("LiveAnonymous Off")]
    [InlineData("LiveHistory 5")]
    [InlineData("LiveAllowOrigin *")]
    [InlineData("LiveHeartbeat 5")]
    [InlineData("LivePublisherKey HS256 another-secret-of-publishers-long")]
    public void One_hub_cannot_be_two_things(string other)
    {
        SiteHost[] hosts = Hosts("ServerName a.test\n" + Words, "ServerName a.test\n" + Words + other);
        Assert.Contains("a.test have one hub", Assert.Throws<TransportException>(() => HubTable.Check(hosts)).Message, StringComparison.Ordinal);
        HubTable.Check(Hosts("ServerName a.test\n" + Words, "ServerName a.test\n" + Words + other + "\nLiveHub /other"));
    }

    private static SiteHost[] Hosts(string plain, string tls)
    {
        BuiltConfiguration built = SiteConfiguration.Load(
            new InMemorySource().With("/srv/a.conf", $"Listen 80\nListen 443\n<VirtualHost *:80>\n{plain}\n</VirtualHost>\n<VirtualHost *:443>\n{tls}\n</VirtualHost>\n"),
            "/srv/a.conf", new LoadOptions { ServerRoot = "/srv" }, static _ => []);
        Assert.Empty(built.Errors);
        var logs = new SiteLogs(static _ => AppendFile.Open("/dev/null"), null);
        return [.. new[] { built.Main }.Concat(built.Hosts).Select(host => new SiteHost(host, logs))];
    }
}
