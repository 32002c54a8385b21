using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Roundtrip.Peers.Tests;

/// <summary><c>roundtrip get</c> against servers that we did not write, and our own.</summary>
public sealed partial class GetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _servers = [];
    private readonly byte[] _large = new byte[3_000_000];

    public GetTests()
    {
        new Random(1).NextBytes(_large);
        _folder.Write("www/index.html", "hello\n");
        _folder.Write("www/large", _large);
    }

    private string Certificate => Path.Combine(_folder.Path, "cert.pem");

    private string Key => Path.Combine(_folder.Path, "key.pem");

    public void Dispose()
    {
        foreach (Process server in _servers)
        {
            server.Kill(entireProcessTree: true);
            server.WaitForExit();
            server.Dispose();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData("", "HTTP/2 200")]
    [InlineData("--http1.1", "HTTP/1.1 200")]
    public void It_gets_from_our_own_server(string option, string version)
    {
        _folder.Write("www/site.conf", "");
        using var server = new RoundtripProcess(Path.Combine(_folder.Path, "www"));

        AssertGets($"https://localhost:{server.HttpsPort}/", server.CertificateFile, option, version);
        Assert.Equal("hello\n", Get($"{server.Http}").Text);
    }

    [Fact]
    public void It_gets_from_nghttpd()
    {
        MakeCertificate();
        int port = FreePorts.InARow(2);
        Serve(port, "nghttpd", "-d", Path.Combine(_folder.Path, "www"), $"{port}", Key, Certificate);
        Serve(port + 1, "nghttpd", "--no-tls", "-d", Path.Combine(_folder.Path, "www"), $"{port + 1}");

        AssertGets($"https://localhost:{port}/", Certificate, "", "HTTP/2 200");
        Assert.Equal("hello\n", Get("--http2-prior-knowledge", $"http://127.0.0.1:{port + 1}/").Text);
    }

    [Fact]
    public void It_gets_from_nginx()
    {
        MakeCertificate();
        int port = FreePorts.InARow(1);
        _folder.Write("nginx.conf", $$"""
            daemon off; pid {{_folder.Path}}/nginx.pid; error_log stderr; master_process off;
            events { }
            http {
              access_log off;
              client_body_temp_path {{_folder.Path}}/t1; proxy_temp_path {{_folder.Path}}/t2; fastcgi_temp_path {{_folder.Path}}/t3; uwsgi_temp_path {{_folder.Path}}/t4; scgi_temp_path {{_folder.Path}}/t5;
              server { listen 127.0.0.1:{{port}} ssl http2; ssl_certificate {{Certificate}}; ssl_certificate_key {{Key}}; root {{_folder.Path}}/www; }
            }
            """);
        Serve(port, "nginx", "-c", Path.Combine(_folder.Path, "nginx.conf"), "-e", "stderr");

        AssertGets($"https://localhost:{port}/", Certificate, "", "HTTP/2 200");
        AssertGets($"https://localhost:{port}/", Certificate, "--http1.1", "HTTP/1.1 200");
    }

    [Fact]
    public void It_gets_from_apache()
    {
        MakeCertificate();
        int port = FreePorts.InARow(1);
        const string Modules = "/usr/lib/apache2/modules";
        _folder.Write("apache.conf", $"""
            ServerRoot {_folder.Path}
            PidFile {_folder.Path}/apache.pid
            ErrorLog {_folder.Path}/apache.log
            Listen 127.0.0.1:{port}
            LoadModule mpm_event_module {Modules}/mod_mpm_event.so
            LoadModule authz_core_module {Modules}/mod_authz_core.so
            LoadModule dir_module {Modules}/mod_dir.so
            LoadModule socache_shmcb_module {Modules}/mod_socache_shmcb.so
            LoadModule ssl_module {Modules}/mod_ssl.so
            LoadModule http2_module {Modules}/mod_http2.so
            ServerName localhost
            Protocols h2 http/1.1
            SSLEngine on
            SSLCertificateFile {Certificate}
            SSLCertificateKeyFile {Key}
            DocumentRoot {_folder.Path}/www
            DirectoryIndex index.html
            """);
        Process.Start("chmod", ["-R", "a+rX", _folder.Path]).WaitForExit();
        Serve(port, "apache2", "-f", Path.Combine(_folder.Path, "apache.conf"), "-X");

        AssertGets($"https://localhost:{port}/", Certificate, "", "HTTP/2 200");
        AssertGets($"https://localhost:{port}/", Certificate, "--http1.1", "HTTP/1.1 200");
    }

    [Fact]
    public void A_certificate_that_is_not_trusted_or_names_another_host_is_refused()
    {
        MakeCertificate();
        int port = FreePorts.InARow(1);
        Serve(port, "nghttpd", "-d", Path.Combine(_folder.Path, "www"), $"{port}", Key, Certificate);
        Finished untrusted = Get($"https://localhost:{port}/");
        Finished other = Get("--cacert", Certificate, $"https://127.0.0.2:{port}/");
        Finished careless = Get("-k", $"https://127.0.0.2:{port}/");

        Assert.Equal((1, ""), (untrusted.ExitCode, untrusted.Text));
        Assert.Contains("the server's certificate is not accepted: self-signed certificate", untrusted.Errors, StringComparison.Ordinal);
        Assert.Equal((1, ""), (other.ExitCode, other.Text));
        Assert.Contains("IP address mismatch", other.Errors, StringComparison.Ordinal);
        Assert.Equal((0, "hello\n"), (careless.ExitCode, careless.Text));
    }

    [Fact]
    public void Frames_are_listed_by_stream_with_their_header_bytes_before_and_after_HPACK()
    {
        using var server = new RoundtripProcess(Path.Combine(_folder.Path, "www"));
        Finished get = Get("-k", "--frames", server.Https);

        Assert.Equal("hello\n", get.Text);
        Assert.Matches(@"^stream 0\n +\d+ ms > preface 24 bytes\n", get.Errors);
        Assert.Matches(@"\nstream 1\n +\d+ ms > HEADERS \d+ bytes END_STREAM; fields \d+ bytes, after HPACK \d+\n", get.Errors);
        Assert.Matches(@"ms < DATA 6 bytes END_STREAM\n", get.Errors);
    }

    // What is asked for, and with which of curl's options.
    [Theory]
    [InlineData("")]
    [InlineData("", "--http1.1")]
    [InlineData("", "-d", "a=b")]
    [InlineData("", "--http1.1", "-d", "a=b")]
    [InlineData("", "-X", "OPTIONS", "-H", "X-Field: a: b")]
    [InlineData("nowhere?a=b")]
    [InlineData("large", "-H", "Range: bytes=0-9")]
    public void The_lines_of_v_are_curls(string path, params string[] options)
    {
        using var server = new RoundtripProcess(Path.Combine(_folder.Path, "www"));
        string[] words = ["-k", "-v", .. options, $"{server.Https}{path}"];
        Finished curl = Run.Program("curl", ["-s", "--no-progress-meter", .. words]);
        Finished get = Get(words);

        Assert.Equal(curl.Output, get.Output);
        Assert.NotEmpty(LinesOf(curl.Errors, '<'));
        Assert.Equal(LinesOf(curl.Errors, '>').Order(), LinesOf(get.Errors, '>').Order());
        Assert.Equal(LinesOf(curl.Errors, '<'), LinesOf(get.Errors, '<'));
        foreach (string line in (string[])["* ALPN: server accepted ", "* using HTTP/"])
        {
            Assert.Equal(Line(curl), Line(get));

            string Line(Finished finished) => Assert.Single(finished.Errors.Split('\n'), other => other.StartsWith(line, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_frames_that_came_are_those_that_nghttp_lists()
    {
        MakeCertificate();
        int port = FreePorts.InARow(1);
        Serve(port, "nghttpd", "-d", Path.Combine(_folder.Path, "www"), "--echo-upload", $"{port}", Key, Certificate);
        using var own = new RoundtripProcess(Path.Combine(_folder.Path, "www"));
        foreach (string server in (string[])[own.Https, $"https://127.0.0.1:{port}/"])
        {
            // The bytes of a Date after HPACK are not those of another second's, so both are asked again until both came with the same.
            string theirs, ours;
            int turns = 0;
            do
            {
                theirs = Run.Program("nghttp", "-nv", "--no-push", $"{server}large").Text;
                ours = Get("-k", "-v", "--frames", "-o", Path.Combine(_folder.Path, "got"), $"{server}large").Errors;
            }
            while (DateField().Match(theirs).Groups[1].Value != DateField().Match(ours).Groups[1].Value && ++turns < 20);

            // By stream: HEADERS with the bytes after HPACK, which the length of the frame is, then DATA, whose division is the server's at the moment, and its sum not.
            string[] listed = [.. NghttpFrame().Matches(theirs).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}")];
            string[] shown = [.. ShownFrame().Matches(ours[ours.IndexOf("\nstream 1\n", StringComparison.Ordinal)..]).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}")];
            Assert.Equal(listed.Where(frame => frame.StartsWith("HEADERS", StringComparison.Ordinal)), shown.Where(frame => frame.StartsWith("HEADERS", StringComparison.Ordinal)));
            Assert.Equal(_large.Length, Sum(listed));
            Assert.Equal(_large.Length, Sum(shown));
            Assert.Matches(@"< HEADERS (\d+) bytes; fields \d+ bytes, after HPACK \1\n", ours);

            // And of the connection what came first: the server's SETTINGS, of the same length.
            Assert.Equal(Regex.Match(theirs, @"recv SETTINGS frame <length=(\d+)").Groups[1].Value, Regex.Match(ours, @"< SETTINGS (\d+) bytes").Groups[1].Value);
        }

        static int Sum(string[] frames) => frames.Where(frame => frame.StartsWith("DATA", StringComparison.Ordinal)).Sum(frame => int.Parse(frame.Split(' ')[1], null));
    }

    [Fact]
    public void Interim_responses_are_shown_and_the_final_one_is_the_result()
    {
        using var listener = Answer("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Finished get = Get("-v", $"http://{listener.LocalEndpoint}/");

        Assert.Equal("ok", get.Text);
        Assert.Contains("< HTTP/1.1 103\n< Link: </a.css>; rel=preload\n<\n< HTTP/1.1 200\n", get.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_response_that_is_not_whole_is_an_error()
    {
        using var listener = Answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
        Finished get = Get($"http://{listener.LocalEndpoint}/");

        Assert.Equal(1, get.ExitCode);
        Assert.Equal("half", get.Text);
    }

    [Fact]
    public void Redirections_are_followed_where_that_is_asked_and_ten_at_most()
    {
        using var target = Answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        using var once = Answer($"HTTP/1.1 302 Found\r\nLocation: http://{target.LocalEndpoint}/x\r\nContent-Length: 4\r\n\r\ngone");
        string url = $"http://{once.LocalEndpoint}/";

        Assert.Equal("ok", Get("-L", url).Text);
        using var round = Answer("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", times: 20);
        Finished lost = Get("-L", $"http://{round.LocalEndpoint}/");
        Assert.Equal(1, lost.ExitCode);
        Assert.Contains("more than 10 redirections", lost.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_redirection_to_the_same_server_uses_its_connection_again(bool isSecure)
    {
        _folder.Write("www/dir/index.html", "in it\n");
        using var server = new RoundtripProcess(Path.Combine(_folder.Path, "www"));
        Finished get = Get("-k", "-v", "-L", $"{(isSecure ? server.Https : server.Http)}dir");

        Assert.Equal("in it\n", get.Text);
        Assert.Equal(2, get.Errors.Split("* Connected to").Length);
        Assert.Equal(3, get.Errors.Split("\n> GET /dir").Length);
    }

    [Fact]
    public void A_redirection_to_another_server_takes_no_credentials_along()
    {
        using var server = new RoundtripProcess(Path.Combine(_folder.Path, "www"));
        using var once = Answer($"HTTP/1.1 302 Found\r\nLocation: {server.Http}\r\nContent-Length: 0\r\n\r\n");
        Finished get = Get("-v", "-L", "-H", "Authorization: secret", "-H", "X: y", $"http://{once.LocalEndpoint}/");

        Assert.Equal("hello\n", get.Text);
        Assert.Equal(2, get.Errors.Split("Authorization: secret").Length);
        Assert.Equal(3, get.Errors.Split("> X: y").Length);
    }

    [Fact]
    public void A_host_that_takes_no_connection_is_exit_code_1_and_no_URL_2()
    {
        int port = FreePorts.InARow(1);

        Assert.Equal(1, Get($"http://127.0.0.1:{port}/").ExitCode);
        Assert.Equal(1, Get("http://name.invalid/").ExitCode);
        Assert.Equal(2, Get("ftp://127.0.0.1/").ExitCode);
        Assert.Equal(2, Get("-H", "no field", "http://127.0.0.1/").ExitCode);
    }

    [Fact]
    public void It_gives_up_after_the_time_that_was_set()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var clock = Stopwatch.StartNew();
        Finished get = Get("--max-time", "0.5", $"http://{silent.LocalEndpoint}/");

        Assert.Equal(1, get.ExitCode);
        Assert.Contains("the response was not complete in time", get.Errors, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Content_is_sent_as_it_stands_in_a_file()
    {
        _folder.Write("content", "a@b\r\n");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<string> received = Task.Run(() =>
        {
            using Socket socket = listener.AcceptSocket();
            byte[] bytes = new byte[4096];
            string text = "";
            while (!text.EndsWith("a@b\r\n", StringComparison.Ordinal) && socket.Receive(bytes) is var count and > 0)
            {
                text += Encoding.Latin1.GetString(bytes, 0, count);
            }

            socket.Send("HTTP/1.1 204 No Content\r\n\r\n"u8);
            return text;
        });
        Finished get = Get("--data-binary", $"@{_folder.Path}/content", "--max-time", "30", $"http://{listener.LocalEndpoint}/");

        Assert.Equal(0, get.ExitCode);
        string request = await received;
        Assert.StartsWith("POST / HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith("Content-Length: 5\r\n\r\na@b\r\n", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "HTTP/2")]
    [InlineData("--http1.1", "HTTP/1.1")]
    public void Json_is_one_document_with_what_came_over_what_and_how_long_it_took(string option, string version)
    {
        using var server = new RoundtripProcess(Path.Combine(_folder.Path, "www"));
        string file = Path.Combine(_folder.Path, "got");
        Finished get = Get(["--json", "-k", "-o", file, .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries), $"https://localhost:{server.HttpsPort}/"]);
        using JsonDocument document = JsonDocument.Parse(get.Text);
        JsonElement root = document.RootElement;

        Assert.Equal("hello\n", File.ReadAllText(file));
        Assert.Equal((200, version, 6), (root.GetProperty("status").GetInt32(), root.GetProperty("version").GetString(), root.GetProperty("contentBytes").GetInt32()));
        Assert.Equal("TLSv1.3", root.GetProperty("tls").GetProperty("protocol").GetString());
        Assert.Contains(root.GetProperty("fields").EnumerateArray(), field => field.GetProperty("name").GetString()!.Equals("server", StringComparison.OrdinalIgnoreCase));
        JsonElement timings = root.GetProperty("timings");
        Assert.All((string[])["dns", "connect", "tls", "firstByte", "total"], name => Assert.True(timings.GetProperty(name).GetDouble() > 0, name));
        JsonElement hpack = root.GetProperty("hpack");
        Assert.Equal(version == "HTTP/2", hpack.ValueKind == JsonValueKind.Object);
        Assert.True(version != "HTTP/2" || hpack.GetProperty("sent").GetProperty("after").GetInt32() < hpack.GetProperty("sent").GetProperty("before").GetInt32());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("error").ValueKind);
    }

    [Fact]
    public void Json_tells_of_a_failure_too()
    {
        Finished get = Get("--json", $"http://127.0.0.1:{FreePorts.InARow(1)}/");
        using JsonDocument document = JsonDocument.Parse(get.Text);

        Assert.Equal(1, get.ExitCode);
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("status").ValueKind);
        Assert.Contains("Connection refused", document.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n", 2_000_000)]
    [InlineData("", "HTTP/1.1 204 No Content\r\n\r\n", 2_000_000)]
    [InlineData("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n", "", 0)]
    public async Task Large_content_is_sent_when_the_server_says_so_or_nothing_and_not_when_it_refuses(string first, string last, int expected)
    {
        _folder.Write("content", new byte[2_000_000]);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<(string Head, int Content)> received = Task.Run(() =>
        {
            using Socket socket = listener.AcceptSocket();
            byte[] bytes = new byte[65_536];
            string head = Encoding.Latin1.GetString(bytes, 0, socket.Receive(bytes));
            socket.Send(Encoding.Latin1.GetBytes(first));
            int content = 0;
            while (content < 2_000_000 && socket.Receive(bytes) is var count and > 0)
            {
                content += count;
            }

            socket.Send(Encoding.Latin1.GetBytes(last));
            return (head, content);
        });
        Finished get = Get("-v", "--data-binary", $"@{_folder.Path}/content", "--max-time", "30", $"http://{listener.LocalEndpoint}/");
        (string head, int content) = await received;

        Assert.Equal(0, get.ExitCode);
        Assert.Contains("Expect: 100-continue\r\n", head, StringComparison.Ordinal);
        Assert.Equal(expected, content);
    }

    // The content's size, the option that sends Expect for it, and whether the server reads some of the content before it refuses the expectation.
    [Theory]
    [InlineData(2_000_000, "", false)]
    [InlineData(2_000_000, "", true)]
    [InlineData(5, "Expect: 100-Continue", false)]
    public async Task An_expectation_that_is_answered_417_is_dropped_and_the_request_comes_again_whole(int size, string field, bool waits)
    {
        byte[] sent = new byte[size];
        new Random(2).NextBytes(sent);
        _folder.Write("content", sent);
        var heads = new List<string>();
        using var server = new RefusingServer(heads, waits);
        string[] options = field.Length > 0 ? ["-H", field] : [];
        Finished get = Get(["--data-binary", $"@{_folder.Path}/content", "--max-time", "30", .. options, $"http://{server.Address}/form?a=1"]);
        server.Dispose();

        Assert.Equal((0, "thanks"), (get.ExitCode, get.Text));
        Assert.Equal(2, heads.Count);
        Assert.Contains("expect: 100-continue\r\n", heads[0].ToLowerInvariant(), StringComparison.Ordinal);

        // The same request, but for the field.
        Assert.Equal(string.Join("\r\n", heads[0].Split("\r\n").Where(line => !line.StartsWith("Expect", StringComparison.OrdinalIgnoreCase))), heads[1]);
        Assert.Equal(sent, await server.Content);
    }

    [Theory]
    [InlineData("-H", "Expect: the-unexpected")]
    [InlineData("-H", "X-A: 100-continue")]
    public void A_417_to_what_expected_no_100_is_the_answer_and_nothing_comes_again(params string[] options)
    {
        var heads = new List<string>();
        using var server = new RefusingServer(heads, waits: false);
        Finished get = Get(["-d", "order=1", "--max-time", "30", .. options, $"http://{server.Address}/"]);

        Assert.Equal((0, "no"), (get.ExitCode, get.Text));
        Assert.Single(heads);
    }

    [Fact]
    public void A_server_that_refuses_without_the_expectation_too_has_the_last_word()
    {
        _folder.Write("content", new byte[2_000_000]);
        var heads = new List<string>();
        using var server = new RefusingServer(heads, waits: false, always: true);
        Finished get = Get("--data-binary", $"@{_folder.Path}/content", "--max-time", "30", $"http://{server.Address}/");

        Assert.Equal((0, "no"), (get.ExitCode, get.Text));
        Assert.Equal(2, heads.Count);
    }

    [Fact]
    public void A_server_that_asks_for_a_certificate_is_shown_that_of_the_option()
    {
        MakeCertificate();
        int port = FreePorts.InARow(1);
        Serve(
            port, "openssl", "s_server", "-accept", $"{port}", "-key", Key, "-cert", Certificate, "-CAfile", Certificate, "-Verify", "1", "-verify_return_error", "-www");
        string url = $"https://localhost:{port}/";
        Finished shown = Get("--cacert", Certificate, "--cert", Certificate, "--key", Key, url);
        Finished withheld = Get("--cacert", Certificate, url);

        Assert.Contains("Client certificate", shown.Text, StringComparison.Ordinal);
        Assert.Equal((1, ""), (withheld.ExitCode, withheld.Text));
    }

    // Of a direction, without what is each program's own: its name, the time, and the words behind a status (RFC 9112 section 4: nothing is to be made of them), which get does not show. HTTP/2 has
    // names in lower case, and HTTP/1 in any.
    private static string[] LinesOf(string verbose, char mark) =>
    [
        .. verbose.Split('\n').Select(line => line.TrimEnd()).Where(line => line.StartsWith(mark) && !Own().IsMatch(line))
            .Select(line => Regex.Replace(line, @"^(< HTTP/1\.1 \d+).*$", "$1"))
            .Select(line => line.Split(": ", 2) is [var name, var value] ? $"{name.ToLowerInvariant()}: {value}" : line),
    ];

    [GeneratedRegex(@"^[<>] (user-agent|date): ", RegexOptions.IgnoreCase)]
    private static partial Regex Own();

    [GeneratedRegex(@"recv (HEADERS|DATA) frame <length=(\d+),")]
    private static partial Regex NghttpFrame();

    [GeneratedRegex(@"\bdate: (\w+, .* GMT)", RegexOptions.IgnoreCase)]
    private static partial Regex DateField();

    [GeneratedRegex(@"< (HEADERS|DATA) (\d+) bytes")]
    private static partial Regex ShownFrame();

    private static Finished Get(params string[] arguments) => Run.Program("dotnet", [Repository.BuiltProgram, "get", .. arguments]);

    private void AssertGets(string url, string certificate, string option, string version)
    {
        string[] options = ["--cacert", certificate, .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        Finished page = Get([.. options, "-v", url]);
        Assert.True(page.ExitCode == 0, page.Errors);
        Assert.Equal("hello\n", page.Text);
        Assert.Contains($"< {version}\n", page.Errors, StringComparison.Ordinal);
        Assert.Equal(_large, Get([.. options, $"{url}large"]).Output);
    }

    private void MakeCertificate()
    {
        Finished made = Run.Program(
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", Key, "-out", Certificate, "-days", "30", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1");
        Assert.True(made.ExitCode == 0, made.Errors);
    }

    private void Serve(int port, string name, params string[] arguments)
    {
        var server = new Process { StartInfo = Run.StartInfo(name, arguments) };
        server.Start();
        _servers.Add(server);
        server.OutputDataReceived += static (_, _) => { };
        server.ErrorDataReceived += static (_, _) => { };
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        for (long giveUp = Environment.TickCount64 + 15_000; ;)
        {
            using var probe = new TcpClient();
            try
            {
                probe.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException)
            {
                Assert.False(server.HasExited, $"{name} ended");
                Assert.True(Environment.TickCount64 < giveUp, $"{name} does not listen");
                Thread.Sleep(20);
            }
        }
    }

    // A server that says the same to everybody and closes.
    private static TcpListener Answer(string response, int times = 1)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task.Run(() =>
        {
            for (int i = 0; i < times; i++)
            {
                using Socket socket = listener.AcceptSocket();
                byte[] request = new byte[4096];
                _ = socket.Receive(request);
                socket.Send(Encoding.Latin1.GetBytes(response));
                socket.Shutdown(SocketShutdown.Send);
                while (socket.Receive(request) > 0)
                {
                }
            }
        });
        return listener;
    }
}
