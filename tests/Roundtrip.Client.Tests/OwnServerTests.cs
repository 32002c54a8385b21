using System.Runtime.Versioning;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http2;
using Roundtrip.Server;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Client.Tests;

/// <summary>The client against our own server in this process: sessions, many requests, pauses.</summary>
[SupportedOSPlatform("linux")]
public sealed class OwnServerTests : IClassFixture<LocalCertificates>, IDisposable
{
    private const int Length = 3_000_000;

    private readonly LocalCertificates _certificates;
    private readonly TlsServerContext _context;
    private readonly ErrorLog _log = new(new MemoryStream());
    private readonly HttpServer _server;

    public OwnServerTests(LocalCertificates certificates)
    {
        _certificates = certificates;
        _context = new TlsServerContext(new TlsServerOptions { Name = "test", Certificates = [certificates.Files] });
        _server = HttpServer.Start(new ServerOptions
        {
            Endpoints = [new ServerEndpoint(PeerAddress.FromIPv4(0x7F000001, 0), _context), new ServerEndpoint(PeerAddress.FromIPv4(0x7F000001, 0)) { Http2Cleartext = Http2Cleartext.Direct }],
            CreateSite = static _ => new LoopSite(new LargeSite(), new NoLog()),
            ErrorLog = _log,
            Loops = 1,
        });
    }

    public void Dispose()
    {
        _server.Stop();
        _server.Dispose();
        _context.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void A_hundred_requests_at_once_share_one_connection_of_HTTP_2()
    {
        using var client = new TestClient(observer => _certificates.Options(observer));
        TestUser[] users = [.. Enumerable.Range(0, 100).Select(_ => client.Send(SecurePort, isSecure: true, method: "HEAD"))];

        Assert.All(users, user => Assert.Equal("Http2 200 ended Completed", user.Wait()));
        Assert.Single(client.Lines, line => line.StartsWith("opened ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_next_connection_to_an_origin_goes_on_with_its_session_and_another_origin_does_not()
    {
        using var client = new TestClient(observer => _certificates.Options(observer, ProtocolChoice.Http1));
        TestUser[] first = [.. Enumerable.Range(0, 2).Select(_ => client.Send(SecurePort, isSecure: true, method: "HEAD"))];
        Assert.All(first, user => user.Wait());
        client.Do(client.Pool.Stop);
        client.WaitFor("closed ServerStopping");
        client.Send(SecurePort, isSecure: true, method: "HEAD").Wait();
        using var other = new TlsServerContext(new TlsServerOptions { Name = "other", Certificates = [_certificates.Files] });
        using HttpServer second = HttpServer.Start(new ServerOptions
        {
            Endpoints = [new ServerEndpoint(PeerAddress.FromIPv4(0x7F000001, 0), other)],
            CreateSite = static _ => new LoopSite(new LargeSite(), new NoLog()),
            ErrorLog = _log,
            Loops = 1,
        });
        client.Send(second.Addresses[0].Port, isSecure: true, method: "HEAD").Wait();
        second.Stop();

        // The second of the first two may have found the other's session already, or not.
        Assert.Equal([false, true, false], client.Handshakes.Where((_, number) => number != 1).Select(facts => facts.IsResumed));
    }

    [Fact]
    public void A_ticket_of_TLS_1_3_is_offered_once_and_each_connection_brings_the_next_one_another()
    {
        using var recorder = new HelloRecorder(SecurePort);
        using var client = new TestClient(observer => _certificates.Options(observer, ProtocolChoice.Http1));
        for (int connection = 0; connection < 6; connection++)
        {
            Assert.Equal("Http11 200 ended Completed", client.Send(recorder.Port, isSecure: true, method: "HEAD").Wait());
            client.Do(client.Pool.Stop);
            client.WaitFor("closed ServerStopping", connection + 1);
        }

        // RFC 8446 §C.4: who watches cannot tell by a ticket that two connections are one client's.
        Assert.Equal([0, 1, 1, 1, 1, 1], recorder.Tickets.Select(offered => offered.Length));
        Assert.Distinct(recorder.Tickets.SelectMany(offered => offered));
        Assert.Equal([false, true, true, true, true, true], client.Handshakes.Select(facts => facts.IsResumed));
    }

    [Fact]
    public void A_ticket_that_was_offered_is_used_up_although_the_handshake_failed()
    {
        using var recorder = new HelloRecorder(SecurePort);
        using var client = new TestClient(observer => _certificates.Options(observer, ProtocolChoice.Http1));
        client.Send(recorder.Port, isSecure: true, method: "HEAD").Wait();
        client.Do(client.Pool.Stop);
        client.WaitFor("closed ServerStopping");
        recorder.Cuts = true;
        for (int connection = 0; connection < 3; connection++)
        {
            Assert.StartsWith("failed ", client.Send(recorder.Port, isSecure: true, method: "HEAD").Wait(), StringComparison.Ordinal);
        }

        // OpenSSL gives two tickets with a whole handshake.
        string[][] tickets = recorder.Tickets;
        Assert.Equal([0, 1, 1, 0], tickets.Select(offered => offered.Length));
        Assert.NotEqual(tickets[1], tickets[2]);
    }

    [Fact]
    public void Connections_at_once_share_no_ticket_and_the_one_that_finds_none_shakes_hands_in_full()
    {
        const int AtOnce = 6;
        using var recorder = new HelloRecorder(SecurePort);
        using var client = new TestClient(observer => _certificates.Options(observer, ProtocolChoice.Http1));
        client.Send(recorder.Port, isSecure: true, method: "HEAD").Wait();
        client.Do(client.Pool.Stop);
        client.WaitFor("closed ServerStopping");

        TestUser[] users = new TestUser[AtOnce];
        client.Do(() =>
        {
            for (int i = 0; i < AtOnce; i++)
            {
                users[i] = client.SendNow(recorder.Port, isSecure: true, method: "HEAD");
            }
        });
        client.WaitUntil(() => recorder.Tickets.Length == 1 + AtOnce);
        Assert.All(users, user => Assert.Equal("Http11 200 ended Completed", user.Wait()));

        string[] offered = [.. recorder.Tickets.SelectMany(offered => offered)];
        Assert.NotEmpty(offered);
        Assert.Distinct(offered);
        Assert.Equal(AtOnce + 1 - offered.Length, client.Handshakes.Count(facts => !facts.IsResumed));
    }

    [Theory]
    [InlineData(false, ProtocolChoice.Http1)]
    [InlineData(true, ProtocolChoice.Http1)]
    [InlineData(true, ProtocolChoice.Http2)]
    [InlineData(false, ProtocolChoice.Http2)]
    public void A_user_that_pauses_again_and_again_gets_all_in_the_end(bool isSecure, ProtocolChoice protocol)
    {
        using var client = new TestClient(observer => _certificates.Options(observer, protocol));
        var user = new TestUser
        {
            Received = exchange =>
            {
                exchange.Pause();
                client.Do(exchange.Resume);
            },
        };
        client.Send(isSecure ? SecurePort : _server.Addresses[1].Port, user, isSecure);

        Assert.EndsWith("ended Completed", user.Wait(), StringComparison.Ordinal);
        Assert.Equal(Length, user.Content);
    }

    private int SecurePort => _server.Addresses[0].Port;

    private sealed class LargeSite : IExchangeStarter
    {
        private readonly byte[] _content = GC.AllocateArray<byte>(Length, pinned: true);

        public void Start(Exchange exchange)
        {
            exchange.Respond(200, FieldBlock.Empty, Length);
            exchange.WriteShared(_content, 0, Length);
            exchange.Complete();
        }
    }

    private sealed class NoLog : IExchangeObserver
    {
        public void Ended(Exchange exchange)
        {
        }

        public void EndOfBatch(long now)
        {
        }

        public void EndOfLoop()
        {
        }
    }
}
