using Roundtrip.Core;
using Roundtrip.Http.Http1;
using Roundtrip.Http.Http2;

namespace Roundtrip.Http.Tests.Http1;

/// <summary>RFC 9110 section 7.8: another protocol on the same connection, after 101 and not before.</summary>
public class UpgradeTests
{
    private const string Ask = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: example\r\n\r\n";
    private static readonly FieldBlock Fields = FieldBlock.Create(("Upgrade", "example"));

    [Fact]
    public void After_101_what_follows_is_the_other_protocols()
    {
        Feeds.Outcome outcome = Feeds.Run([Ask + "other bytes"], Accept);

        Assert.Equal("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: example\r\n\r\n", outcome.Sent);
        Assert.Equal("start GET /chat\nend GET 101 0 Upgraded\nswitch other bytes", outcome.Events);
    }

    [Fact]
    public void A_handler_may_upgrade_later()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Ask);

        Accept(host, held[0]);
        host.Send();

        Assert.StartsWith("HTTP/1.1 101 ", host.Sent, StringComparison.Ordinal);
        Assert.Contains("switch ", host.Events);
    }

    [Fact]
    public void An_upgrade_that_is_answered_otherwise_stays_HTTP()
    {
        Feeds.Outcome outcome = Feeds.EveryWay(Ask + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Contains("GET /chat []", outcome.Sent, StringComparison.Ordinal);
        Assert.Contains("GET /next []", outcome.Sent, StringComparison.Ordinal);
        Assert.DoesNotContain("switch", outcome.Events, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: example\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade, keep-alive\r\nUpgrade: example\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: example\r\nContent-Length: 1\r\n\r\n")]
    public void Without_the_option_the_field_the_version_or_with_a_body_there_is_no_upgrade(string vector)
    {
        Feeds.Run([vector], (_, exchange) =>
        {
            Assert.False(exchange.CanUpgrade);
            Assert.Throws<InvalidOperationException>(() => exchange.Upgrade(Fields, _ => throw new NotSupportedException()));
            exchange.Abort(EndReason.HandlerFailed);
        });
    }

    private static void Accept(TestHost host, Exchange exchange)
    {
        Assert.True(exchange.CanUpgrade);
        exchange.Upgrade(Fields, next => new Http1Connection(next, new Http1Resources(new Http2Resources())));
    }
}
