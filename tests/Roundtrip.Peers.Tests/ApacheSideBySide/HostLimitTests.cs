using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Roundtrip.Peers.Tests.ApacheSideBySide;

/// <summary>Limits that virtual hosts say, in httpd and in Roundtrip with one configuration: whose requests and connections have them.</summary>
public sealed class HostLimitTests(HostLimitTests.Servers servers) : IClassFixture<HostLimitTests.Servers>
{
    // The first host allows 50 fields, b.test 3, the main server 100.
    [Theory]
    [InlineData("a.test", 10, 200)]
    [InlineData("a.test", 60, 400)]
    [InlineData("b.test", 10, 200)]
    [InlineData("b.test", 60, 400)]
    [InlineData("c.test", 60, 400)]
    public void LimitRequestFields_is_the_first_hosts(string host, int fields, int status)
    {
        Assert.Equal(status, Status(Ask(servers.ApachePort, host, fields)));

        // Deviates: 431, which says what is wrong (RFC 6585 §5).
        Assert.Equal(status == 400 ? 431 : status, Status(Ask(servers.RoundtripPort, host, fields)));
    }

    [Theory]
    [InlineData("a.test", 1, false, false)]
    [InlineData("a.test", 3, false, false)]
    [InlineData("b.test", 1, false, false)]
    [InlineData("b.test", 2, false, true)] // Deviates: httpd's manual says that they are so many requests, its code that one more is answered.
    [InlineData("b.test", 3, true, true)]
    [InlineData("c.test", 1, true, true)]
    public void MaxKeepAliveRequests_and_KeepAlive_are_of_the_host_that_is_asked(string host, int request, bool closesThere, bool closesHere)
    {
        Assert.Equal([closesThere, closesHere], servers.Plain.Select(port =>
        {
            using var client = new RawClient(port);
            bool closes = false;
            for (int i = 0; i < request && !closes; i++)
            {
                client.Send(Get(host, 0));
                closes = client.ReadUntil("hello").Contains("close\r\n", StringComparison.OrdinalIgnoreCase);
            }

            return closes;
        }));
    }

    // d.test says a second, the first host four, the main server a minute. What is said to a.test before does not count.
    [Theory]
    [InlineData("d.test", 900, 3500)]
    [InlineData("e.test", 3500, 15_000)]
    public void KeepAliveTimeout_is_the_asked_hosts_where_that_says_it_and_else_the_firsts(string host, int least, int most)
    {
        foreach (int port in servers.Plain)
        {
            using var client = new RawClient(port);
            client.Send(Get("a.test", 0));
            client.ReadUntil("hello");
            client.Send(Get(host, 0));
            client.ReadUntil("hello");
            var watch = Stopwatch.StartNew();
            client.ReadToEnd();
            Assert.InRange(watch.ElapsedMilliseconds, least, most);
        }
    }

    [Theory]
    [InlineData("a.test", 77)]
    [InlineData("b.test", 33)]
    public void HTTP_2_has_the_limits_of_the_host_of_SNI(string name, int streams)
    {
        foreach (int port in servers.Secure)
        {
            using SslStream stream = Open(port, name, SslApplicationProtocol.Http2);
            stream.Write([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0]);
            byte[] header = new byte[9];
            stream.ReadExactly(header);
            byte[] settings = new byte[header[2]];
            stream.ReadExactly(settings);
            Assert.Contains(settings.Chunk(6), setting => setting is [0, 3, 0, 0, 0, var announced] && announced == streams);
        }
    }

    [Fact]
    public void Over_TLS_the_host_of_SNI_has_its_LimitRequestFields_and_httpds_has_the_first_hosts()
    {
        Assert.Equal([200, 431], servers.Secure.Select(port =>
        {
            using SslStream stream = Open(port, "b.test", SslApplicationProtocol.Http11);
            stream.Write(Encoding.ASCII.GetBytes(Get("b.test", 10)));
            byte[] line = new byte[12];
            stream.ReadExactly(line);
            return Status(Encoding.ASCII.GetString(line) + " ");
        }));
    }

    [Fact]
    public void The_limits_without_effect_are_warned_of()
    {
        Finished test = Run.Program("dotnet", Repository.BuiltProgram, "configtest", "-c", servers.RoundtripConfiguration);

        Assert.Equal(0, test.ExitCode);
        Assert.Contains("LimitRequestFields", Assert.Single(test.Errors.Split('\n'), line => line.Contains("warning: ", StringComparison.Ordinal) && line.Contains("has no effect here", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static string Ask(int port, string host, int fields)
    {
        using var client = new RawClient(port);
        client.Send(Get(host, fields));
        client.Socket.Shutdown(SocketShutdown.Send);
        return client.ReadToEnd();
    }

    private static int Status(string answer) => int.Parse(answer.Split(' ')[1], null);

    private static string Get(string host, int fields) => $"GET / HTTP/1.1\r\nHost: {host}\r\n{string.Concat(Enumerable.Range(0, fields).Select(i => $"X-{i}: y\r\n"))}\r\n";

    private static SslStream Open(int port, string name, SslApplicationProtocol protocol)
    {
        var client = new TcpClient();
        client.Connect(IPAddress.Loopback, port);
        client.ReceiveTimeout = 20_000;
#pragma warning disable CA5359 // The certificate is the test's own, of no authority.
        var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        stream.AuthenticateAsClient(new SslClientAuthenticationOptions { TargetHost = name, ApplicationProtocols = [protocol] });
        return stream;
    }

    /// <summary>Both, each with a plain port and one for TLS.</summary>
    public sealed class Servers : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly List<Process> _processes = [];
        private readonly int _ports = FreePorts.InARow(4);

        public Servers()
        {
            _folder.Write("www/index.html", "hello");
            Run.Program("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=a.test",
                "-keyout", $"{_folder.Path}/key.pem", "-out", $"{_folder.Path}/cert.pem");
            Run.Program("chmod", "-R", "a+rX", _folder.Path);
            Start(ApachePort, "apache2", "-D", "FOREGROUND", "-f", Write("httpd", _ports));
            Start(RoundtripPort, "dotnet", Repository.BuiltProgram, "serve", "-c", RoundtripConfiguration = Write("roundtrip", RoundtripPort));
        }

        public string RoundtripConfiguration { get; }

        public int ApachePort => _ports;

        public int RoundtripPort => _ports + 2;

        public int[] Plain => [ApachePort, RoundtripPort];

        public int[] Secure => [ApachePort + 1, RoundtripPort + 1];

        public void Dispose()
        {
            foreach (Process process in _processes)
            {
                Run.Program("kill", "-TERM", $"{process.Id}");
                if (!process.WaitForExit(TimeSpan.FromSeconds(10)))
                {
                    process.Kill(entireProcessTree: true);
                }

                process.Dispose();
            }

            _folder.Dispose();
        }

        private void Start(int port, string program, params string[] arguments)
        {
            var process = new Process { StartInfo = Run.StartInfo(program, arguments) };
            process.Start();
            process.StandardInput.Close();
            _processes.Add(process);
            Task<string> errors = process.StandardError.ReadToEndAsync();
            for (long giveUp = Environment.TickCount64 + 20_000; ; Thread.Yield())
            {
                Assert.False(process.HasExited, $"{program} did not start: {(process.HasExited ? errors.Result : "")}");
                Assert.True(Environment.TickCount64 < giveUp, $"{program} does not listen");
                try
                {
                    new RawClient(port).Dispose();
                    return;
                }
                catch (SocketException)
                {
                    // Not yet.
                }
            }
        }

        private string Write(string server, int port)
        {
            const string Modules = "/usr/lib/apache2/modules";
            string secure = $"SSLEngine on\nSSLCertificateFile {_folder.Path}/cert.pem\nSSLCertificateKeyFile {_folder.Path}/key.pem";
            _folder.Write($"{server}/httpd.conf", $"""
                ServerRoot {_folder.Path}/{server}
                ServerName main.test
                DefaultRuntimeDir {_folder.Path}/{server}
                PidFile {_folder.Path}/{server}/pid
                ErrorLog {_folder.Path}/{server}/error.log
                DocumentRoot {_folder.Path}/www
                Listen 127.0.0.1:{port}
                Listen 127.0.0.1:{port + 1} https
                {(Environment.IsPrivilegedProcess ? "User www-data\nGroup www-data" : "")}
                LoadModule mpm_event_module {Modules}/mod_mpm_event.so
                LoadModule authz_core_module {Modules}/mod_authz_core.so
                LoadModule dir_module {Modules}/mod_dir.so
                LoadModule ssl_module {Modules}/mod_ssl.so
                LoadModule http2_module {Modules}/mod_http2.so
                <Directory {_folder.Path}/www>
                Require all granted
                </Directory>
                Protocols h2 http/1.1
                KeepAliveTimeout 60
                <VirtualHost *:{port}>
                ServerName a.test
                LimitRequestFields 50
                KeepAliveTimeout 4
                </VirtualHost>
                <VirtualHost *:{port}>
                ServerName b.test
                LimitRequestFields 3
                MaxKeepAliveRequests 2
                </VirtualHost>
                <VirtualHost *:{port}>
                ServerName c.test
                KeepAlive Off
                </VirtualHost>
                <VirtualHost *:{port}>
                ServerName d.test
                KeepAliveTimeout 1
                </VirtualHost>
                <VirtualHost *:{port}>
                ServerName e.test
                </VirtualHost>
                <VirtualHost *:{port + 1}>
                ServerName a.test
                {secure}
                H2MaxSessionStreams 77
                </VirtualHost>
                <VirtualHost *:{port + 1}>
                ServerName b.test
                {secure}
                LimitRequestFields 3
                H2MaxSessionStreams 33
                </VirtualHost>

                """);
            return $"{_folder.Path}/{server}/httpd.conf";
        }
    }
}
