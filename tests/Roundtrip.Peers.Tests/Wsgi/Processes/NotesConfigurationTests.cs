namespace Roundtrip.Peers.Tests.Wsgi.Processes;

/// <summary>The two configurations of the notes, verbatim but for paths and users, as root starts them.</summary>
public class NotesConfigurationTests
{
    private const string Script = """
        import grp, os, pwd, sys
        from settings import GREETING

        def application(environ, start_response):
            start_response('200 OK', [('Content-Type', 'text/plain')])
            facts = [GREETING, pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name, sys.prefix,
                     environ['mod_wsgi.process_group'], environ['mod_wsgi.application_group'], str(environ['wsgi.multiprocess'])]
            return ['\n'.join(facts).encode()]
        """;

    [Fact]
    public void A_project_in_an_environment_of_its_own_is_served_by_its_python_with_its_modules()
    {
        using var server = new WsgiServer(server =>
        {
            Write(server, "home/user/myproject/myproject/wsgi.py", Script);
            Write(server, "home/user/myproject/settings.py", "GREETING = 'hello from myproject'\n");
            Finished made = Run.Program("/usr/bin/python3", "-m", "venv", "--without-pip", $"{server.Folder}/home/user/myproject/myprojectenv");
            Assert.True(made.ExitCode == 0, made.Errors);
            File.WriteAllText(server.ConfigurationFile, $$"""
                {{Beginning(server)}}
                WSGIDaemonProcess myproject python-path={{server.Folder}}/home/user/myproject python-home={{server.Folder}}/home/user/myproject/myprojectenv
                WSGIProcessGroup myproject
                WSGIScriptAlias / {{server.Folder}}/home/user/myproject/myproject/wsgi.py
                """);
        });
        server.UntilWorkers(1);

        Assert.Equal(["hello from myproject", "www-data", "www-data", $"{server.Folder}/home/user/myproject/myprojectenv", "myproject", "example.test|", "False"], server.Get().Split('\n'));
    }

    [Fact]
    public void A_virtual_host_whose_group_stands_in_a_Directory_is_served_by_its_processes_as_their_user()
    {
        using var server = new WsgiServer(server =>
        {
            Write(server, "var/www/yourapplication/yourapplication.wsgi", "import sys\nsys.path.insert(0, __file__.rpartition('/')[0])\n" + Script);
            Write(server, "var/www/yourapplication/settings.py", "GREETING = 'hello from yourapplication'\n");
            File.WriteAllText(server.ConfigurationFile, $$"""
                {{Beginning(server)}}
                <VirtualHost *>
                    ServerName example.com

                    WSGIDaemonProcess yourapplication user=games group=news processes=2 threads=5
                    WSGIScriptAlias / {{server.Folder}}/var/www/yourapplication/yourapplication.wsgi

                    <Directory {{server.Folder}}/var/www/yourapplication>
                        WSGIProcessGroup yourapplication
                        WSGIApplicationGroup %{GLOBAL}
                        Order deny,allow
                        Allow from all
                    </Directory>
                </VirtualHost>
                """);
        });
        server.UntilWorkers(2);
        Finished answer = Run.Program("curl", "-sS", "-H", "Host: example.com", server.Url);

        Assert.Equal(["hello from yourapplication", "games", "news", "/usr", "yourapplication", "", "True"], answer.Text.Split('\n'));

        // The one that has not answered may still be starting.
        WsgiServer.Until(() => server.Workers.All(id => Channels(id) == 5), () => $"channels: {string.Join(' ', server.Workers.Select(Channels))}");

        // One socket is the control socket; each channel has its own and an inbox.
        static int Channels(int id) => (Directory.GetFiles($"/proc/{id}/fd").Count(link => new FileInfo(link).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) is true) - 1) / 2;
    }

    // What Debian's httpd has before a site's own lines.
    private static string Beginning(WsgiServer server) => $"""
        LoadModule authz_core_module modules/mod_authz_core.so
        LoadModule access_compat_module modules/mod_access_compat.so
        LoadModule wsgi_module modules/mod_wsgi.so
        Listen 127.0.0.1:{server.Port}
        User www-data
        Group www-data
        ServerName example.test
        PidFile {server.Folder}/pid
        ErrorLog {server.Folder}/error.log
        """;

    private static void Write(WsgiServer server, string name, string text)
    {
        string path = Path.Combine(server.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
