using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Site.Wsgi;
using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>mod_wsgi's directives, and the groups of processes that they come to.</summary>
public sealed class WsgiModuleTests
{
    [Fact]
    public void The_configuration_of_a_project_in_an_environment_of_its_own()
    {
        WorkerGroupDefinition[] groups = Groups("""
            ServerName example.com
            WSGIDaemonProcess myproject python-path=/home/user/myproject python-home=/home/user/myproject/myprojectenv
            WSGIProcessGroup myproject
            WSGIScriptAlias / /home/user/myproject/myproject/wsgi.py
            """);

        WorkerGroupDefinition main = groups[0];
        Assert.Equal(("myproject", "example.com|", false), (main.Name, main.ApplicationGroup, main.IsOnDemand));
        Assert.Equal(["/home/user/myproject"], main.PythonPath);
        Assert.Equal("/home/user/myproject/myprojectenv", main.PythonHome);
        Assert.Equal([new ScriptCallable("/home/user/myproject/myproject/wsgi.py", "application")], main.Preload);
        Assert.Equal((1, 15), (main.Processes, main.Threads));
        Assert.All(groups[1..], group => Assert.True(group.IsOnDemand));
    }

    [Fact]
    public void The_configuration_of_a_virtual_host_whose_group_stands_in_a_Directory()
    {
        WorkerGroupDefinition[] groups = Groups("""
            <VirtualHost *>
              ServerName example.com
              WSGIDaemonProcess yourapplication user=user1 group=group1 processes=2 threads=5
              WSGIScriptAlias / /var/www/yourapplication/yourapplication.wsgi
              <Directory /var/www/yourapplication>
                WSGIProcessGroup yourapplication
                WSGIApplicationGroup %{GLOBAL}
                Order deny,allow
                Allow from all
              </Directory>
            </VirtualHost>
            """);

        Assert.Equal(2, groups.Length);
        WorkerGroupDefinition group = groups[0];
        Assert.Equal(("yourapplication", "", 1, false), (group.Name, group.ApplicationGroup, group.Host, group.IsOnDemand));
        Assert.Equal(("user1", "group1", 2, 5), (group.User, group.Group, group.Processes, group.Threads));
        Assert.Equal(["/var/www/yourapplication/yourapplication.wsgi"], group.Scripts);
        Assert.Equal(("", true), (groups[1].Name, groups[1].IsOnDemand));
    }

    [Fact]
    public void Each_option_of_WSGIDaemonProcess_is_read()
    {
        WorkerGroupDefinition group = Groups("""
            WSGIDaemonProcess all processes=3 threads=4 user=u group=g umask=0022 python-path=/a:/b python-home=/c home=/d display-name=%{GROUP} lang=en_GB.UTF-8 locale=C.UTF-8 \
             maximum-requests=5 inactivity-timeout=6 request-timeout=7 startup-timeout=8 graceful-timeout=9 shutdown-timeout=10 eviction-timeout=11 restart-interval=12 queue-timeout=13 \
             listen-backlog=14 cpu-time-limit=15 memory-limit=16000000
            """)[0];

        Assert.Equal(
            new WorkerGroupDefinition("all", "")
            {
                Processes = 3,
                Threads = 4,
                User = "u",
                Group = "g",
                Umask = 18,
                PythonPath = ["/a", "/b"],
                PythonHome = "/c",
                Home = "/d",
                DisplayName = "%{GROUP}",
                Lang = "en_GB.UTF-8",
                Locale = "C.UTF-8",
                MaximumRequests = 5,
                InactivityTimeout = TimeSpan.FromSeconds(6),
                RequestTimeout = TimeSpan.FromSeconds(7),
                StartupTimeout = TimeSpan.FromSeconds(8),
                GracefulTimeout = TimeSpan.FromSeconds(9),
                ShutdownTimeout = TimeSpan.FromSeconds(10),
                EvictionTimeout = TimeSpan.FromSeconds(11),
                RestartInterval = TimeSpan.FromSeconds(12),
                QueueTimeout = TimeSpan.FromSeconds(13),
                ListenBacklog = 14,
                CpuTimeLimit = TimeSpan.FromSeconds(15),
                MemoryLimit = 16_000_000,
                Folders = group.Folders,
            },
            group);
    }

    [Fact]
    public void Application_groups_of_one_process_group_have_processes_of_their_own()
    {
        WorkerGroupDefinition[] groups = Groups("""
            ServerName example.com:8080
            WSGIDaemonProcess one
            WSGIProcessGroup one
            WSGIScriptAlias /a /srv/a.wsgi
            WSGIScriptAlias /b /srv/b.wsgi application-group=%{GLOBAL} callable-object=app
            WSGIScriptAlias /c /srv/c.wsgi application-group=%{SERVER}
            WSGIScriptAlias /d /srv/d.wsgi process-group=%{GLOBAL}
            WSGIImportScript /srv/i.py process-group=one application-group=%{GLOBAL}
            """);

        Assert.Equal(["one example.com|/a", "one example.com", "one ", " example.com|/d", " "], groups.Select(group => $"{group.Name} {group.ApplicationGroup}"));
        Assert.Equal([new ScriptCallable("/srv/b.wsgi", "app")], groups[2].Preload);
        Assert.Equal(["/srv/i.py"], groups[2].Imports);
        Assert.Equal([false, false, false, false, true], groups.Select(group => group.IsOnDemand));
    }

    [Fact]
    public void The_same_configuration_gives_the_same_groups_in_the_same_order()
    {
        const string Conf = "WSGIDaemonProcess one\nWSGIDaemonProcess two threads=2\nWSGIScriptAlias / /srv/a.wsgi process-group=two application-group=%{GLOBAL}";

        Assert.Equal(Groups(Conf), Groups(Conf));
        Assert.NotEqual(Groups(Conf), Groups(Conf.Replace("threads=2", "threads=3", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("WSGIDaemonProcess a threads=0", "threads takes a number from 1 to 1024, not '0'")]
    [InlineData("WSGIDaemonProcess a chroot=/x", "'chroot' is no option of WSGIDaemonProcess")]
    [InlineData("WSGIDaemonProcess a umask=9", "umask takes an octal number, not '9'")]
    [InlineData("WSGIDaemonProcess a\nWSGIDaemonProcess a", "there is a WSGIDaemonProcess of the name a already")]
    [InlineData("WSGIDaemonProcess a deadlock-timeout=1", "WSGIDaemonProcess deadlock-timeout has no effect here")]
    [InlineData("WSGIDaemonProcess a word", "'word' is no option: they are NAME=VALUE")]
    [InlineData("WSGIScriptAlias / /a.wsgi python-path=/x", "'python-path' is no option of WSGIScriptAlias")]
    [InlineData("WSGIImportScript /a.py process-group=a", "WSGIImportScript needs process-group= and application-group=")]
    [InlineData("WSGIModuleAlias / folder/module", "'folder/module' is no module:callable")]
    public void What_is_wrong_is_said(string conf, string complaint) => Assert.Contains(SiteUnderTest.Complaints(conf), said => said.Contains(complaint, StringComparison.Ordinal));

    [Theory]
    [InlineData("", "/x/y", "", "/x/y")]
    [InlineData("", "/", "", "/")]
    [InlineData("/app", "/app", "/app", "")]
    [InlineData("/app", "/app/x%2Fy", null, null)]
    [InlineData("/app", "/app/x%20y/", "/app", "/x y/")]
    [InlineData("/app", "/apple", null, null)]
    public void A_script_is_named_by_the_alias_and_the_rest_is_its_path(string alias, string url, string? name, string? pathInfo)
    {
        using var site = new SiteUnderTest { Conf = $"WSGIScriptAlias {(alias.Length == 0 ? "/" : alias)} app.wsgi" };
        site.Folder.With("app.wsgi", "");
        FakeExchange exchange = FakeExchange.Get(url);
        site.Site.Start(exchange);
        site.Loop.RunUntil(() => exchange.IsComplete);

        // There are no processes here: it is found, and nobody answers.
        Assert.Equal(name is null ? 404 : 500, exchange.Status);
        if (name is not null)
        {
            Site.Files.Resource found = site.Hot.Find(System.Text.Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url)))!.Resource;
            Assert.Equal((name, pathInfo), (found.Script!.Name, found.Script.PathInfo));
        }
    }

    [Fact]
    public void An_Alias_comes_before_WSGIScriptAlias_wherever_it_stands()
    {
        using var site = new SiteUnderTest { Conf = "WSGIScriptAlias / app.wsgi\nAlias /static static" };
        site.Folder.With("app.wsgi", "").With("static/a.txt", "a file");

        Assert.Equal("a file", site.Get("/static/a.txt").Text);
        Assert.Equal(404, site.Get("/static/b.txt").Status);
        Assert.Equal(500, site.Get("/other").Status);
    }

    [Fact]
    public void AddHandler_makes_scripts_of_names_and_their_text_is_not_sent()
    {
        using var site = new SiteUnderTest { Conf = "AddHandler wsgi-script .web\nOptions +ExecCGI" };
        site.Folder.With("app.web", "secret").With("page.txt", "text");

        Assert.DoesNotContain("secret", site.Get("/app.web").Text, StringComparison.Ordinal);
        Assert.Equal(500, site.Get("/app.web/more").Status);
        Assert.Equal("text", site.Get("/page.txt").Text);
    }

    private static WorkerGroupDefinition[] Groups(string conf)
    {
        var options = new LoadOptions { ServerRoot = "/etc/roundtrip", StaticModules = Modules.All.Select(module => module.Name).ToHashSet() };
        BuiltConfiguration built = SiteConfiguration.Load(new InMemorySource().With("/etc/roundtrip/site.conf", conf), "/etc/roundtrip/site.conf", options, static _ => []);
        Assert.Empty(built.Errors);
        return [.. WorkerGroups.Of(built)];
    }
}
