using System.Net;
using Roundtrip.Site.Tests.Wsgi.Support;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>Directives whose effect is seen from inside an application, with real workers.</summary>
public sealed class DirectiveTests
{
    private const string Tells = """
        import os, sys
        def application(e, sr):
            sr('200 OK', [('Content-Type', 'text/plain')])
            return ['|'.join([str(os.getpid()), e['SCRIPT_NAME'], e['PATH_INFO'], os.path.basename(e['SCRIPT_FILENAME']), e['mod_wsgi.process_group'], e['mod_wsgi.application_group'], str(getattr(sys, 'imported', ''))]).encode()]
        """;

    [Theory]
    [InlineData("/app.wsgi", "/app.wsgi||app.wsgi")]
    [InlineData("/app.wsgi/more/of%20it", "/app.wsgi|/more/of it|app.wsgi")]
    [InlineData("/in/page.py", "/in/page.py||page.py")]
    [InlineData("/in/page.py/x", "/in/page.py|/x|page.py")]
    public async Task AddHandler_with_ExecCGI_runs_scripts_where_they_lie(string url, string told)
    {
        using var site = new ApplicationSite(Tells, "AddHandler wsgi-script .wsgi .py\nOptions +ExecCGI", files: [("in/page.py", Tells)]);

        Assert.Contains($"|{told}|", await site.Get(url[1..]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_ExecCGI_a_script_is_403_and_without_a_handler_it_is_not_there()
    {
        using var site = new ApplicationSite(Tells, "AddHandler wsgi-script .wsgi", files: [("page.py", Tells), (".hidden.wsgi", Tells)]);

        foreach ((string path, HttpStatusCode status) in ((string, HttpStatusCode)[])
            [("app.wsgi", HttpStatusCode.Forbidden), ("app.wsgi/more", HttpStatusCode.Forbidden), ("page.py", HttpStatusCode.NotFound), ("page.py/more", HttpStatusCode.NotFound), (".hidden.wsgi", HttpStatusCode.NotFound)])
        {
            using HttpResponseMessage response = await site.Send(HttpMethod.Get, path);
            Assert.Equal((path, status), (path, response.StatusCode));
            Assert.DoesNotContain("import os", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await site.LogWith("Options ExecCGI is off in this directory");
    }

    [Fact]
    public async Task What_is_hidden_for_another_reason_than_its_kind_is_not_run_either()
    {
        using var site = new ApplicationSite(Tells, "AddHandler wsgi-script .wsgi .conf .crt\nOptions +ExecCGI\n", files: [(".hidden.wsgi", Tells), (".git/hook.wsgi", Tells)]);

        foreach (string path in (string[])[".hidden.wsgi", ".git/hook.wsgi", "site.conf", "site.conf/more"])
        {
            using HttpResponseMessage response = await site.Send(HttpMethod.Get, path);
            Assert.Equal((path, HttpStatusCode.NotFound), (path, response.StatusCode));
        }
    }

    [Theory]
    [InlineData("", "the application's own words")]
    [InlineData("WSGIErrorOverride On\nErrorDocument 404 \"the server's words\n", "the server's words")]
    [InlineData("WSGIErrorOverride On\nErrorDocument 404 /page.txt\n", "a page of the server's")]
    public async Task WSGIErrorOverride_puts_the_servers_pages_in_the_place_of_an_applications(string conf, string said)
    {
        const string Missing = """
            def application(e, sr):
                sr(e['QUERY_STRING'] + ' Status', [('Content-Type', 'text/plain'), ('X-Application', 'yes')])
                return [b"the application's own words"]
            """;
        using var site = new ApplicationSite(Missing, conf + "Alias /page.txt page.txt\nWSGIScriptAlias / app.wsgi\n", files: [("page.txt", "a page of the server's")]);

        // A page that is not in memory gives way to the built-in one.
        await site.Get("page.txt");
        using HttpResponseMessage missing = await site.Send(HttpMethod.Get, "x?404");
        Assert.Equal((HttpStatusCode.NotFound, said), (missing.StatusCode, await missing.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));

        // What is no error is the application's in any case.
        using HttpResponseMessage found = await site.Send(HttpMethod.Get, "x?200");
        Assert.Equal("the application's own words", await found.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("sites/one", "/sites/one||one.wsgi")]
    [InlineData("sites/one/deep/path", "/sites/one|/deep/path|one.wsgi")]
    [InlineData("sites/two/x", "/sites/two|/x|two.wsgi")]
    public async Task WSGIScriptAliasMatch_names_the_script_by_what_matched(string path, string told)
    {
        using var site = new ApplicationSite("", "WSGIScriptAliasMatch ^/sites/([^/]+) scripts/$1.wsgi\n", files: [("scripts/one.wsgi", Tells), ("scripts/two.wsgi", Tells)]);

        Assert.Contains($"|{told}|", await site.Get(path), StringComparison.Ordinal);
        using HttpResponseMessage missing = await site.Send(HttpMethod.Get, "sites/three/x");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task WSGIImportScript_is_loaded_in_its_group_alone_before_a_request_comes()
    {
        const string Conf = """
            WSGIDaemonProcess one
            WSGIDaemonProcess two
            WSGIImportScript first.py process-group=one application-group=%{GLOBAL}
            WSGIScriptAlias /one app.wsgi process-group=one application-group=%{GLOBAL}
            WSGIScriptAlias /two app.wsgi process-group=two application-group=%{GLOBAL}
            """;
        using var site = new ApplicationSite(Tells, Conf, files: [("first.py", "import sys\nprint('loaded')\nsys.imported = __file__.rpartition('/')[2]\n")]);

        // Nobody has asked yet.
        Assert.True(await Task.Run(() => SpinWait.SpinUntil(() => site.Workers.Lines.Any(line => line.Text == "loaded"), 10_000), TestContext.Current.CancellationToken));
        Assert.EndsWith("|one||first.py", await site.Get("one"), StringComparison.Ordinal);
        Assert.EndsWith("|two||", await site.Get("two"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_process_group_of_a_request_may_be_a_variables_to_say()
    {
        const string Conf = """
            WSGIDaemonProcess one
            WSGIDaemonProcess two
            SetEnvIf X-Group (.+) GROUP=$1
            WSGIProcessGroup %{ENV:GROUP}
            WSGIApplicationGroup %{GLOBAL}
            WSGIScriptAlias / app.wsgi
            """;
        using var site = new ApplicationSite(Tells, Conf);

        foreach (string group in (string[])["one", "two", "one"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "x");
            request.Headers.Add("X-Group", group);
            using HttpResponseMessage response = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Contains($"|{group}||", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        using var unknown = new HttpRequestMessage(HttpMethod.Get, "x");
        unknown.Headers.Add("X-Group", "three");
        using HttpResponseMessage refused = await site.Client.SendAsync(unknown, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        await site.LogWith("there is no WSGIDaemonProcess");
    }

    [Fact]
    public async Task Application_groups_have_processes_of_their_own_and_scripts_of_one_share_them()
    {
        const string Conf = """
            WSGIDaemonProcess one
            WSGIProcessGroup one
            WSGIScriptAlias /a app.wsgi application-group=x
            WSGIScriptAlias /b other.wsgi application-group=x
            WSGIScriptAlias /c app.wsgi application-group=y
            WSGIScriptAlias /d app.wsgi application-group=%{GLOBAL}
            """;
        using var site = new ApplicationSite(Tells, Conf, files: [("other.wsgi", Tells)]);
        string[] told = [await site.Get("a"), await site.Get("b"), await site.Get("c"), await site.Get("d")];
        string[] processes = [.. told.Select(text => text.Split('|')[0])];

        Assert.Equal(processes[0], processes[1]);
        Assert.Equal(3, processes.Distinct().Count());
        Assert.Equal(["x", "x", "y", ""], told.Select(text => text.Split('|')[5]));
    }
}
