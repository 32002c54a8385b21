using Roundtrip.Core;

namespace Roundtrip.Http.Tests.Http1;

/// <summary>RFC 9110 section 7.8: another protocol on the same connection, after 101 and not before.</summary>
public class UpgradeTests
{
    private const string Ask = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: other/1, Example\r\n\r\n";
    private const string Accepted = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: example\r\nX-Accepted: yes\r\n\r\n";

    [Fact]
    public void After_101_what_follows_is_the_other_protocols()
    {
        TestHost host = Open();
        host.Feed(Ask + "get / http/1.1\r\n\r\n");
        Assert.Equal(Accepted + "GET / HTTP/1.1\r\n\r\n", host.Sent);
        Assert.Equal(["start GET /chat"], host.Events);
        host.Feed("more");
        Assert.EndsWith("\r\n\r\nMORE", host.Sent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_clients_end_is_a_half_close_and_ours_ends_the_connection_when_all_is_sent()
    {
        TestHost host = Open();
        host.Feed(Ask + "x");
        host.FeedEnd();

        Assert.Equal(Accepted + "Xbye", host.Sent);
        Assert.Equal(["start GET /chat", "tunnel End", "end GET 101 4 Completed"], host.Events);
        Assert.Equal(ConnectionClose.Close, host.Engine.Closing);
        Assert.Equal(0, host.Buffers.Outstanding);
    }

    [Fact]
    public void A_handler_that_ends_the_tunnel_first_lets_the_client_read_what_was_sent()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Ask);
        held[0].AcceptUpgrade("example"u8, FieldBlock.Empty);
        held[0].Write("bye"u8);
        held[0].Complete();
        host.Send();

        Assert.EndsWith("\r\n\r\nbye", host.Sent, StringComparison.Ordinal);
        Assert.Equal(ConnectionClose.Linger, host.Engine.Closing);
        Assert.Equal("end GET 101 3 Completed", host.Events[^1]);
    }

    [Fact]
    public void A_tunnel_that_is_aborted_resets_the_connection()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Ask);
        held[0].AcceptUpgrade("example"u8, FieldBlock.Empty);
        held[0].Abort(EndReason.HandlerFailed);

        Assert.Equal(ConnectionClose.Reset, host.Engine.Closing);
    }

    [Fact]
    public void A_connection_that_is_lost_aborts_the_tunnel()
    {
        TestHost host = Open();
        host.Feed(Ask);
        host.End(EndReason.PeerReset);

        Assert.Equal("aborted PeerReset", host.Events[^2]);
        Assert.Equal(0, host.Buffers.Outstanding);
    }

    [Fact]
    public void A_silent_tunnel_is_not_timed_and_has_no_limit_of_bytes()
    {
        TestHost host = Open(HttpLimits.Default with { RequestBody = 10 });
        host.Feed(Ask);
        host.Advance(24 * 60 * 60 * 1000);
        host.Feed(new string('x', 100_000));

        Assert.Equal(Accepted.Length + 100_000, host.Sent.Length);
        Assert.Equal(Deadline.None, host.Engine.NextDeadline);
    }

    [Fact]
    public void What_a_tunnels_handler_does_not_read_is_not_taken_from_the_client()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Ask);
        held[0].AcceptUpgrade("example"u8, FieldBlock.Empty);
        host.Feed(new string('x', 1_000_000));

        Assert.False(host.Engine.WantsInput);
        Assert.InRange(host.Input.Length, 1, 256 * 1024);
    }

    [Fact]
    public void A_handler_may_upgrade_later_and_what_came_meanwhile_is_the_tunnels()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Ask + "early");
        Assert.Equal("", host.Sent);
        Assert.Equal(BodyReadStatus.End, held[0].ReadBody(new byte[10]).Status);

        held[0].AcceptUpgrade("example"u8, FieldBlock.Empty);
        host.Send();

        Assert.StartsWith("HTTP/1.1 101 ", host.Sent, StringComparison.Ordinal);
        byte[] piece = new byte[10];
        Assert.Equal("early", TestHost.Latin1(piece.AsSpan(0, held[0].ReadBody(piece).Count)));
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
            Assert.False(exchange.AsksFor("example"u8));
            Assert.Throws<InvalidOperationException>(() => exchange.AcceptUpgrade("example"u8, FieldBlock.Empty));
            exchange.Abort(EndReason.HandlerFailed);
        });
    }

    [Theory]
    [InlineData("example", true)]
    [InlineData("EXAMPLE", true)]
    [InlineData("other/1", true)]
    [InlineData("other", false)]
    [InlineData("ample", false)]
    [InlineData("h2c", false)]
    public void A_protocol_is_asked_for_by_its_whole_name(string protocol, bool isAsked)
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Ask);

        Assert.Equal(isAsked, held[0].AsksFor(System.Text.Encoding.ASCII.GetBytes(protocol)));
    }

    [Fact]
    public void A_stop_is_told_to_the_tunnels_handler_and_to_one_that_opens_it_later()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Ask);
        held[0].AcceptUpgrade("example"u8, FieldBlock.Empty);
        Assert.False(held[0].IsStopping);
        host.Engine.Stop(0);
        Assert.Equal(("stopping", true, ConnectionClose.None), (host.Events[^1], held[0].IsStopping, host.Engine.Closing));

        (TestHost late, List<Exchange> opened) = Connections.OpenHeld();
        late.Feed(Ask);
        late.Engine.Stop(0);
        opened[0].AcceptUpgrade("example"u8, FieldBlock.Empty);
        Assert.True(opened[0].IsStopping);
    }

    [Fact]
    public void A_handler_may_end_its_own_side_and_go_on_reading()
    {
        (TestHost host, List<Exchange> held) = Connections.OpenHeld();
        host.Feed(Ask);
        Exchange tunnel = held[0];
        Assert.Throws<InvalidOperationException>(tunnel.EndWriting);
        tunnel.AcceptUpgrade("example"u8, FieldBlock.Empty);
        tunnel.Write("last"u8);
        Assert.False(host.Engine.EndsOutput);
        tunnel.EndWriting();
        Assert.Equal(4, tunnel.Write("gone"u8));
        host.Send();

        Assert.EndsWith("\r\n\r\nlast", host.Sent, StringComparison.Ordinal);
        Assert.True(host.Engine.EndsOutput && host.Engine.WantsInput && !tunnel.CanWrite);
        Assert.Equal(ConnectionClose.None, host.Engine.Closing);
        host.Feed("more");
        byte[] piece = new byte[10];
        Assert.Equal("more", TestHost.Latin1(piece.AsSpan(0, tunnel.ReadBody(piece).Count)));
        host.FeedEnd();
        Assert.Equal(BodyReadStatus.End, tunnel.ReadBody(piece).Status);
        tunnel.Complete();
        host.Send();
        Assert.Equal(("end GET 101 4 Completed", ConnectionClose.Close), (host.Events[^1], host.Engine.Closing));
    }

    private static TestHost Open(HttpLimits? limits = null)
    {
        TestHost host = null!;
        host = Connections.Open(exchange => TunnelHandler.Start(host, exchange), limits);
        return host;
    }
}
