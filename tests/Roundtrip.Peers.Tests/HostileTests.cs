using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Roundtrip.Peers.Tests;

/// <summary>Clients that mean harm, or are merely broken, against the real program.</summary>
public class HostileTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public void Slow_heads_bodies_and_readers_are_all_let_go()
    {
        using var folder = new TemporaryFolder();
        folder.Write("site.conf", "RequestReadTimeout handshake=1 header=1 body=1\nTimeout 1\nKeepAliveTimeout 1\n");
        folder.Write("index.html", "hello");
        folder.Write("large.bin", new byte[64 << 20]);
        using var server = new RoundtripProcess(folder.Path);
        string[] beginnings =
        [
            "G",
            "GET / HTTP/1.1\r\nHost:",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc",
            "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n",
            Get,
        ];
        List<RawClient> clients = [];
        for (int i = 0; i < 500; i++)
        {
            var client = new RawClient(i % 7 == 0 ? server.HttpsPort : server.HttpPort);
            client.Send(i % 7 == 0 ? "\x16\x03\x01\x02" : beginnings[i % beginnings.Length]);
            clients.Add(client);
        }

        Until(() => OpenSockets(server) == 0, "connections of slow clients stay open");
        server.UntilLogged("the TLS handshake was not complete");
        server.UntilLogged("the request head");
        server.UntilLogged("the client accepted none of the response");
        clients.ForEach(client => client.Dispose());
        Assert.Equal("200", Status(server));
    }

    [Theory]
    [InlineData("handshakes", "\x16\x03\x01\x02\0", "x", "the TLS handshake was not complete")]
    [InlineData("heads", "GET / HTTP/1.1\r\n", "x", "the request head ")]
    [InlineData("bodies", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n", "x", "the request body ")]
    [InlineData("readers", "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n", "", "the client accepted ")]
    public void Thousands_of_slow_clients_hold_a_bounded_memory_keep_nobody_waiting_and_are_let_go(string kind, string beginning, string more, string reason)
    {
        const int Count = 2_000;
        using var folder = new TemporaryFolder();
        folder.Write("site.conf", "MaxConnections 20000\nMaxConnectionsPerAddress 0\nRequestReadTimeout handshake=3 header=3 body=3\nTimeout 3\n");
        folder.Write("index.html", "hello");
        folder.Write("large.bin", new byte[16 << 20]);
        using var server = new RoundtripProcess(folder.Path);
        Assert.Equal("200", Status(server));
        long before = server.ResidentBytes;
        List<RawClient> clients = [];
        for (int i = 0; i < Count; i++)
        {
            var client = new RawClient(kind == "handshakes" ? server.HttpsPort : server.HttpPort, receiveBuffer: 4096);
            client.Send(beginning);
            clients.Add(client);
        }

        // A connection in the middle of a head has a buffer of 16 KiB, one in the middle of a handshake what OpenSSL takes; a response waits in its file.
        Assert.InRange((server.ResidentBytes - before) / Count, long.MinValue, 48 * 1024);
        Assert.Equal("200", Status(server));

        // Each goes on, a byte now and then, for longer than it has; then the server lingers for it no more than 2 s.
        long end = Environment.TickCount64 + 5_000;
        for (long next = 0; Environment.TickCount64 < end;)
        {
            if (Environment.TickCount64 >= next)
            {
                next = Environment.TickCount64 + 500;
                clients.RemoveAll(client => !(more == "" ? client.TryReceiveByte() : client.TrySend(more)));
            }

            Assert.Equal("200", Status(server));
        }

        Until(() => OpenSockets(server) == 0, $"connections of slow {kind} stay open");
        server.UntilLogged(reason);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public void Ten_thousand_idle_connections_hold_little_and_cost_the_others_nothing()
    {
        using var folder = new TemporaryFolder();
        folder.Write("site.conf", "MaxConnections 20000\nMaxConnectionsPerAddress 0\nKeepAliveTimeout 300\n");
        folder.Write("index.html", "hello");
        using var server = new RoundtripProcess(folder.Path);
        List<RawClient> clients = [];
        Open(2_000);
        long before = server.ResidentBytes;
        Open(8_000);
        long each = (server.ResidentBytes - before) / 8_000;

        // The figure that is aimed at is 600 bytes, measured by bench/compare; this bound only says that no buffer is held.
        Assert.InRange(each, long.MinValue, 4_000);
        Assert.Equal("200", Status(server));
        clients.ForEach(client => client.Dispose());
        Until(() => OpenSockets(server) == 0, "idle connections stay open after their clients left");

        void Open(int count)
        {
            for (int i = 0; i < count; i++)
            {
                var client = new RawClient(server.HttpPort);
                client.Send(Get);
                client.ReadUntil("hello");
                clients.Add(client);
            }
        }
    }

    [Fact]
    public void When_descriptors_run_out_clients_are_turned_away_and_the_server_recovers()
    {
        using var folder = new TemporaryFolder();
        folder.Write("index.html", "hello");
        using var server = new RoundtripProcess(folder.Path, prefix: "prlimit --nofile=160");
        List<RawClient> clients = [];
        for (int i = 0; i < 300; i++)
        {
            var client = new RawClient(server.HttpPort);
            client.Send(Get);
            clients.Add(client);
        }

        server.UntilLogged("no file descriptor left");

        // Whoever was turned away knows it: nobody waits for an answer that does not come.
        string[] answers = [.. clients.Select(client => client.ReadToEnd())];
        Assert.InRange(answers.Count(answer => answer.EndsWith("hello", StringComparison.Ordinal)), 1, 299);
        Assert.All(answers, answer => Assert.True(answer.Length == 0 || answer.EndsWith("hello", StringComparison.Ordinal), answer));
        clients.ForEach(client => client.Dispose());
        Until(() => Status(server) == "200", "the server does not recover");
    }

    [Fact]
    public void Without_a_descriptor_the_server_rests_and_those_who_waited_are_answered_when_there_are_some_again()
    {
        using var folder = new TemporaryFolder();
        folder.Write("index.html", "hello");
        using var server = new RoundtripProcess(folder.Path);
        Assert.Equal("200", Status(server));

        // Fewer than it has open: accept(2) itself fails, and what waits would wake the loops for ever.
        Run.Program("prlimit", "--pid", $"{server.Id}", "--nofile=5:4096");
        List<RawClient> clients = [.. Enumerable.Range(0, 50).Select(_ => new RawClient(server.HttpPort))];
        clients.ForEach(client => client.Send(Get));
        server.UntilLogged("Too many open files");
        TimeSpan before = server.ProcessorTime;
        Thread.Sleep(1_000);
        Assert.InRange((server.ProcessorTime - before).TotalMilliseconds, 0, 300);

        Run.Program("prlimit", "--pid", $"{server.Id}", "--nofile=4096:4096");
        clients.ForEach(client => client.ReadUntil("hello"));
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public void A_file_for_which_no_descriptor_is_left_is_503_and_what_is_in_memory_is_still_served()
    {
        using var folder = new TemporaryFolder();
        folder.Write("index.html", "hello");
        for (int i = 0; i < 200; i++)
        {
            // Too large for the memory, so that each stays open.
            folder.Write($"{i}.bin", new byte[70_000]);
        }

        using var server = new RoundtripProcess(folder.Path, prefix: "prlimit --nofile=160");
        using var client = new RawClient(server.HttpPort);
        client.Send(Get);
        client.ReadUntil("hello");
        for (int i = 0; i < 200; i++)
        {
            client.Send($"HEAD /{i}.bin HTTP/1.1\r\nHost: a\r\n\r\n");
            if (client.ReadUntil("\r\n\r\n").StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal))
            {
                break;
            }
        }

        server.UntilLogged(".bin: the process has no file descriptor left");
        client.Send(Get);
        client.ReadUntil("hello");
    }

    [Fact]
    public void Resets_in_the_middle_of_anything_leak_nothing()
    {
        using var folder = new TemporaryFolder();
        folder.Write("index.html", "hello");
        folder.Write("large.bin", new byte[8 << 20]);
        using var server = new RoundtripProcess(folder.Path);
        Status(server);
        int before = server.DescriptorCount;
        string[] beginnings = ["", "GET / HT", Get, "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"];
        for (int i = 0; i < 1_000; i++)
        {
            using var client = new RawClient(i % 3 == 0 ? server.HttpsPort : server.HttpPort);
            client.Send(beginnings[i % beginnings.Length]);
            client.Socket.LingerState = new LingerOption(true, 0);
        }

        // Files that are sent often stay open by design: large.bin and what the cache keeps.
        Until(() => OpenSockets(server) == 0 && server.DescriptorCount <= before + 8, "descriptors leak");
        Assert.Equal("200", Status(server));
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n", 405)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n7a1200\r\n", 405)]
    [InlineData("GET /missing HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n", 404)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000000\r\n\r\n", 413)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400)]
    public void An_answer_reaches_a_client_that_first_sends_all_it_has(string head, int status)
    {
        using var folder = new TemporaryFolder();
        folder.Write("index.html", "hello");
        using var server = new RoundtripProcess(folder.Path);
        using var client = new RawClient(server.HttpPort);
        client.Send(head);

        // The answer is there long before all is sent. A close with bytes unread is a reset (RFC 9112 §9.6), which would take it from the client again.
        Assert.True(client.Socket.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectRead));
        string piece = new('x', 80_000);
        for (int i = 0; i < 100; i++)
        {
            client.Send(piece);
        }

        string answer = client.ReadToEnd(out bool wasReset);
        Assert.False(wasReset);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        int length = int.Parse(Regex.Match(answer, "Content-Length: ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.Equal(length, answer.Length - answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4);
    }

    [Fact]
    public void A_request_smuggled_behind_a_body_is_not_answered()
    {
        using var folder = new TemporaryFolder();
        folder.Write("index.html", "hello");
        folder.Write("secret.html", "SECRET");
        using var server = new RoundtripProcess(folder.Path);
        const string Smuggled = "GET /secret.html HTTP/1.1\r\nHost: a\r\n\r\n";
        string[] attacks =
        [
            $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}",
            $"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}",
            $"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: {Smuggled.Length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Smuggled}",
            $"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{Smuggled}",
            $"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n{Smuggled}",
            $"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{Smuggled.Length:x}\n{Smuggled}\r\n0\r\n\r\n",
            $"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Smuggled}",
            $"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}",
            $"GET /missing HTTP/1.1\r\nHost: a\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}",
            $"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}",
            $"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}",
            $"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continued\r\nContent-Length: {Smuggled.Length}\r\n\r\n{Smuggled}",
        ];
        foreach (string attack in attacks)
        {
            using var client = new RawClient(server.HttpPort);
            client.Send(attack);
            client.Socket.Shutdown(SocketShutdown.Send);

            Assert.DoesNotContain("SECRET", client.ReadToEnd(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/", "", "200")]
    [InlineData("/", "If-None-Match: *\r\n", "304")]
    [InlineData("/", "If-Match: \"x\"\r\n", "412")]
    [InlineData("/", "Range: bytes=1-2\r\n", "206")]
    [InlineData("/large.bin", "Range: bytes=1-2\r\n", "206")]
    [InlineData("/", "Range: bytes=9-\r\n", "416")]
    [InlineData("/listed/", "", "200")]
    public void A_body_that_an_answer_does_not_need_is_never_the_next_request(string path, string fields, string status)
    {
        using var folder = new TemporaryFolder();
        folder.Write("site.conf", "Options Indexes\n");
        folder.Write("index.html", "hello");
        folder.Write("large.bin", new byte[200_000]);
        folder.Write("secret.html", "SECRET");
        folder.Write("listed/a", "a");
        using var server = new RoundtripProcess(folder.Path);
        const string Smuggled = "GET /secret.html HTTP/1.1\r\nHost: a\r\n\r\n";
        using var client = new RawClient(server.HttpPort);

        // The file is hot by the second time. A listing is never: it is made off the loop each time, so that the body is there before the answer.
        for (int i = 0; i < 3; i++)
        {
            client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n{fields}Content-Length: {Smuggled.Length}\r\n\r\n{Smuggled}");
        }

        client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n{fields}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n{Smuggled.Length:x}\r\n{Smuggled}\r\n0\r\n\r\n");
        string responses = client.ReadToEnd();

        Assert.Equal(4, responses.Split($"HTTP/1.1 {status} ").Length - 1);
        Assert.Equal(4, responses.Split("HTTP/1.1 ").Length - 1);
        Assert.DoesNotContain("SECRET", responses, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_outside_the_folder_is_served()
    {
        using var folder = new TemporaryFolder();
        folder.Write("outside.txt", "OUTSIDE");
        folder.Write("site/index.html", "hello");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "site/link"), Path.Combine(folder.Path, "outside.txt"));
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "site/dir"), folder.Path);
        using var server = new RoundtripProcess(Path.Combine(folder.Path, "site"));
        foreach (string path in (string[])["/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/%2e%2e%2foutside.txt", "/x/../../outside.txt", "/..%5coutside.txt",
            "//outside.txt", "/link", "/dir/outside.txt", "/..%00/outside.txt", "/....//outside.txt", "/%252e%252e/outside.txt", "/.%2e/outside.txt"])
        {
            using var client = new RawClient(server.HttpPort);
            client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            string response = client.ReadToEnd();

            Assert.DoesNotContain("OUTSIDE", response, StringComparison.Ordinal);
            Assert.Matches("^HTTP/1.1 (400|403|404) ", response);
        }
    }

    [Fact]
    public void The_private_key_and_the_logs_are_not_served_when_they_lie_in_the_folder()
    {
        using var folder = new TemporaryFolder();
        folder.Write("index.html", "hello");
        Run.Program("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-keyout", Path.Combine(folder.Path, "key.pem"), "-out", Path.Combine(folder.Path, "cert.pem"));
        folder.Write("site.conf", "SSLCertificateFile cert.pem\nSSLCertificateKeyFile ./key.pem\nCustomLog access.log\nErrorLog error.log\nOptions Indexes\nDirectoryIndex none\n");
        using var server = new RoundtripProcess(folder.Path);
        foreach (string name in (string[])["key.pem", "KEY.PEM", "cert.pem", "access.log", "error.log", "site.conf", "%6bey.pem", "./key.pem"])
        {
            Assert.Equal("404", Run.Program("curl", "-s", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", server.Http + name).Text);
        }

        string listing = Run.Program("curl", "-s", server.Http).Text;
        Assert.Contains("index.html", listing, StringComparison.Ordinal);
        Assert.DoesNotContain("key.pem", listing, StringComparison.Ordinal);
        Assert.Equal("hello", Run.Program("curl", "-s", "--cacert", Path.Combine(folder.Path, "cert.pem"), $"https://localhost:{server.HttpsPort}/index.html", "-k").Text);
    }

    [Fact]
    public void A_log_line_cannot_be_forged()
    {
        using var folder = new TemporaryFolder();
        folder.Write("index.html", "hello");
        using var server = new RoundtripProcess(folder.Path);
        using (var client = new RawClient(server.HttpPort))
        {
            client.Send("GET /\"%0a127.0.0.1 HTTP/1.1\r\nHost: a\r\nUser-Agent: x\" \x1b[31m\\\r\nConnection: close\r\n\r\n");
            client.ReadToEnd();
            using var other = new RawClient(server.HttpPort);
            other.Send("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: quo\"te\\\xff\r\nConnection: close\r\n\r\n");
            other.ReadToEnd();
        }

        server.UntilLogged("quo\\\"te\\\\\\xff");
        Assert.DoesNotContain("\x1b", server.Errors, StringComparison.Ordinal);
    }

    private static string Status(RoundtripProcess server) => Run.Program("curl", "-s", "-o", "/dev/null", "-m", "10", "-w", "%{http_code}", server.Http).Text;

    // The process's TCP sockets that are not listeners: of each loop and port there is one of those.
    private static int OpenSockets(RoundtripProcess server)
    {
        string[] ports = [$":{server.HttpPort:X4}", $":{server.HttpsPort:X4}"];
        const string Listening = "0A", TimeWait = "06";
        return File.ReadLines("/proc/net/tcp").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(columns => ports.Any(port => columns[1].EndsWith(port, StringComparison.Ordinal)) && columns[3] is not (Listening or TimeWait) && columns[9] != "0");
    }

    private static void Until(Func<bool> condition, string otherwise)
    {
        for (long giveUp = Environment.TickCount64 + 20_000; !condition();)
        {
            Assert.True(Environment.TickCount64 < giveUp, otherwise);
            Thread.Yield();
        }
    }
}
