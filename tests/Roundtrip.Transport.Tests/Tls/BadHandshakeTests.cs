using System.Text;
using Roundtrip.Core;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

[Collection(nameof(TlsCollection))]
public sealed class BadHandshakeTests : IDisposable
{
    private readonly RecordingObserver _observer = new();
    private readonly TlsServerContext _context;
    private readonly long _live = TlsConnection.Live;
    private readonly TestLoop _loop = new();
    private readonly TlsLoop _tls;

    public BadHandshakeTests()
    {
        _context = TestCertificates.Context();
        _tls = new TlsLoop(_loop) { Observer = _observer };
    }

    public void Dispose() => _context.Dispose();

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public void Plain_HTTP_gets_400_and_is_named(string request)
    {
        (MemoryConnection inner, ServerSink sink) = Send(Encoding.ASCII.GetBytes(request));
        byte[] buffer = new byte[1000];
        string answer = Encoding.ASCII.GetString(buffer, 0, inner.ClientReceive(buffer));
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", answer);
        int body = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        Assert.Contains($"\r\nContent-Length: {answer.Length - body}\r\n", answer);
        Assert.True(inner.ServerEnded);
        Assert.True(inner.IsClosed);
        Assert.Equal(EndReason.PlaintextOnTlsPort, sink.Aborted);
        Assert.Equal((EndReason.PlaintextOnTlsPort, (string?)null, EndReasons.Describe(EndReason.PlaintextOnTlsPort)), Assert.Single(_observer.Handshakes));
        AssertNothingHeld();
    }

    [Fact]
    public void Garbage_is_a_failed_handshake()
    {
        Send([.. Enumerable.Repeat((byte)0, 100)]);
        Assert.Equal(EndReason.HandshakeFailed, Assert.Single(_observer.Handshakes).Reason);
        AssertNothingHeld();
    }

    [Fact]
    public void A_client_that_goes_away_before_its_first_byte_is_no_failed_handshake()
    {
        Send([]);
        (EndReason reason, _, string detail) = Assert.Single(_observer.Handshakes);
        Assert.Equal(EndReason.PeerClosed, reason);
        Assert.Contains("before its first byte", detail);
        AssertNothingHeld();
    }

    [Fact]
    public void Every_prefix_of_a_ClientHello_followed_by_the_end_fails_and_leaves_nothing()
    {
        byte[] hello = ClientHello();
        for (int length = 1; length < hello.Length; length++)
        {
            _observer.Handshakes.Clear();
            Send(hello.AsSpan(0, length));
            (EndReason reason, string? name, string detail) = Assert.Single(_observer.Handshakes);
            Assert.Equal(EndReason.HandshakeFailed, reason);
            Assert.Equal("the client closed the connection during the handshake", detail);
            Assert.Null(name);
        }

        AssertNothingHeld();
    }

    [Fact]
    public void Mutated_handshakes_neither_crash_nor_leak()
    {
        byte[] hello = ClientHello();
        var random = new Random(7);
        for (int i = 0; i < 3000; i++)
        {
            byte[] mutated = [.. hello];
            for (int n = random.Next(1, 8); n > 0; n--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            Send(random.Next(4) == 0 ? mutated.AsSpan(0, random.Next(mutated.Length)) : mutated);
        }

        AssertNothingHeld();
    }

    [Fact]
    public void Mutated_records_after_the_handshake_neither_crash_nor_leak()
    {
        var random = new Random(8);
        for (int i = 0; i < 200; i++)
        {
            using var pair = new TlsTestPair(_context, new TlsTestClient(i % 2 == 0 ? TlsVersion.Tls12 : TlsVersion.Tls13), echo: true);
            pair.Handshake();
            pair.Client.Write(new byte[random.Next(1, 20_000)]);
            byte[] record = pair.Client.TakeOutput();
            record[random.Next(record.Length)] ^= (byte)random.Next(1, 256);
            pair.Inner.ClientSend(record);
            pair.Loop.RunUntilIdle();
        }

        AssertNothingHeld();
    }

    [Fact]
    public void No_shared_cipher_is_said()
    {
        using var pair = new TlsTestPair(_context, new TlsTestClient(TlsVersion.Tls12, "a.example", ciphers: "ECDHE-RSA-AES128-GCM-SHA256"));
        pair.Pump();
        Assert.Equal((EndReason.HandshakeFailed, "a.example", "no shared cipher"), Assert.Single(pair.Observer.Handshakes));
        Assert.Contains("handshake_failure", pair.Client.Failure);
    }

    [Fact]
    public void An_old_version_is_said()
    {
        using TlsServerContext context = TestCertificates.Context(minimum: TlsVersion.Tls13);
        using var pair = new TlsTestPair(context, new TlsTestClient(TlsVersion.Tls12));
        pair.Pump();
        Assert.Equal("unsupported protocol", Assert.Single(pair.Observer.Handshakes).Detail);
        Assert.Contains("protocol_version", pair.Client.Failure);
    }

    [Fact]
    public void An_alert_of_the_client_is_named()
    {
        Send([.. ClientHello(), 21, 3, 3, 0, 2, 2, 46]);
        Assert.Equal("the client sent the alert certificate_unknown", Assert.Single(_observer.Handshakes).Detail);
        AssertNothingHeld();
    }

    [Fact]
    public void A_reset_during_the_handshake_is_said()
    {
        byte[] hello = ClientHello();
        var inner = new MemoryConnection(_loop);
        ServerSink sink = Serve(inner);
        inner.ClientSend(hello.AsSpan(0, 50));
        _loop.RunUntilIdle();
        inner.ClientReset();
        _loop.RunUntilIdle();
        Assert.Equal(EndReason.HandshakeFailed, sink.Aborted);
        Assert.Equal("the client reset the connection", Assert.Single(_observer.Handshakes).Detail);
        AssertNothingHeld();
    }

    [Fact]
    public void A_name_that_is_not_a_host_name_is_no_name()
    {
        using var pair = new TlsTestPair(_context, new TlsTestClient(serverName: "a\nb"));
        pair.Handshake();
        Assert.Null(pair.Server.Tls!.ServerName);
    }

    private static byte[] ClientHello()
    {
        using var client = new TlsTestClient(serverName: "a.example", alpn: ["http/1.1"]);
        client.Handshake();
        return client.TakeOutput();
    }

    private ServerSink Serve(MemoryConnection inner)
    {
        var server = new TlsConnection(_tls, _context, inner);
        var sink = new ServerSink(server, _loop.Buffers) { CloseAtEnd = true };
        server.Start();
        sink.Ask();
        return sink;
    }

    private (MemoryConnection Inner, ServerSink Sink) Send(ReadOnlySpan<byte> bytes)
    {
        var inner = new MemoryConnection(_loop);
        ServerSink sink = Serve(inner);
        inner.ClientSend(bytes);
        _loop.RunUntilIdle();
        if (!inner.IsClosed)
        {
            inner.ClientEnd();
            _loop.RunUntilIdle();
        }

        Assert.True(inner.IsClosed);
        return (inner, sink);
    }

    private void AssertNothingHeld()
    {
        Assert.Equal(_live, TlsConnection.Live);
        Assert.Equal(0, _loop.Buffers.Outstanding);
    }
}
