using System.Text;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http2;

namespace Roundtrip.Server.Tests;

public sealed class ReloadTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public void New_requests_are_the_new_site_s_and_one_under_way_stays_with_the_old_one()
    {
        Exchange? underWay = null;
        using var server = new InMemoryServer(exchange =>
        {
            exchange.Handler = new Patient();
            underWay = exchange;
        });
        InMemoryServer.Client old = server.Connect();
        old.Send(Request);

        var site = new Site("new");
        server.Server.Apply(Options(server, site), 0);
        InMemoryServer.Client fresh = server.Connect();
        fresh.Send(Request);
        Assert.EndsWith("new", fresh.Receive(), StringComparison.Ordinal);
        Assert.Equal(1, site.Answered);

        Site.Answer(underWay!, "old");
        server.Loop.RunUntilIdle();
        Assert.EndsWith("old", old.Receive(), StringComparison.Ordinal);
        Assert.Single(server.Ended.All);
        Assert.Equal(1, site.Answered);

        // The same connection's next request is the new site's.
        old.Send(Request);
        Assert.EndsWith("new", old.Receive(), StringComparison.Ordinal);
        Assert.Equal(2, site.Answered);
    }

    [Fact]
    public void A_site_ends_when_another_has_its_place_and_its_last_exchange_is_over()
    {
        var first = new Site("first") { IsPatient = true };
        using var server = new InMemoryServer(_ => { });
        server.Server.Apply(Options(server, first), 0);
        InMemoryServer.Client client = server.Connect();
        client.Send(Request);

        server.Server.Apply(Options(server, new Site("second")), 0);
        Assert.False(first.HasEnded);

        Site.Answer(first.Waiting!, "late");
        server.Loop.RunUntilIdle();
        Assert.True(first.HasEnded);
        Assert.EndsWith("late", client.Receive(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_site_without_exchanges_ends_at_once()
    {
        var first = new Site("first");
        using var server = new InMemoryServer(_ => { });
        server.Server.Apply(Options(server, first), 0);
        server.Server.Apply(Options(server, new Site("second")), 0);

        Assert.True(first.HasEnded);
    }

    [Fact]
    public void Listeners_that_both_have_go_on_and_others_are_opened_and_closed()
    {
        using var server = new InMemoryServer(_ => { });
        var other = PeerAddress.FromIPv4(0x7F000001, 81);
        server.Server.Apply(Options(server, new Site("both"), InMemoryServer.Address, other), 0);
        Assert.EndsWith("both", Get(server, InMemoryServer.Address), StringComparison.Ordinal);
        Assert.EndsWith("both", Get(server, other), StringComparison.Ordinal);

        server.Server.Apply(Options(server, new Site("one"), other), 0);
        Assert.EndsWith("one", Get(server, other), StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => server.Loop.Connect(InMemoryServer.Address));
    }

    [Fact]
    public void A_connection_of_a_listener_that_is_gone_ends_when_its_request_is_answered()
    {
        var first = new Site("first") { IsPatient = true };
        var other = PeerAddress.FromIPv4(0x7F000001, 81);
        using var server = new InMemoryServer(_ => { });
        server.Server.Apply(Options(server, first, InMemoryServer.Address, other), 0);
        var idle = new InMemoryServer.Client(server.Loop, server.Loop.Connect(other));
        var busy = new InMemoryServer.Client(server.Loop, server.Loop.Connect(other));
        InMemoryServer.Client kept = server.Connect();
        busy.Send(Request);
        server.Loop.RunUntilIdle();

        server.Server.Apply(Options(server, new Site("second"), InMemoryServer.Address), 0);
        server.Loop.RunUntilIdle();
        idle.Receive();
        Assert.True(idle.IsEnded);
        Assert.Equal("", busy.Receive());
        Assert.False(busy.IsEnded);

        Site.Answer(first.Waiting!, "late");
        server.Loop.RunUntilIdle();
        string answer = busy.Receive();
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
        Assert.EndsWith("late", answer, StringComparison.Ordinal);
        Assert.True(busy.IsEnded);
        kept.Send(Request);
        Assert.EndsWith("second", kept.Receive(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_that_would_be_made_otherwise_now_ends_and_one_that_would_not_goes_on()
    {
        using var server = new InMemoryServer(_ => { });
        server.Server.Apply(Options(server, new Site("first")), 0);
        InMemoryServer.Client client = server.Connect();
        client.Send(Request);
        client.Receive();

        server.Server.Apply(Options(server, new Site("second")), 0);
        client.Send(Request);
        Assert.EndsWith("second", client.Receive(), StringComparison.Ordinal);

        server.Server.Apply(Options(server, new Site("third"), Http2Cleartext.Direct), 0);
        server.Loop.RunUntilIdle();
        client.Receive();
        Assert.True(client.IsEnded);
    }

    private static ServerOptions Options(InMemoryServer server, Site site, Http2Cleartext cleartext) =>
        Options(server, site) with { Endpoints = [new ServerEndpoint(InMemoryServer.Address) { Http2Cleartext = cleartext }] };

    private static string Get(InMemoryServer server, PeerAddress address)
    {
        var client = new InMemoryServer.Client(server.Loop, server.Loop.Connect(address));
        client.Send(Request);
        return client.Receive();
    }

    private static ServerOptions Options(InMemoryServer server, Site site, params PeerAddress[] addresses) => new()
    {
        Endpoints = [.. (addresses.Length > 0 ? addresses : [InMemoryServer.Address]).Select(address => new ServerEndpoint(address))],
        ErrorLog = server.Server.ErrorLog,
        CreateSite = _ => new LoopSite(site, site),
    };

    [Fact]
    public void Limits_of_a_host_go_before_the_servers_and_a_reload_changes_both_for_connections_that_are_open()
    {
        using var server = new InMemoryServer(_ => { });
        server.Server.Apply(Options(server, new Site("a") { Limits = HttpLimits.Default with { RequestFields = 1 } }), 0);
        InMemoryServer.Client client = server.Connect();
        client.Send(Request);
        Assert.EndsWith("a", client.Receive(), StringComparison.Ordinal);

        server.Server.Apply(Options(server, new Site("b")), 0);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n");
        Assert.EndsWith("b", client.Receive(), StringComparison.Ordinal);

        server.Server.Apply(Options(server, new Site("c") { Limits = HttpLimits.Default with { RequestFields = 1 } }), 0);
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 431 ", client.Receive(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_begins_with_the_limits_of_its_host()
    {
        using var server = new InMemoryServer(_ => { });
        server.Server.Apply(Options(server, new Site("a") { Limits = HttpLimits.Default with { Head = new ReadTimeout(500, 500, 0) } }), 0);
        InMemoryServer.Client client = server.Connect();
        server.Loop.Advance(400);
        client.Receive();
        Assert.False(client.IsEnded);
        server.Loop.Advance(600);
        client.Receive();
        Assert.True(client.IsEnded);
    }

    private sealed class Patient : IExchangeHandler
    {
        public string Name => "patient";

        public void OnAborted(Exchange exchange, EndReason reason)
        {
        }

        public void OnBodyReadable(Exchange exchange)
        {
        }

        public void OnWritable(Exchange exchange)
        {
        }
    }

    private sealed class Site(string text) : IExchangeStarter, IExchangeObserver
    {
        public bool IsPatient { get; init; }

        public Exchange? Waiting { get; private set; }

        public int Answered { get; private set; }

        public bool HasEnded { get; private set; }

        /// <summary>Those of all connections; null for the server's.</summary>
        public HttpLimits? Limits { get; init; }

        public HttpLimits? LimitsOf(IConnectionHost connection) => Limits;

        public static void Answer(Exchange exchange, string text)
        {
            exchange.Respond(200, FieldBlock.Empty, text.Length);
            exchange.Write(Encoding.ASCII.GetBytes(text));
            exchange.Complete();
        }

        public void Start(Exchange exchange)
        {
            if (IsPatient)
            {
                exchange.Handler = new Patient();
                Waiting = exchange;
            }
            else
            {
                Answer(exchange, text);
            }
        }

        public void Ended(Exchange exchange) => Answered++;

        public void EndOfBatch(long now)
        {
        }

        public void EndOfLoop() => HasEnded = true;
    }
}
