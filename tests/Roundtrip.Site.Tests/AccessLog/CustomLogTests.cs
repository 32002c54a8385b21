using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Core;
using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Transport.Files;

namespace Roundtrip.Site.Tests.AccessLog;

/// <summary>Which hosts have which logs, and which requests have a line.</summary>
public class CustomLogTests
{
    [Fact]
    public void A_host_with_a_log_has_none_of_the_main_servers_and_logs_of_one_scope_add_up()
    {
        SiteHost[] hosts = Hosts("""
            CustomLog /main combined
            GlobalLog /global combined
            <VirtualHost *:80>
            CustomLog /one combined
            TransferLog /two
            </VirtualHost>
            <VirtualHost *:80>
            ServerName inherits
            </VirtualHost>
            """, out List<string> opened);

        Assert.Equal([2, 3, 2], hosts.Select(host => host.Logs.Count));
        Assert.Same(hosts[0].Logs[0].Log, hosts[2].Logs[0].Log);
        Assert.Same(hosts[0].Logs[1].Log, hosts[1].Logs[2].Log);
        Assert.Equal(["/main", "/global", "/one", "/two"], opened);
    }

    [Fact]
    public void A_nickname_has_the_format_that_it_is_given_last_wherever_that_stands()
    {
        SiteHost[] hosts = Hosts("""
            CustomLog /a mine
            CustomLog /b
            CustomLog /c nobody
            LogFormat "%s" mine
            LogFormat "default %s"
            <VirtualHost *:80>
            CustomLog /d mine
            LogFormat "of the host" mine
            </VirtualHost>
            """, out _);

        Assert.Equal(["200", "default 200", "nobody"], Lines(hosts[0]));
        Assert.Equal(["of the host"], Lines(hosts[1]));
    }

    [Fact]
    public void Debians_other_vhosts_access_log_has_the_lines_of_hosts_without_one()
    {
        SiteHost[] hosts = Hosts("""
            LogFormat "%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" vhost_combined
            CustomLog ${APACHE_LOG_DIR}/other_vhosts_access.log vhost_combined
            <VirtualHost *:8081>
            ServerName a.example
            </VirtualHost>
            <VirtualHost *:80>
            ServerName b.example
            CustomLog /b combined
            </VirtualHost>
            """, out List<string> opened);

        Assert.Equal(["/var/log/apache2/other_vhosts_access.log", "/b"], opened);
        Assert.StartsWith("a.example:8081 192.0.2.1 - - [", Assert.Single(Lines(hosts[1])), StringComparison.Ordinal);
        Assert.EndsWith("\"GET / HTTP/1.1\" 200 0 \"-\" \"-\"", Assert.Single(Lines(hosts[1])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("env=wanted", false, true)]
    [InlineData("env=!wanted", true, false)]
    [InlineData("\"expr=%{REQUEST_URI} =~ m#^/x#\"", false, false)]
    [InlineData("\"expr=%{REQUEST_STATUS} -eq 200\"", true, true)]
    [InlineData("\"expr=-n reqenv('wanted')\"", false, true)]
    public void A_condition_says_which_requests_have_a_line(string condition, bool plain, bool wanted)
    {
        SiteHost host = Hosts($"CustomLog /a \"%s\" {condition}", out _)[0];
        FakeExchange exchange = Ended(host);
        Assert.Equal(plain, Lines(host, exchange).Count == 1);

        var facts = new RequestFacts(exchange, host);
        facts.SetEnvironment("wanted", "1");
        exchange.Context = facts;
        Assert.Equal(wanted, Lines(host, exchange).Count == 1);
    }

    [Theory]
    [InlineData("CustomLog /a combined only=x", "error in condition clause")]
    [InlineData("CustomLog /a combined env=", "error in condition clause")]
    [InlineData("CustomLog /a combined env=!", "missing environment variable name")]
    [InlineData("CustomLog /a combined \"expr=%{\"", "error in log condition: ")]
    [InlineData("CustomLog /a %y", "Unrecognized LogFormat directive '%y'")]
    [InlineData("LogFormat %y x", "Unrecognized LogFormat directive '%y'")]
    [InlineData("<VirtualHost *:80>\nGlobalLog /a combined\n</VirtualHost>", "GlobalLog not allowed in <VirtualHost> context")]
    public void What_cannot_be_is_said_with_its_line(string conf, string expected)
    {
        BuiltConfiguration built = Build(conf);
        Assert.Contains(expected, Assert.Single(built.Errors).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_keeps_its_line_and_a_file_gets_its_folder()
    {
        _ = Hosts("CustomLog \"|/bin/cat -u\" combined\nCustomLog \"|$cat | cat\" combined\nCustomLog logs/a combined\nBufferedLogs On", out List<string> opened);

        Assert.Equal(["|/bin/cat -u", "|$cat | cat", "/srv/logs/a"], opened);
    }

    private static BuiltConfiguration Build(string conf) => SiteConfiguration.Load(
        new InMemorySource().WithVariable("APACHE_LOG_DIR", "/var/log/apache2").With("/srv/a.conf", conf),
        "/srv/a.conf",
        new LoadOptions { ServerRoot = "/srv" },
        static _ => []);

    private static SiteHost[] Hosts(string conf, out List<string> opened)
    {
        BuiltConfiguration built = Build(conf);
        Assert.Empty(built.Errors);
        var targets = new List<string>();
        opened = targets;
        var logs = new SiteLogs(
            target =>
            {
                targets.Add(target);
                return AppendFile.Open("/dev/null");
            },
            null);
        SiteHost[] hosts = [.. new[] { built.Main }.Concat(built.Hosts).Select(host => new SiteHost(host, logs))];

        // The error log, which no configuration here says.
        targets.Remove("-");
        return hosts;
    }

    private static FakeExchange Ended(SiteHost host)
    {
        FakeExchange exchange = FakeExchange.Get("/");
        exchange.End(EndReason.Completed, 200);
        exchange.Context = ResourceAbout.OfHost(host);
        return exchange;
    }

    private static List<string> Lines(SiteHost host, FakeExchange? exchange = null)
    {
        var lines = new List<string>();
        foreach (HostLog log in host.Logs)
        {
            using var folder = new TempFolder();
            using (var written = new Site.AccessLog.AccessLog(AppendFile.Open(folder["log"]), null))
            {
                AccessLogBuffer buffer = written.CreateBuffer(new FakeLoop());
                buffer.Write(exchange ?? Ended(host), host, log.Format, log.Condition);
                buffer.EndOfLoop();
            }

            lines.AddRange(File.ReadAllLines(folder["log"]));
        }

        return lines;
    }
}
