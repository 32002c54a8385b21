using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Site.Unbuilt;

namespace Roundtrip.Site.Tests.Unbuilt;

public class UnbuiltDirectiveTests
{
    [Fact]
    public void What_is_built_is_not_in_the_table()
    {
        HashSet<string> built = Modules.All.SelectMany(module => module.Directives).Select(directive => directive.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        string[] both = [.. UnbuiltModules.Table.Select(entry => entry.Name).Where(built.Contains)];

        Assert.True(both.Length == 0, $"take out of Unbuilt/directives.txt: {string.Join(' ', both)}");
    }

    [Fact]
    public void No_directive_is_there_twice() =>
        Assert.Equal(UnbuiltModules.Table.Count, UnbuiltModules.Table.Select(entry => entry.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());

    [Fact]
    public void An_inert_one_is_warned_of_once_and_changes_nothing()
    {
        BuiltConfiguration built = Build("CookieName a\nCookieName b\nDocumentRoot /srv");

        Assert.Empty(built.Errors);
        Assert.Equal(["/a.conf:1: CookieName does nothing here yet: module usertrack_module is not built"], built.Warnings.Select(warning => warning.ToString()));
    }

    [Fact]
    public void A_module_that_is_not_built_is_not_loaded_and_what_asks_for_it_is_left_out()
    {
        BuiltConfiguration built = Build("LoadModule rewrite_module modules/mod_rewrite.so\n<IfModule mod_rewrite.c>\nNonsense\n</IfModule>");

        Assert.Empty(built.Errors);
        Assert.Equal(["/a.conf:1: Module rewrite_module is not built in, and is not loaded"], built.Warnings.Select(warning => warning.ToString()));
    }

    [Theory]
    [InlineData("RewriteEngin On", "RewriteEngine")]
    [InlineData("DocumentRot /srv", "DocumentRoot")]
    [InlineData("<Proxyy *>\n</Proxyy>", "Proxy")]
    public void A_directive_that_httpd_does_not_have_is_an_error_with_the_nearest_name(string line, string nearest)
    {
        ConfigurationError error = Assert.Single(Build($"\n{line}").Errors);

        Assert.Equal("/a.conf:2", error.Position.ToString());
        Assert.EndsWith($"the nearest name is {nearest}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_it_may_not_stand_it_is_an_error() => Assert.Single(Build("<Directory /srv>\nProxyRequests On\n</Directory>").Errors);

    [Fact]
    public void The_lines_of_a_section_are_looked_at_and_set_nothing()
    {
        BuiltConfiguration built = Build("<Proxy *>\nRequire all denied\nNonsense\n</Proxy>");

        Assert.StartsWith("/a.conf:3: Invalid command 'Nonsense'", Assert.Single(built.Errors).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RewriteEngine On", 501)]
    [InlineData("RewriteEngine Off\nRewriteRule . /x", 200)]
    [InlineData("SSLVerifyClient require", 501)]
    [InlineData("SSLVerifyClient none", 200)]
    [InlineData("RemoteIPHeader X-Forwarded-For", 501)]
    [InlineData("VirtualDocumentRoot /srv/%0", 501)]
    [InlineData("ProxyPass / http://127.0.0.1:1/", 501)]
    [InlineData("ProxyPass /api http://127.0.0.1:1/", 200)]
    [InlineData("ProxyPass /a http://127.0.0.1:1/", 501)]
    [InlineData("ProxyPass /a !", 200)]
    [InlineData("ProxyPassMatch ^/a/.*\\.txt$ http://127.0.0.1:1/", 501)]
    [InlineData("ProxyPassMatch ^/b http://127.0.0.1:1/", 200)]
    [InlineData("Action my-handler /cgi-bin/x", 200)]
    [InlineData("<Location /a>\nProxyPass http://127.0.0.1:1/\n</Location>", 501)]
    [InlineData("<Location /a>\nRedirect permanent http://other.test%{REQUEST_URI}\n</Location>", 501)]
    [InlineData("<Location /b>\nProxyPass http://127.0.0.1:1/\n</Location>", 200)]
    [InlineData("<Directory />\nAuthType Basic\n</Directory>", 501)]
    [InlineData("<Directory />\nAuthType None\n</Directory>", 200)]
    [InlineData("<Files *.txt>\nSSLRequireSSL\n</Files>", 501)]
    [InlineData("<Files *.html>\nSSLRequireSSL\n</Files>", 200)]
    [InlineData("<Location />\nSubstitute s/a/b/\n</Location>", 501)]
    [InlineData("<Directory />\nDav On\n</Directory>", 501)]
    [InlineData("<If \"%{REQUEST_METHOD} == 'GET'\">\nSetHandler server-status\n</If>", 501)]
    [InlineData("<If \"%{REQUEST_METHOD} == 'GET'\">\nRewriteEngine On\n</If>", 501)]
    [InlineData("<If \"%{REQUEST_METHOD} == 'PUT'\">\nRewriteEngine On\n</If>", 200)]
    [InlineData("<Location /a>\nSetHandler imap-file\n</Location>", 501)]
    public void What_a_guarding_one_protects_or_computes_is_not_sent_raw(string conf, int status)
    {
        using var site = new SiteUnderTest { Conf = conf };
        site.Folder.With("a/x.txt", "raw");

        Assert.Equal(status, site.Get("/a/x.txt").Status);
        Assert.Equal(status, site.Get("/a/x.txt").Status);
    }

    [Theory]
    [InlineData("<Location /a>\nAuthType Basic\nRequire all denied\n</Location>", "GET", 501)]
    [InlineData("<Location /a>\nAuthType Basic\nRequire all denied\n</Location>", "POST", 501)]
    [InlineData("<Location /a>\nSetHandler imap-file\nRequire all denied\n</Location>", "GET", 403)]
    [InlineData("<Location /a>\nSetHandler imap-file\n</Location>", "POST", 501)]
    [InlineData("<If \"true\">\nSetHandler imap-file\n</If>", "POST", 501)]
    [InlineData("<If \"true\">\nSetHandler imap-file\nRequire all denied\n</If>", "GET", 403)]
    [InlineData("<If \"true\">\nAuthType Basic\nRequire all denied\n</If>", "GET", 501)]
    [InlineData("<If \"true\">\nSetHandler imap-file\n</If>\nRedirect /a /b", "GET", 302)]
    [InlineData("RewriteEngine On\nRedirect /a /b", "GET", 501)]
    [InlineData("<If \"true\">\nRewriteEngine On\n</If>\nRedirect /a /b", "GET", 501)]
    public void A_guarding_one_comes_before_access_and_redirects_and_a_handler_after_them(string conf, string method, int status)
    {
        using var site = new SiteUnderTest { Conf = conf };
        site.Folder.With("a/x.txt", "raw");

        Assert.Equal(status, site.Send(method, "/a/x.txt").Status);
        Assert.Equal(status, site.Send(method, "/a/x.txt").Status);
    }

    private static BuiltConfiguration Build(string text) =>
        SiteConfiguration.Load(new InMemorySource().With("/a.conf", text), "/a.conf", new LoadOptions { StaticModules = Modules.All.Select(module => module.Name).ToHashSet(), ServerRoot = "/" }, static _ => []);
}
