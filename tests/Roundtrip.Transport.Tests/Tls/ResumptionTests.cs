using Roundtrip.Transport.Tls;

namespace Roundtrip.Transport.Tests.Tls;

[Collection(nameof(TlsCollection))]
public sealed class ResumptionTests
{
    [Theory]
    [InlineData(TlsVersion.Tls13)]
    [InlineData(TlsVersion.Tls12)]
    public void A_session_is_resumed_by_its_ticket(TlsVersion version)
    {
        using TlsServerContext context = TestCertificates.Context();
        nint session = NewSession(context, version, "a.example");
        Assert.Equal(1, LibSslClient.SSL_SESSION_has_ticket(session));
        Assert.True(IsResumed(context, session, version, "a.example"));
        LibSslClient.SSL_SESSION_free(session);
    }

    [Fact]
    public void A_session_of_TLS_1_2_is_resumed_by_its_identifier_where_there_are_no_tickets()
    {
        using TlsServerContext context = TestCertificates.Context(tickets: false);
        nint session = NewSession(context, TlsVersion.Tls12, "a.example");
        Assert.Equal(0, LibSslClient.SSL_SESSION_has_ticket(session));
        Assert.True(IsResumed(context, session, TlsVersion.Tls12, "a.example"));
        LibSslClient.SSL_SESSION_free(session);
    }

    [Fact]
    public void A_client_without_tickets_resumes_by_identifier_although_tickets_are_on()
    {
        using TlsServerContext context = TestCertificates.Context();
        nint session = NewSession(context, TlsVersion.Tls12, "a.example", tickets: false);
        Assert.Equal(0, LibSslClient.SSL_SESSION_has_ticket(session));
        Assert.True(IsResumed(context, session, TlsVersion.Tls12, "a.example", tickets: false));
        LibSslClient.SSL_SESSION_free(session);
    }

    [Theory]
    [InlineData(TlsVersion.Tls13, true)]
    [InlineData(TlsVersion.Tls12, true)]
    [InlineData(TlsVersion.Tls12, false)]
    public void A_session_of_one_virtual_host_is_not_resumed_in_another(TlsVersion version, bool tickets)
    {
        TlsServerContext? a = null;
        TlsServerContext? b = null;
        using TlsServerContext front = TestCertificates.Context(
            "front", tickets: tickets, select: name => name.StartsWith('a') ? a : name.StartsWith('b') ? b : null);
        a = TestCertificates.Context("a", tickets: tickets);
        b = TestCertificates.Context("b", tickets: tickets);

        nint session = NewSession(front, version, "a.example");
        Assert.True(IsResumed(front, session, version, "a.example"));
        Assert.False(IsResumed(front, session, version, "b.example"));
        Assert.False(IsResumed(front, session, version, "c.example"));
        Assert.False(IsResumed(front, session, version, null));
        LibSslClient.SSL_SESSION_free(session);
        a.Dispose();
        b.Dispose();
    }

    [Theory]
    [InlineData(TlsVersion.Tls13)]
    [InlineData(TlsVersion.Tls12)]
    public void A_session_is_not_resumed_under_another_server_name(TlsVersion version)
    {
        using TlsServerContext context = TestCertificates.Context();
        nint session = NewSession(context, version, "a.example");
        Assert.False(IsResumed(context, session, version, "b.example"));
        LibSslClient.SSL_SESSION_free(session);
    }

    [Theory]
    [InlineData(TlsVersion.Tls13)]
    [InlineData(TlsVersion.Tls12)]
    public void A_session_of_one_listener_is_not_resumed_at_another(TlsVersion version)
    {
        using TlsServerContext a = TestCertificates.Context("a");
        using TlsServerContext b = TestCertificates.Context("b");
        nint session = NewSession(a, version, "a.example");
        Assert.False(IsResumed(b, session, version, "a.example"));
        LibSslClient.SSL_SESSION_free(session);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_connection_of_TLS_1_3_brings_another_ticket_so_that_no_client_needs_one_twice_and_none_is_for_early_data(bool tickets)
    {
        using TlsServerContext context = TestCertificates.Context(tickets: tickets);
        var seen = new List<string>();
        nint session = 0;
        for (int connection = 0; connection < 5; connection++)
        {
            nint next = NewSession(context, TlsVersion.Tls13, "a.example", goesOnWith: session);
            LibSslClient.SSL_SESSION_free(session);
            session = next;
            seen.Add(TicketOf(session));

            // RFC 8446 §8: what is only resumed is proved by a key exchange of its own and cannot be replayed; what came early could.
            Assert.Equal(0u, LibSslClient.SSL_SESSION_get_max_early_data(session));
        }

        Assert.Distinct(seen);
        LibSslClient.SSL_SESSION_free(session);
    }

    private static unsafe string TicketOf(nint session)
    {
        LibSslClient.SSL_SESSION_get0_ticket(session, out nint ticket, out nuint length);
        Assert.NotEqual(0u, length);
        return Convert.ToHexString(new ReadOnlySpan<byte>((void*)ticket, (int)length));
    }

    private static nint NewSession(TlsServerContext context, TlsVersion version, string? name, bool tickets = true, nint goesOnWith = 0)
    {
        using var pair = new TlsTestPair(context, new TlsTestClient(version, name, session: goesOnWith, tickets: tickets));
        pair.Handshake();
        Assert.Equal(goesOnWith != 0, pair.Client.IsResumed);
        nint session = pair.TakeSession();
        pair.Server.Close();
        pair.Pump();
        pair.Client.Read(new byte[1]);
        pair.Client.Shutdown();
        return session;
    }

    private static bool IsResumed(TlsServerContext context, nint session, TlsVersion version, string? name, bool tickets = true)
    {
        using var pair = new TlsTestPair(context, new TlsTestClient(version, name, session: session, tickets: tickets), echo: true);
        pair.Handshake();
        Assert.Equal(pair.Client.IsResumed, pair.Server.Tls!.IsResumed);
        Assert.Equal(name, pair.Server.Tls!.ServerName);
        pair.Client.Write("x"u8);
        Assert.Equal("x"u8, pair.ClientRead(1));
        return pair.Client.IsResumed;
    }
}
