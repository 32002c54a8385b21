using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Tests.Core;

/// <summary>Limits that virtual hosts say: whose connections and requests have them.</summary>
public class HostLimitTests
{
    private const string Hosts = """
        LimitRequestFields 90
        KeepAliveTimeout 9
        <VirtualHost *:80>
        ServerName first
        LimitRequestFields 50
        KeepAliveTimeout 4
        Timeout 40
        </VirtualHost>
        <VirtualHost *:80>
        ServerName second
        LimitRequestFields 3
        Timeout 20
        MaxKeepAliveRequests 2
        </VirtualHost>
        <VirtualHost *:80>
        ServerName third
        KeepAliveTimeout 1
        KeepAlive Off
        </VirtualHost>
        <VirtualHost *:81>
        ServerName alone
        LimitRequestFields 7
        </VirtualHost>
        """;

    [Theory]
    [InlineData(80, null, 50)]
    [InlineData(81, null, 7)]
    [InlineData(82, null, 90)]
    [InlineData(80, "second", 3)]
    [InlineData(80, "third", 90)]
    [InlineData(80, "nobody", 50)]
    public void A_connection_has_the_limits_of_its_address_first_host_or_of_the_one_that_SNI_chose(int port, string? name, int fields)
    {
        using var site = new Site(Hosts);

        Assert.Equal(fields, site.Loop.LimitsOf(Connection(port, name))!.RequestFields);
    }

    // KeepAliveTimeout: the third says it, the second does not and has the first's, whatever the main server says.
    [Theory]
    [InlineData("first", 40_000, true, 100, 4000)]
    [InlineData("second", 20_000, true, 2, 4000)]
    [InlineData("third", 60_000, false, 100, 1000)]
    public void A_request_has_Timeout_and_what_keeps_connections_from_its_own_host_and_all_else_from_the_connection(string host, int timeout, bool keeps, int requests, int patience)
    {
        using var site = new Site(Hosts);
        HttpLimits limits = site.LimitsOfRequest(host, 80, null);

        Assert.Equal((50, timeout, keeps, requests, patience), (limits.RequestFields, limits.Timeout, limits.KeepAlive, limits.MaxKeepAliveRequests, limits.KeepAliveTimeout));
        Assert.Equal(3, site.LimitsOfRequest(host, 80, "second").RequestFields);
    }

    [Fact]
    public void Where_no_host_has_its_own_nobody_asks()
    {
        using var site = new Site("LimitRequestFields 90\n<VirtualHost *:80>\nServerName a\n</VirtualHost>");

        Assert.Null(site.Loop.LimitsOf(Connection(80, null)));
        Assert.Same(HttpLimits.Default, site.LimitsOfRequest("a", 80, null));
    }

    // The limits of a handshake are asked for before it has said a name, and again after a reload.
    [Fact]
    public void The_host_that_a_connection_remembers_is_that_of_its_name_and_of_the_configuration_in_use()
    {
        using var site = new Site(Hosts);
        using var next = new Site(Hosts.Replace("LimitRequestFields 3", "LimitRequestFields 5", StringComparison.Ordinal));
        FakeConnection connection = Connection(80, null);

        Assert.Equal(50, site.Loop.LimitsOf(connection)!.RequestFields);
        connection.ServerName = "second";
        Assert.Equal(3, site.Loop.LimitsOf(connection)!.RequestFields);
        Assert.Equal(50, site.Loop.LimitsOf(Connection(80, null))!.RequestFields);
        Assert.Equal(5, next.Loop.LimitsOf(connection)!.RequestFields);
    }

    [Fact]
    public void A_request_on_a_connection_that_was_looked_at_allocates_nothing_for_them()
    {
        using var site = new Site(Hosts);
        FakeConnection connection = Connection(80, "second");

        // The first round is the compiler's too.
        long allocated = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                _ = site.Loop.LimitsOf(connection);
            }

            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, allocated);
    }

    [Theory]
    [InlineData("LimitRequestFields 3", "LimitRequestFields")]
    [InlineData("LimitRequestLine 300", "LimitRequestLine")]
    [InlineData("LimitRequestFieldSize 300", "LimitRequestFieldSize")]
    [InlineData("LimitRequestHead 600", "LimitRequestHead")]
    [InlineData("ResponseMinRate 1", "ResponseMinRate")]
    [InlineData("HttpProtocolOptions Allow0.9", "HttpProtocolOptions")]
    [InlineData("RequestReadTimeout body=3", "RequestReadTimeout body")]
    [InlineData("RequestReadTimeout handshake=3", "RequestReadTimeout handshake")]
    [InlineData("H2MaxSessionStreams 3", "H2MaxSessionStreams")]
    [InlineData("H2MaxStreamErrors 3", "H2MaxStreamErrors")]
    [InlineData("H2PushPriority text/css before", "H2PushPriority")]
    public void A_limit_that_no_connection_can_have_is_warned_of_with_its_line(string line, string name)
    {
        string warning = $"/a.conf:6: {name} has no effect here: connections have it from the first <VirtualHost> of their address, which is at /a.conf:2. Say it there, or outside of all hosts";

        Assert.Equal([warning], Warnings($"ServerName main\n<VirtualHost *:80>\nServerName a\n</VirtualHost>\n<VirtualHost *:80>\n{line}\nServerName b\n</VirtualHost>"));

        // The first host, another address, and the same value, said twice.
        Assert.Empty(Warnings($"<VirtualHost *:80>\n{line}\nServerName a\n</VirtualHost>\n<VirtualHost *:80 *:81>\nServerName b\n</VirtualHost>"));
        Assert.Empty(Warnings($"<VirtualHost *:80>\nServerName a\n</VirtualHost>\n<VirtualHost *:80 *:81>\n{line}\nServerName b\n</VirtualHost>"));
        Assert.Empty(Warnings($"<VirtualHost *:80>\n{line}\nServerName a\n</VirtualHost>\n<VirtualHost *:80>\n{line}\nServerName b\n{line}\n</VirtualHost>"));
    }

    // SNI is there when a request's head is not; it is not when the handshake begins.
    [Theory]
    [InlineData("LimitRequestFields 3", 0)]
    [InlineData("RequestReadTimeout handshake=3", 1)]
    public void Over_TLS_a_later_host_has_its_own_but_for_the_handshake(string line, int warnings)
    {
        const string Secure = "SSLEngine on\n";

        Assert.Equal(warnings, Warnings($"<VirtualHost *:443>\n{Secure}ServerName a\n</VirtualHost>\n<VirtualHost *:443>\n{Secure}{line}\nServerName b\n</VirtualHost>").Length);
        Assert.Single(Warnings($"<VirtualHost *:443>\nServerName a\n</VirtualHost>\n<VirtualHost *:443>\n{Secure}{line}\nServerName b\n</VirtualHost>"));
    }

    [Theory]
    [InlineData("Timeout 1")]
    [InlineData("KeepAlive Off")]
    [InlineData("KeepAliveTimeout 1")]
    [InlineData("MaxKeepAliveRequests 1")]
    public void What_a_request_has_from_its_own_host_is_warned_of_nowhere(string line) =>
        Assert.Empty(Warnings($"<VirtualHost *:80>\nServerName a\n</VirtualHost>\n<VirtualHost *:80>\n{line}\nServerName b\n</VirtualHost>"));

    [Theory]
    [InlineData("MaxConnections 1")]
    [InlineData("MaxConnectionsPerAddress 1")]
    [InlineData("MaxRequestWorkers 1")]
    public void What_all_connections_share_is_an_error_in_a_host(string line) =>
        Assert.Equal(
            $"/a.conf:2: {line.Split(' ')[0]} not allowed in <VirtualHost> context: it is of the whole server, and belongs outside of all sections",
            Assert.Single(Build($"<VirtualHost *:80>\n{line}\n</VirtualHost>").Errors).ToString());

    [Theory]
    [InlineData("HttpProtocolOptions Strict registeredmethods Allow0.9", true, null)]
    [InlineData("HttpProtocolOptions Allow0.9\nHttpProtocolOptions Require1.0", false, null)]
    [InlineData("HttpProtocolOptions Unsafe", false, "Unsafe is not possible: what two parsers read differently is refused")]
    [InlineData("HttpProtocolOptions Allow0.9=", false, "'Allow0.9=' is not Strict or Unsafe or RegisteredMethods or LenientMethods or Require1.0 or Allow0.9")]
    public void HttpProtocolOptions_takes_its_words_and_no_others(string line, bool allows, string? error)
    {
        BuiltConfiguration built = Build(line);

        Assert.Equal(error is null ? [] : [$"/a.conf:1: HttpProtocolOptions: {error}"], built.Errors.Select(found => found.ToString()));
        Assert.Equal(allows, SiteConfiguration.LimitsOf(built.Main.Settings).AllowHttp09);
    }

    [Theory]
    [InlineData("RequestReadTimeout HEADER=3-9,MinRate=100 body=5", null)]
    [InlineData("RequestReadTimeout body", "'body' is not handshake= or header= or body=")]
    [InlineData("RequestReadTimeout head=3", "'head=' is not handshake= or header= or body=")]
    [InlineData("RequestReadTimeout header=9-3", "'9-3' ends before it begins")]
    [InlineData("RequestReadTimeout header=3,Rate=1", "'Rate=1' is not MinRate=bytes")]
    public void RequestReadTimeout_takes_a_time_for_each_of_its_stages(string line, string? error)
    {
        BuiltConfiguration built = Build(line);

        Assert.Equal(error is null ? [] : [$"/a.conf:1: RequestReadTimeout: {error}"], built.Errors.Select(found => found.ToString()));
        if (error is null)
        {
            HttpLimits limits = SiteConfiguration.LimitsOf(built.Main.Settings);
            Assert.Equal((new ReadTimeout(3000, 9000, 100), new ReadTimeout(5000, 5000, 0), HttpLimits.Default.Handshake), (limits.Head, limits.Body, limits.Handshake));
        }
    }

    private static FakeConnection Connection(int port, string? name) => new() { Local = PeerAddress.FromIPv4(0x7F000001, (ushort)port), ServerName = name };

    private static string[] Warnings(string text)
    {
        BuiltConfiguration built = Build(text);
        Assert.Empty(built.Errors);
        return [.. built.Warnings.Select(warning => warning.ToString())];
    }

    private static BuiltConfiguration Build(string text) => SiteConfiguration.Load(
        new InMemorySource().With("/a.conf", text), "/a.conf", new LoadOptions { ServerRoot = "/", StaticModules = Modules.All.Select(module => module.Name).ToHashSet() }, static _ => []);

    private sealed class Site : IDisposable
    {
        private readonly SiteLogs _logs = new(_ => AppendFile.Open("/dev/null"), null);

        public Site(string text) => Loop = new SiteLoop(new SiteSnapshot(Build(text), _logs, new SiteServices()), new FakeLoop());

        public SiteLoop Loop { get; }

        public HttpLimits LimitsOfRequest(string host, int port, string? name)
        {
            var exchange = new FakeExchange($"GET / HTTP/1.1\nHost: {host}\n");
            (exchange.FakeConnection.Local, exchange.FakeConnection.ServerName) = (PeerAddress.FromIPv4(0x7F000001, (ushort)port), name);
            Loop.Start(exchange);
            return exchange.Connection.Limits;
        }

        public void Dispose()
        {
            Loop.Dispose();
            _logs.Dispose();
        }
    }
}
