using System.Runtime.Versioning;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Transport;

namespace Roundtrip.Server.Tests;

/// <summary>TLS connections that come to nothing.</summary>
[SupportedOSPlatform("linux")]
public sealed class TlsAcceptTests : IDisposable
{
    private static readonly PeerAddress Address = PeerAddress.FromIPv4(0x7F000001, 443);
    private readonly LocalTls _tls = new();

    public void Dispose() => _tls.Dispose();

    [Fact]
    public void Dripping_a_handshake_does_not_extend_its_time()
    {
        using var server = new InMemoryServer(_ => { }, HttpLimits.Default with { Handshake = new ReadTimeout(20_000, 20_000, 0) });
        server.Server.Listen(new ServerEndpoint(Address, _tls.Context), 0);
        var client = new InMemoryServer.Client(server.Loop, server.Loop.Connect(Address));

        // The head of a record of 512 bytes with a ClientHello, and then a byte each second.
        client.Send("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"u8);
        for (int second = 1; second < 20; second++)
        {
            server.Loop.Advance(1_000);
            client.Send("x");
            Assert.Equal(1, server.Counts.Total);
        }

        server.Loop.Advance(1_200);
        client.Receive();
        Assert.Equal(0, server.Counts.Total);
        Assert.True(client.IsEnded || client.IsReset);
        Assert.Contains(EndReasons.Describe(EndReason.HandshakeTimeout), server.Errors(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_connection_that_the_kernel_does_not_watch_is_closed_and_said(bool isSecure)
    {
        using var errors = new MemoryStream();
        using var log = new ErrorLog(errors);
        using var loop = new ListeningLoop();
        var counts = new ConnectionCounts();
        using var server = new LoopServer(
            loop,
            new ServerOptions { Endpoints = [], ErrorLog = log, CreateSite = _ => new LoopSite(new NoSite(), new InMemoryServer.EndedExchanges()) },
            counts,
            new RequestWorkers(1));
        server.Listen(new ServerEndpoint(Address, isSecure ? _tls.Context : null), 0);
        var connection = new UnwatchedConnection();

        loop.Accept(connection);

        Assert.True(connection.IsClosed);
        Assert.Equal(0, counts.Total);
        log.Dispose();
        Assert.Contains("epoll_ctl: No space left on device", System.Text.Encoding.UTF8.GetString(errors.ToArray()), StringComparison.Ordinal);
    }

    private sealed class NoSite : IExchangeStarter
    {
        public void Start(Exchange exchange) => Assert.Fail("nothing was asked");
    }

    /// <summary>A loop that accepts what a test gives it.</summary>
    private sealed class ListeningLoop() : EventLoop(0), ITransportListener, IDisposable
    {
        private Action<TransportConnection> _accepted = _ => { };

        public override long Now => 0;

        public override long UnixMilliseconds => 0;

        public PeerAddress Address { get; private set; }

        public override void Post(ILoopWork work) => work.Run();

        public override ITransportListener Listen(PeerAddress address, Action<TransportConnection> accepted)
        {
            (Address, _accepted) = (address, accepted);
            return this;
        }

        public void Accept(TransportConnection connection)
        {
            _accepted(connection);
            connection.Sink?.OnReadable();
        }

        public void Close()
        {
        }

        public void Dispose() => Close();
    }

    /// <summary>A connection that cannot be watched, as where fs.epoll.max_user_watches is reached.</summary>
    private sealed class UnwatchedConnection : TransportConnection
    {
        public bool IsClosed { get; private set; }

        public override PeerAddress Remote => PeerAddress.FromIPv4(0xC0000201, 50_000);

        public override PeerAddress Local => TlsAcceptTests.Address;

        public override IoResult Read(Span<byte> buffer) => IoResult.WouldBlock;

        public override IoResult Write(OutputQueue queue, long budget) => IoResult.WouldBlock;

        public override void SetInterest(bool read, bool write, bool end = false)
        {
            if (!IsClosed)
            {
                throw new TransportException("epoll_ctl: No space left on device");
            }
        }

        public override void ShutdownWrite()
        {
        }

        public override void Close() => IsClosed = true;

        public override void Reset() => Close();
    }
}
