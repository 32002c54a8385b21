namespace Roundtrip.Peers.Tests.Wsgi.Processes;

/// <summary>As whom, where and with what a worker runs.</summary>
public class SurroundingsTests
{
    [Theory]
    [InlineData("", "www-data")]
    [InlineData("user=games", "games")]
    [InlineData("user=games group=news", "games", "news")]
    public void User_and_group_are_what_the_configuration_says_seen_from_inside(string options, string user, string? group = null)
    {
        using var server = new WsgiServer(Applications.Evil, $"processes=1 threads=1 umask=0027 home=/usr {options}");
        string uid = Run.Program("id", "-u", user).Text.Trim();
        string gid = group is null ? Run.Program("id", "-g", user).Text.Trim() : Run.Program("getent", "group", group).Text.Split(':')[2];
        string groups = string.Join(", ", Run.Program("id", "-G", user).Text.Trim().Split(' ').Select(int.Parse).Where(one => group is null || $"{one}" != Run.Program("id", "-g", user).Text.Trim()).Append(int.Parse(gid, null)).Distinct().Order());

        Assert.Equal($"{uid} {gid} [{groups}] 27 /usr /usr", server.Get("who"));
        string status = File.ReadAllText($"/proc/{server.Workers.Single()}/status");
        Assert.Contains("CapEff:\t0000000000000000", status, StringComparison.Ordinal);
        Assert.Contains("CapPrm:\t0000000000000000", status, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user=root", "root is not possible")]
    [InlineData("group=root", "group=root is not possible")]
    [InlineData("user=nobodyatall", "there is no user nobodyatall")]
    public void A_user_that_cannot_be_is_refused_before_anything_is_served(string options, string said)
    {
        using var server = new WsgiServer(Applications.Evil, "processes=1 threads=1");
        server.Configure($"processes=1 threads=1 {options}");
        WsgiServer.Kill("USR1", server.MainId);

        server.UntilLogged(said);
        Assert.Equal(200, server.StatusOf(""));
    }

    [Fact]
    public void Without_root_a_user_has_no_effect_and_the_log_says_so()
    {
        using var server = new WsgiServer(Applications.Evil, "processes=1 threads=1 user=games", isSupervised: false);

        Assert.StartsWith("65534 65534 ", server.Get("who"), StringComparison.Ordinal);
        server.UntilLogged("user and group of process group g have no effect");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_would_lead_its_interpreter_elsewhere_is_not_handed_on(bool isSupervised)
    {
        const string Tells = """
            import os, sys

            def application(environ, start_response):
                start_response('200 OK', [])
                return [' '.join([os.environ['KEPT'], *(name for name in ('PYTHONPATH', 'PYTHONHOME', 'PYTHONSTARTUP') if name in os.environ), *(path for path in sys.path if 'nonexistent' in path)]).encode()]
            """;
        using var server = new WsgiServer(
            server => server.Prepare(Tells, "processes=1 threads=1"),
            isSupervised,
            ("PYTHONPATH", "/nonexistent/path"),
            ("PYTHONHOME", "/nonexistent"),
            ("PYTHONSTARTUP", "/nonexistent/start.py"),
            ("KEPT", "kept"));

        Assert.Equal("kept", server.Get());
    }

    [Fact]
    public void Its_python_is_that_of_python_home()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, Run.Program("chmod", "755", folder.Path).ExitCode);
        Finished made = Run.Program("/usr/bin/python3", "-m", "venv", "--without-pip", $"{folder.Path}/venv");
        Assert.True(made.ExitCode == 0, made.Errors);
        using var server = new WsgiServer(Applications.Evil, $"processes=1 threads=1 python-home={folder.Path}/venv");

        Assert.EndsWith($" {folder.Path}/venv", server.Get("who"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_has_its_sockets_its_page_and_no_descriptor_of_the_server()
    {
        using var server = new WsgiServer(Applications.Evil, "processes=1 threads=3");
        server.UntilWorkers(1);
        server.Get();
        int id = server.Workers.Single();
        string[] links = [.. Directory.GetFileSystemEntries($"/proc/{id}/fd").Select(link => new FileInfo(link).LinkTarget ?? "")];

        // Control, three channels with an inbox each, the pipe for 1 and 2; Python's mmap keeps a descriptor of the page.
        Assert.Equal(7, links.Count(link => link.StartsWith("socket:", StringComparison.Ordinal)));
        Assert.Equal(2, links.Count(link => link.StartsWith("pipe:", StringComparison.Ordinal)));
        Assert.DoesNotContain(links, link => link.Contains("error.log", StringComparison.Ordinal) || link.Contains("roundtrip-control", StringComparison.Ordinal) || link.Contains("event", StringComparison.Ordinal));
        Assert.Contains("(wsgi:g)", File.ReadAllText($"/proc/{id}/comm"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_application_writes_is_in_the_log_of_the_host_that_the_request_was_for()
    {
        const string Talking = """
            import os, sys

            def application(environ, start_response):
                print('printed ' + environ['HTTP_HOST'])
                environ['wsgi.errors'].write('first\nsecond without an end')
                os.write(2, b'past all streams\n')
                start_response('200 OK', [])
                return [b'']
            """;
        using var server = new WsgiServer(Talking, "processes=1 threads=1", more: "");
        server.Configure("processes=1 threads=1", $"""
            <VirtualHost *:{server.Port}>
                ServerName one.test
                ErrorLog {server.Folder}/one.log
                WSGIScriptAlias / {server.ApplicationFile} process-group=g application-group=%{"{GLOBAL}"}
            </VirtualHost>
            <VirtualHost *:{server.Port}>
                ServerName two.test
                ErrorLog {server.Folder}/two.log
                WSGIScriptAlias / {server.ApplicationFile} process-group=g application-group=%{"{GLOBAL}"}
            </VirtualHost>
            """);
        WsgiServer.Kill("USR1", server.MainId);
        foreach (string host in (string[])["one", "two"])
        {
            WsgiServer.Until(
                () => Run.Program("curl", "-s", "-o", "/dev/null", "-H", $"Host: {host}.test", server.Url).ExitCode == 0 && server.LogOf($"{host}.log").Contains($"printed {host}.test", StringComparison.Ordinal),
                () => server.LogOf($"{host}.log") + server.Log);
            server.UntilLogged("first\n", $"{host}.log");
            server.UntilLogged("second without an end\n", $"{host}.log");
        }

        Assert.DoesNotContain("two.test", server.LogOf("one.log"), StringComparison.Ordinal);
        server.UntilLogged("past all streams");
    }
}
