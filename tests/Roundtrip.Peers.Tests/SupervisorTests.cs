using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Roundtrip.Peers.Tests;

/// <summary>The program as root starts it: a supervisor with rights, a server without.</summary>
[SupportedOSPlatform("linux")]
public sealed class SupervisorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-supervised-").FullName;
    private readonly int _port = FreePorts.InARow(2);
    private readonly HttpClient _client = new();
    private Process? _supervisor;

    public SupervisorTests()
    {
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Directory.CreateDirectory(Path.Combine(_folder, "www"));
        Directory.CreateDirectory(Path.Combine(_folder, "log"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(Path.Combine(_folder, "www/index.html"), "first");
        File.WriteAllText(Path.Combine(_folder, "www/second.html"), "second");
        File.WriteAllBytes(Path.Combine(_folder, "www/large.bin"), new byte[64 << 20]);
        Run.Program("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-keyout", Path.Combine(_folder, "key.pem"), "-out", Path.Combine(_folder, "cert.pem"));
        File.SetUnixFileMode(Path.Combine(_folder, "key.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private string Url => $"http://127.0.0.1:{_port}/";

    private string ConfigurationFile => Path.Combine(_folder, "httpd.conf");

    private int ServerId => int.Parse(File.ReadAllText($"/proc/{_supervisor!.Id}/task/{_supervisor.Id}/children").Trim().Split(' ')[0], null);

    [Fact]
    public async Task Every_thread_of_the_server_is_without_rights_and_it_can_neither_read_keys_nor_write_the_logs_folder()
    {
        Start();
        Assert.Equal("first", await _client.GetStringAsync(new Uri(Url), TestContext.Current.CancellationToken));

        string user = Run.Program("id", "-u", "www-data").Text.Trim();
        int server = ServerId;
        foreach (string task in Directory.GetDirectories($"/proc/{server}/task"))
        {
            string status = await File.ReadAllTextAsync(Path.Combine(task, "status"), TestContext.Current.CancellationToken);
            Assert.Matches($@"Uid:\t{user}\t{user}\t{user}\t{user}\n", status);
            Assert.Matches(@"CapEff:\t0000000000000000\n", status);
            Assert.Matches(@"CapPrm:\t0000000000000000\n", status);
            Assert.Matches(@"NoNewPrivs:\t1\n", status);
        }

        Assert.NotEqual(0, Run.Program("setpriv", "--reuid=www-data", "--regid=www-data", "--clear-groups", "cat", Path.Combine(_folder, "key.pem")).ExitCode);
        Assert.NotEqual(0, Run.Program("setpriv", "--reuid=www-data", "--regid=www-data", "--clear-groups", "touch", Path.Combine(_folder, "log/x")).ExitCode);
        Assert.Equal("first", Run.Program("curl", "-sk", $"https://127.0.0.1:{_port + 1}/").Text);
        Stop();
        Assert.Contains("\"GET / HTTP/1.1\" 200", await File.ReadAllTextAsync(Path.Combine(_folder, "log/access.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_takes_a_good_configuration_and_leaves_all_as_it_was_for_a_bad_one()
    {
        Start();
        Assert.Equal("first", await _client.GetStringAsync(new Uri(Url), TestContext.Current.CancellationToken));

        Write("DirectoryIndex second.html");
        Assert.Equal(0, Verb("graceful").ExitCode);
        await Until("second");

        Write("DirectoryIndexx third.html");
        Finished refused = Verb("graceful");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("Invalid command 'DirectoryIndexx'", refused.Errors, StringComparison.Ordinal);

        // The signal itself finds the same error, says it, and changes nothing.
        Run.Program("kill", "-USR1", $"{_supervisor!.Id}");
        await UntilLogged("DirectoryIndexx");
        Assert.Equal("second", await _client.GetStringAsync(new Uri(Url), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_server_that_is_killed_is_started_again_and_no_client_is_refused()
    {
        Start();
        for (int round = 0; round < 3; round++)
        {
            int killed = ServerId;
            Run.Program("kill", "-KILL", $"{killed}");
            int refused = 0;
            for (int i = 0; i < 50; i++)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, _port, TestContext.Current.CancellationToken);
                }
                catch (SocketException fault) when (fault.SocketErrorCode == SocketError.ConnectionRefused)
                {
                    refused++;
                }
            }

            Assert.Equal(0, refused);
            await Until("first");
            Assert.NotEqual(killed, ServerId);
        }
    }

    [Fact]
    public async Task Reloads_under_load_lose_no_request_and_leak_no_descriptor()
    {
        const int Reloads = 200;
        Start();
        Assert.Equal("first", await _client.GetStringAsync(new Uri(Url), TestContext.Current.CancellationToken));
        // A download that begins before the reloads and ends after them.
        using HttpResponseMessage download = await _client.GetAsync(new Uri(Url + "large.bin"), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var load = Process.Start(Run.StartInfo("wrk", ["-t", "1", "-c", "8", "-d", "60s", Url]))!;
        int before = 0;
        for (int i = 0; i < Reloads; i++)
        {
            // Each configuration has an address of its own: it is served when that answers. Its virtual host has an error log of its own too, which is closed when the next one has its place.
            Write($"Alias /g{i} {_folder}/www/second.html", hostLog: $"host{i}.log");
            Run.Program("kill", "-USR1", $"{_supervisor!.Id}");
            await Until(() => Try($"g{i}") == "second");
            if (i == 5)
            {
                before = await SettledDescriptors();
            }
        }

        Assert.InRange(await SettledDescriptors(), 1, before + 8);
        Assert.Equal(64 << 20, (await download.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
        Run.Program("kill", "-INT", $"{load.Id}");
        string report = await load.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("Socket errors", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", report, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        if (_supervisor is { HasExited: false })
        {
            Stop();
        }

        _supervisor?.Dispose();
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_connection_to_one_host_is_none_of_a_host_that_is_reached_by_other_terms()
    {
        Start();
        Write(string.Join('\n', new[] { ("a", "all"), ("b", "TLSv1.3"), ("c", "all") }.Select(host => $"""
            <VirtualHost *:{_port + 1}>
                ServerName {host.Item1}.test
                SSLEngine on
                SSLProtocol {host.Item2}
                SSLCertificateFile {_folder}/cert.pem
                SSLCertificateKeyFile {_folder}/key.pem
            </VirtualHost>
            """)));
        Assert.Equal(0, Verb("graceful").ExitCode);

        await Until(() => StatusOf("a.test", "b.test") == "421");
        Assert.Equal("200", StatusOf("a.test", "a.test"));
        Assert.Equal("200", StatusOf("b.test", "b.test"));
        Assert.Equal("200", StatusOf("a.test", "c.test"));
        Assert.Equal("421", StatusOf("b.test", "a.test"));
        Stop();
    }

    private string StatusOf(string connectedTo, string host) => Run.Program(
        "curl", "-s", "-k", "-o", "/dev/null", "-w", "%{http_code}", "--resolve", $"{connectedTo}:{_port + 1}:127.0.0.1", "-H", $"Host: {host}", $"https://{connectedTo}:{_port + 1}/").Text;

    // A configuration that was replaced closes its logs when their threads have written all: the fewest of a second are those of the one in use.
    private async Task<int> SettledDescriptors()
    {
        int fewest = int.MaxValue;
        for (int i = 0; i < 20; i++)
        {
            fewest = Math.Min(fewest, Directory.GetFiles($"/proc/{ServerId}/fd").Length);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return fewest;
    }

    private void Start()
    {
        Write("");
        _supervisor = Process.Start(Run.StartInfo("dotnet", [Repository.BuiltProgram, "serve", "-c", ConfigurationFile]))!;
        string ready = _supervisor.StandardOutput.ReadLine() ?? "";
        Assert.True(ready.StartsWith("ready ", StringComparison.Ordinal), $"no ready line but '{ready}': {(ready.Length == 0 ? _supervisor.StandardError.ReadToEnd() : "")}");
    }

    private void Write(string more, string hostLog = "error.log") => File.WriteAllText(ConfigurationFile, $$"""
        LoadModule dir_module modules/mod_dir.so
        LoadModule alias_module modules/mod_alias.so
        LoadModule authz_core_module modules/mod_authz_core.so
        LoadModule ssl_module modules/mod_ssl.so
        Listen 127.0.0.1:{{_port}}
        Listen 127.0.0.1:{{_port + 1}} https
        User www-data
        Group www-data
        PidFile {{_folder}}/pid
        ErrorLog {{_folder}}/log/error.log
        LogLevel notice
        CustomLog {{_folder}}/log/access.log combined
        MaxKeepAliveRequests 0
        DocumentRoot {{_folder}}/www
        <Directory {{_folder}}/www>
            Require all granted
        </Directory>
        <VirtualHost *:{{_port + 1}}>
            SSLEngine on
            ErrorLog {{_folder}}/log/{{hostLog}}
            SSLCertificateFile {{_folder}}/cert.pem
            SSLCertificateKeyFile {{_folder}}/key.pem
        </VirtualHost>
        {{more}}
        """);

    private Finished Verb(string verb) => Run.Program("dotnet", Repository.BuiltProgram, verb, "-c", ConfigurationFile);

    private void Stop()
    {
        Run.Program("kill", "-TERM", $"{_supervisor!.Id}");
        Assert.True(_supervisor.WaitForExit(TimeSpan.FromSeconds(30)), "the supervisor did not end on SIGTERM");
    }

    private async Task Until(string content) => await Until(() => Try() == content);

    private async Task UntilLogged(string text) => await Until(() => File.ReadAllText(Path.Combine(_folder, "log/error.log")).Contains(text, StringComparison.Ordinal));

    private string Try(string path = "")
    {
        try
        {
            return _client.GetStringAsync(new Uri(Url + path)).GetAwaiter().GetResult();
        }
        catch (HttpRequestException)
        {
            // The server is between two lives.
            return "";
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        for (long giveUp = Environment.TickCount64 + 30_000; !condition();)
        {
            Assert.True(Environment.TickCount64 < giveUp, "the condition did not come true");
            await Task.Yield();
        }
    }
}
