using System.Net;
using System.Net.Sockets;

namespace Roundtrip.Peers.Tests;

/// <summary>The program's words that scripts rely on, for the built and for the published program.</summary>
public class ProgramTests
{
    public static TheoryData<bool> BuiltAndPublished() => [false, true];

    [Theory]
    [MemberData(nameof(BuiltAndPublished))]
    public void Serve_says_when_it_is_ready_serves_and_ends_on_SIGTERM_with_0(bool published)
    {
        using var server = new RoundtripProcess(Repository.SampleSite, published);
        Assert.Equal("200", Run.Program("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", server.Http).Text);
        Assert.Equal("200", Run.Program("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", server.CertificateFile, server.Https).Text);
        (int exitCode, string errors) = server.Stop();

        Assert.Equal(0, exitCode);
        Assert.Contains("\"GET / HTTP/1.1\" 200", errors, StringComparison.Ordinal);
        Assert.Contains("\"GET / HTTP/2.0\" 200", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_is_taken_is_said_with_exit_1()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        Finished roundtrip = Roundtrip("serve", Repository.SampleSite, "--http", $"{((IPEndPoint)taken.LocalEndpoint).Port}", "--https", "0");

        Assert.Equal(1, roundtrip.ExitCode);
        Assert.Contains("another program listens there", roundtrip.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Directory does not exist: '/no/such/folder' (see roundtrip serve --help)", "serve", "/no/such/folder")]
    [InlineData("--http takes a port from 0 to 65535, not '99999' (see roundtrip serve --help)", "serve", "--http", "99999")]
    [InlineData("--bind takes an address such as 127.0.0.1, 0.0.0.0, ::1 or fe80::1%eth0, not 'nowhere' (see roundtrip serve --help)", "serve", "--bind", "nowhere")]
    [InlineData("there is no option '--htp' (see roundtrip serve --help)", "serve", ".", "--htp", "80")]
    [InlineData("'two' is one argument more than serve takes (see roundtrip serve --help)", "serve", ".", "two", "three")]
    [InlineData("there is no command 'srve' (see roundtrip --help)", "srve", "samples/site")]
    [InlineData("there is no option '--vresion' (see roundtrip --help)", "--vresion")]
    [InlineData("Required command was not provided (see roundtrip --help)")]
    public void Wrong_usage_is_exit_2_with_one_line_that_says_what(string line, params string[] arguments)
    {
        Finished roundtrip = Roundtrip(arguments);

        Assert.Equal((2, $"roundtrip: {line}\n", ""), (roundtrip.ExitCode, roundtrip.Errors, roundtrip.Text));
    }

    [Theory]
    [InlineData(null, "roundtrip: the .NET 10 SDK is needed and \"dotnet\" is not on the PATH; see https://")]
    [InlineData("8.0.100 [/usr/share/dotnet/sdk]", "roundtrip: the .NET 10 SDK is needed; installed are:\n8.0.100 [/usr/share/dotnet/sdk]\n")]
    public void Without_the_SDK_the_script_says_what_to_install_with_exit_3(string? installed, string expected)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "bin"));
        File.Copy(Path.Combine(Repository.Root, "roundtrip"), Path.Combine(folder.Path, "roundtrip"));
        if (installed is not null)
        {
            folder.Write("bin/dotnet", $"#!/bin/sh\necho '{installed}'\n");
            Run.Program("chmod", "+x", Path.Combine(folder.Path, "bin/dotnet"));
        }

        foreach (string tool in (string[])["dirname", "readlink", "find", "grep", "flock", "mkdir"])
        {
            File.CreateSymbolicLink(Path.Combine(folder.Path, "bin", tool), Run.Program("which", tool).Text.Trim());
        }

        Finished script = Run.Program("env", $"PATH={folder.Path}/bin", Path.Combine(folder.Path, "roundtrip"), "serve", ".");

        Assert.Equal((3, ""), (script.ExitCode, script.Text));
        Assert.StartsWith(expected, script.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_another_roundtrip_has_is_not_shared_with_it()
    {
        using var server = new RoundtripProcess(Repository.SampleSite);
        Finished second = Roundtrip("serve", Repository.SampleSite, "--http", $"{server.HttpPort}", "--https", "0");

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("another program listens there", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_needs_a_right_is_exit_3_with_how_to_get_it()
    {
        Finished roundtrip = Run.Program("setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service", "dotnet", Repository.BuiltProgram, "serve", Repository.SampleSite, "--http", "81", "--https", "0");

        Assert.Equal(3, roundtrip.ExitCode);
        Assert.Contains("CAP_NET_BIND_SERVICE", roundtrip.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_bad_line_of_site_conf_is_named_with_its_file_and_number()
    {
        using var folder = new TemporaryFolder();
        folder.Write("site.conf", "# limits\nKeepAliveTimout 5\nTimeout soon\nLimitRequestLine\n");
        Finished roundtrip = Roundtrip("serve", folder.Path, "--http", "0", "--https", "0");

        Assert.Equal(1, roundtrip.ExitCode);
        Assert.Contains("site.conf:2: Invalid command 'KeepAliveTimout', perhaps misspelled or defined by a module not included in the server configuration; the nearest name is KeepAliveTimeout", roundtrip.Errors, StringComparison.Ordinal);
        Assert.Contains("site.conf:3: Timeout: 'soon' is no time: the units of a time are ms, s, min and h", roundtrip.Errors, StringComparison.Ordinal);
        Assert.Contains("site.conf:4: LimitRequestLine takes bytes", roundtrip.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_site_conf_that_cannot_be_read_is_not_passed_over()
    {
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(Path.Combine(folder.Path, "site.conf"), "site.conf");
        Finished roundtrip = Roundtrip("serve", folder.Path, "--http", "0", "--https", "0");

        Assert.Equal(1, roundtrip.ExitCode);
        Assert.Contains("site.conf cannot be read: Too many", roundtrip.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CustomLog")]
    [InlineData("ErrorLog")]
    public void A_log_whose_FIFO_nobody_reads_is_said_and_not_waited_for(string directive)
    {
        using var folder = new TemporaryFolder();
        Run.Program("mkfifo", Path.Combine(folder.Path, "log"));
        folder.Write("site.conf", $"{directive} log\n");
        Finished roundtrip = Roundtrip("serve", folder.Path, "--http", "0", "--https", "0");

        Assert.Equal(1, roundtrip.ExitCode);
        Assert.Contains("nobody reads it: start its reader first", roundtrip.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_without_a_certificate_is_said()
    {
        using var folder = new TemporaryFolder();
        folder.Write("site.conf", "SSLCertificateKeyFile key.pem\n");
        Finished roundtrip = Roundtrip("serve", folder.Path, "--http", "0", "--https", "0");

        Assert.Equal(1, roundtrip.ExitCode);
        Assert.Contains("SSLCertificateKeyFile needs an SSLCertificateFile", roundtrip.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_site_conf_names_in_the_folder_is_not_served()
    {
        using var folder = new TemporaryFolder();
        folder.Write("site.conf", "CustomLog access.log\nErrorLog ./error.log\n");
        using var server = new RoundtripProcess(folder.Path);
        foreach (string name in (string[])["access.log", "error.log"])
        {
            Assert.True(File.Exists(Path.Combine(folder.Path, name)));
            Assert.Equal("404", Run.Program("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", server.Http + name).Text);
        }
    }

    [Fact]
    public void Http_0_9_is_answered_only_where_it_is_allowed()
    {
        using var folder = new TemporaryFolder();
        folder.Write("index.html", "hello");
        using (var server = new RoundtripProcess(folder.Path))
        {
            Assert.StartsWith("HTTP/1.1 4", Run.WithInput("GET /\r\n", "nc", "-N", "127.0.0.1", $"{server.HttpPort}").Text, StringComparison.Ordinal);
        }

        folder.Write("site.conf", "HttpProtocolOptions Allow0.9\n");
        using (var server = new RoundtripProcess(folder.Path))
        {
            Assert.Equal("hello", Run.WithInput("GET /\r\n", "nc", "-N", "127.0.0.1", $"{server.HttpPort}").Text);
        }
    }

    private static Finished Roundtrip(params string[] arguments) => Run.Program("dotnet", [Repository.BuiltProgram, .. arguments]);
}
