using Roundtrip.Core;
using Roundtrip.Site.Access;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Access;

public class NameTests
{
    private const string Client = "192.0.2.1";

    [Theory]
    [InlineData("host example.org", "www.example.org", Client, 200)]
    [InlineData("host www.example.org", "www.example.org", Client, 200)]
    [InlineData("host WWW.EXAMPLE.ORG", "www.example.org.", Client, 200)]
    [InlineData("host .example.org", "www.example.org", Client, 200)]
    [InlineData("host ample.org", "www.example.org", Client, 403)]
    [InlineData("host example.org", "example.org.evil.net", Client, 403)]
    [InlineData("host example.org", "www.example.org", "192.0.2.9", 403)] // a forged PTR: the name does not lead back
    [InlineData("host 2.1", "192.0.2.1", Client, 403)] // a forged PTR: a name that is an address
    [InlineData("host example.org", "broken.example.org", Client, 403)]
    [InlineData("host example.org", null, Client, 403)]
    [InlineData("forward-dns www.example.org", null, Client, 200)]
    [InlineData("forward-dns other.example.org", null, Client, 403)]
    [InlineData("forward-dns broken.example.org www.example.org", null, Client, 200)]
    public void A_clients_name_counts_only_where_it_leads_back_to_its_address(string rule, string? reverse, string forward, int expected)
    {
        var names = new FakeNames();
        if (reverse is not null)
        {
            names.Reverse[Client] = reverse;
            names.Forward[reverse.TrimEnd('.')] = [forward];
        }

        names.Forward.TryAdd("www.example.org", [forward]);
        using var site = new SiteUnderTest { Names = names, Conf = $"<Location />\nRequire {rule}\n</Location>\n" };
        site.Folder.With("a", "content");

        Assert.Equal(expected, site.Get("/a").Status);
    }

    [Theory]
    [InlineData("<RequireAll>\nRequire all granted\nRequire not host evil.org\n</RequireAll>")]
    [InlineData("Order allow,deny\nAllow from all\nDeny from evil.org")]
    public void A_lookup_that_fails_denies_where_a_rule_is_turned_around_too(string rules)
    {
        var names = new FakeNames { Reverse = { [Client] = "broken.evil.org" } };
        using var site = new SiteUnderTest { Names = names, Conf = $"<Location />\n{rules}\n</Location>\n" };
        site.Folder.With("a", "content");

        Assert.Equal(403, site.Get("/a").Status);
    }

    [Fact]
    public void An_answer_is_kept_for_a_minute()
    {
        var names = new FakeNames();
        using SiteUnderTest site = OfHost(names);
        site.Get("/a");
        site.Get("/a");
        Assert.Equal(1, names.Lookups);

        site.Loop.Advance(PeerNames.FreshFor);
        site.Get("/a");
        Assert.Equal(2, names.Lookups);
    }

    [Fact]
    public void A_rule_that_need_not_know_the_name_does_not_wait_for_it()
    {
        var names = new FakeNames();
        using var site = new SiteUnderTest { Names = names, Conf = "<Location />\nRequire host example.org\nRequire ip 192\n</Location>\n" };
        site.Folder.With("a", "content");

        Assert.Equal((200, 0), (site.Get("/a").Status, names.Lookups));
    }

    [Fact]
    public void Who_has_waited_ten_seconds_is_denied()
    {
        var names = new FakeNames();
        using SiteUnderTest site = OfHost(names);
        site.Get("/a");
        site.Loop.Advance(PeerNames.FreshFor);
        names.Gate.Reset();
        var exchange = FakeExchange.Get("/a");
        site.Site.Start(exchange);

        site.Loop.Advance(PeerNames.Patience + 1000);
        site.Loop.RunUntil(() => exchange.IsComplete || site.Site.Names.Running == 0);

        Assert.Equal(403, exchange.Status);
        names.Gate.Set();
    }

    [Fact]
    public void Thousands_of_lookups_take_a_bounded_number_of_threads_and_places()
    {
        var names = new FakeNames();
        using SiteUnderTest site = OfHost(names);
        site.Get("/a");
        names.Gate.Reset();
        FakeExchange[] exchanges = [.. Enumerable.Range(0, 5000).Select(i =>
        {
            var exchange = FakeExchange.Get("/a");
            exchange.FakeConnection.Remote = PeerAddress.FromIPv4(0x0A000000u + (uint)i, 1);
            site.Site.Start(exchange);
            return exchange;
        })];

        Assert.Equal(PeerNames.MaximumRunning, site.Site.Names.Running);
        Assert.Equal(5000 - PeerNames.MaximumWaiting, exchanges.Count(exchange => exchange.Status == 403));
        names.Gate.Set();
        site.Loop.RunUntil(() => exchanges.All(exchange => exchange.IsComplete));
        Assert.InRange(site.Site.Names.Kept, 1, PeerNames.MaximumKept);
    }

    [Fact]
    public void An_exchange_that_ended_while_it_waited_is_not_answered()
    {
        var names = new FakeNames();
        using SiteUnderTest site = OfHost(names);
        site.Get("/a");
        site.Loop.Advance(PeerNames.FreshFor);
        names.Gate.Reset();
        var exchange = FakeExchange.Get("/a");
        site.Site.Start(exchange);
        if (site.Site.Names.Running == 0)
        {
            site.Loop.RunUntil(() => site.Site.Names.Running == 1);
        }

        exchange.End(EndReason.PeerReset);
        names.Gate.Set();
        site.Loop.RunUntil(() => site.Site.Names.Running == 0);

        Assert.Equal(0, exchange.Status);
    }

    private static SiteUnderTest OfHost(FakeNames names)
    {
        var site = new SiteUnderTest { Names = names, Conf = "<Location />\nRequire host example.org\n</Location>\n" };
        site.Folder.With("a", "content");
        return site;
    }
}
