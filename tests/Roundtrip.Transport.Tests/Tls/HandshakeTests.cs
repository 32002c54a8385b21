using System.Text;
using Roundtrip.Core;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

[Collection(nameof(TlsCollection))]
public sealed class HandshakeTests
{
    [Theory]
    [InlineData(TlsVersion.Tls12, "TLSv1.2")]
    [InlineData(TlsVersion.Tls13, "TLSv1.3")]
    public void Both_versions_carry_a_request_and_its_answer(TlsVersion version, string name)
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(version, "localhost", ["http/1.1"]), echo: true);
        pair.Handshake();
        pair.Client.Write("hello"u8);

        Assert.Equal("hello", Encoding.ASCII.GetString(pair.ClientRead(5)));
        Assert.Equal(new TlsFacts(name, pair.Client.Cipher, "localhost", "http/1.1", false), pair.Server.Tls);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void A_handshake_may_come_byte_by_byte(TlsVersion version)
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(version), echo: true);
        pair.Pump(step: 1, receiveStep: 1);
        Assert.True(pair.Client.Done);
        pair.Client.Write("hello"u8);
        pair.Pump(step: 1, receiveStep: 1);
        Assert.Equal("hello"u8, pair.ClientRead(5));
    }

    [Fact]
    public void Nothing_is_allocated_by_OpenSSL_before_the_first_byte()
    {
        long before = TlsConnection.Live;
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        pair.Loop.RunUntilIdle();
        Assert.Equal(before, TlsConnection.Live);
        pair.Handshake();
        Assert.Equal(before + 1, TlsConnection.Live);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void The_keys_of_the_exchange_are_forgotten_once_it_is_done(TlsVersion version)
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(version), echo: true);
        pair.Handshake();
        Assert.Equal(0, pair.Server.ExchangeKeys);
        pair.Client.Write("hello"u8);
        Assert.Equal("hello"u8, pair.ClientRead(5));
    }

    [Fact]
    public void What_neighbours_agreed_on_alike_is_kept_once()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var one = new TlsTestPair(context, new TlsTestClient(TlsVersion.Tls13, "localhost"));
        using var same = new TlsTestPair(context, new TlsTestClient(TlsVersion.Tls13, "localhost"), loop: one.Loop, tls: one.TlsLoop);
        using var other = new TlsTestPair(context, new TlsTestClient(TlsVersion.Tls12, "localhost"), loop: one.Loop, tls: one.TlsLoop);
        one.Handshake();
        same.Handshake();
        other.Handshake();
        Assert.Same(one.Server.Tls, same.Server.Tls);
        Assert.NotEqual(one.Server.Tls, other.Server.Tls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_client_chooses_between_an_RSA_and_an_ECDSA_certificate(bool rsa)
    {
        using TlsServerContext context = TestCertificates.Context(certificates: [TestCertificates.Rsa, TestCertificates.Ecdsa]);
        using var pair = new TlsTestPair(context, new TlsTestClient(TlsVersion.Tls12, ciphers: rsa ? "aRSA" : "aECDSA"));
        pair.Handshake();
        Assert.Contains(rsa ? "RSA" : "ECDSA", pair.Client.Cipher);
    }

    [Fact]
    public void The_protocol_is_the_servers_first_that_the_client_offers()
    {
        using TlsServerContext context = TestCertificates.Context(alpn: ["h2", "http/1.1"]);
        using var both = new TlsTestPair(context, new TlsTestClient(alpn: ["http/1.1", "h2"]));
        both.Handshake();
        Assert.Equal("h2", both.Server.Tls!.ApplicationProtocol);

        using var none = new TlsTestPair(context, new TlsTestClient());
        none.Handshake();
        Assert.Null(none.Server.Tls!.ApplicationProtocol);
    }

    [Fact]
    public void No_common_protocol_is_no_application_protocol()
    {
        using TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(alpn: ["spdy/3"]));
        pair.Pump();
        Assert.Contains("no_application_protocol", pair.Client.Failure);
        Assert.Equal(EndReason.HandshakeFailed, pair.Sink.Aborted);
        Assert.Contains("no application protocol", Assert.Single(pair.Observer.Handshakes).Detail);
    }

    [Fact]
    public void The_server_name_chooses_the_context_and_an_unknown_one_gets_the_default()
    {
        using TlsServerContext other = TestCertificates.Context("other", [TestCertificates.Rsa], alpn: ["x"]);
        using TlsServerContext context = TestCertificates.Context(select: name => name == "other.example" ? other : null);

        using var named = new TlsTestPair(context, new TlsTestClient(TlsVersion.Tls12, "Other.Example", ["x"]));
        named.Handshake();
        Assert.Contains("RSA", named.Client.Cipher);
        Assert.Equal("other.example", named.Server.Tls!.ServerName);
        Assert.Equal("x", named.Server.Tls!.ApplicationProtocol);

        using var unknown = new TlsTestPair(context, new TlsTestClient(TlsVersion.Tls12, "nobody.example"));
        unknown.Handshake();
        Assert.Contains("ECDSA", unknown.Client.Cipher);
        Assert.Equal("nobody.example", unknown.Server.Tls!.ServerName);
    }

    [Fact]
    public void A_context_may_go_while_its_connections_stay()
    {
        TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient(), echo: true);
        pair.Handshake();
        context.Dispose();
        pair.Client.Write("still"u8);
        Assert.Equal("still"u8, pair.ClientRead(5));
    }

    [Fact]
    public void A_context_that_is_gone_before_the_handshake_fails_it()
    {
        TlsServerContext context = TestCertificates.Context();
        using var pair = new TlsTestPair(context, new TlsTestClient());
        context.Dispose();
        pair.Pump();
        Assert.Contains("removed", Assert.Single(pair.Observer.Handshakes).Detail);
        Assert.True(pair.Inner.IsClosed);
    }

    [Fact]
    public void An_exception_in_the_selector_comes_out_of_the_wake_up_and_not_through_OpenSSL()
    {
        using TlsServerContext context = TestCertificates.Context(select: _ => throw new InvalidDataException("mine"));
        using var pair = new TlsTestPair(context, new TlsTestClient(serverName: "a.example"));
        Assert.Equal("mine", Assert.Throws<InvalidDataException>(() => pair.Pump()).Message);
    }

    [Fact]
    public void A_connection_cannot_be_closed_inside_its_own_handshake()
    {
        TlsTestPair? pair = null;
        using TlsServerContext context = TestCertificates.Context(select: _ =>
        {
            pair!.Server.Close();
            return null;
        });
        pair = new TlsTestPair(context, new TlsTestClient(serverName: "a.example"));
        Assert.Throws<InvalidOperationException>(() => pair.Pump());
        pair.Dispose();
    }
}
