using System.Text;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Server;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Tests.AccessLog;

/// <summary>ErrorLog, ErrorLogFormat and LogLevel of a configuration.</summary>
public class ErrorLogTests
{
    [Fact]
    public void Who_is_denied_has_a_line_that_says_which_file()
    {
        using var folder = new TempFolder();
        BuiltConfiguration built = Build($"LoadModule authz_core_module x\nDocumentRoot {folder.Path}\nErrorLog {folder["log"]}\nErrorLogFormat \"%m %l %M\"\n<Location />\nRequire all denied\n</Location>\n");
        using (var logs = new SiteLogs(AppendFile.Open, null))
        {
            var loop = new FakeLoop();
            using var site = new SiteLoop(new SiteSnapshot(built, logs, new SiteServices()), loop);
            var exchange = FakeExchange.Get("/a%0ab.txt");
            site.Start(exchange);
            loop.RunUntil(() => exchange.IsComplete);
            Assert.Equal(403, exchange.Status);
        }

        Assert.Equal([$"authz_core error client denied by server configuration: {folder.Path}/a\\x0ab.txt"], File.ReadAllLines(folder["log"]));
    }

    [Fact]
    public void Lines_about_a_request_or_a_handshake_go_to_its_hosts_log_and_a_requests_at_its_directorys_level()
    {
        using var folder = new TempFolder();
        BuiltConfiguration built = Build($"""
            LoadModule authz_core_module x
            DocumentRoot {folder.Path}
            <Directory />
            Require all granted
            </Directory>
            ErrorLog {folder["main"]}
            ErrorLogFormat "%v %M"
            <VirtualHost *:*>
            ServerName a.example
            </VirtualHost>
            <VirtualHost *:*>
            ServerName b.example
            ErrorLog {folder["b"]}
            LogLevel error http:info
            <Location /loud>
            LogLevel debug
            </Location>
            </VirtualHost>
            """);
        Assert.Empty(built.Errors);
        using (var logs = new SiteLogs(AppendFile.Open, null))
        {
            var snapshot = new SiteSnapshot(built, logs, new SiteServices());
            var loop = new FakeLoop();
            using var site = new SiteLoop(snapshot, loop);
            foreach ((string host, string path) in ((string, string)[])[("a.example", "/"), ("b.example", "/"), ("b.example", "/loud"), ("other", "/")])
            {
                var exchange = new FakeExchange($"GET {path} HTTP/1.1\nHost: {host}\n");
                site.Start(exchange);
                loop.RunUntil(() => exchange.IsComplete);
                ErrorLog log = site.LogOf(exchange.Connection, exchange);
                log.Write(LogLevel.Error, "core", exchange.Connection, exchange, $"error {path}");
                log.Write(LogLevel.Warn, "core", exchange.Connection, exchange, $"warn {path}");
                log.Write(LogLevel.Debug, "core", exchange.Connection, exchange, $"debug {path}");
                log.Write(LogLevel.Info, "http", exchange.Connection, exchange, $"http {path}");
            }

            site.LogOf(new FakeConnection(), null).Write(LogLevel.Error, "http", "192.0.2.1:1", "of a connection");
            site.LogOf(new FakeConnection { ServerName = "b.example" }, null).Write(LogLevel.Error, "ssl", "192.0.2.1:1", "of a handshake");
        }

        Assert.Equal(["a.example error /", "a.example warn /", "a.example error /", "a.example warn /", "a.example of a connection"], File.ReadAllLines(folder["main"]));
        Assert.Equal(["b.example error /", "b.example http /", "b.example error /loud", "b.example warn /loud", "b.example debug /loud", "b.example http /loud", "b.example of a handshake"], File.ReadAllLines(folder["b"]));
    }

    [Fact]
    public void A_folder_served_by_itself_says_why_and_its_rotated_logs_are_no_pages()
    {
        using var site = new SiteUnderTest { Conf = "CustomLog \"|/usr/bin/rotatelogs -L logs/now logs/access.%Y 86400\" combined\nErrorLog \"|rotatelogs error 5M\"" };
        site.Folder.With("logs/access.2026", "x").With("logs/now", "x").With("error.1795575600", "x").With("logs/other", "x");

        Assert.Equal([404, 404, 404, 200], ((string[])["/logs/access.2026", "/logs/now", "/error.1795575600", "/logs/other"]).Select(path => site.Get(path).Status));
        Assert.True(SiteConfiguration.LoadFolder(new InMemorySource(), "/", hasFile: false, static _ => []).Main.Settings.Get(Site.Core.CoreSettings.LogLevel).Allows("http", LogLevel.Info));
    }

    [Theory]
    [InlineData("LogLevel loud", "Log level keyword must be one of")]
    [InlineData("ErrorLogFormat %y", "Unrecognized error log format directive %y")]
    [InlineData("ErrorLogFormat other %M", "unknown kind of format 'other'")]
    [InlineData("<Location />\nErrorLog x\n</Location>", "ErrorLog not allowed")]
    public void What_cannot_be_is_said_with_its_line(string conf, string expected) =>
        Assert.Contains(expected, Assert.Single(Build(conf).Errors).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("syslog:user:tag")]
    [InlineData("|/bin/cat")]
    [InlineData("-")]
    [InlineData("/srv/logs/e")]
    public void A_target_is_kept_as_it_stands(string target)
    {
        var opened = new StringBuilder();
        using var logs = new SiteLogs(
            text =>
            {
                opened.Append(text);
                return AppendFile.Open("/dev/null");
            },
            null);
        _ = new SiteHost(Build($"ErrorLog {target}").Main, logs);
        Assert.Equal(target, opened.ToString());
    }

    private static BuiltConfiguration Build(string conf) =>
        SiteConfiguration.Load(new InMemorySource().With("/srv/a.conf", conf), "/srv/a.conf", new LoadOptions { ServerRoot = "/srv" }, static _ => []);
}
