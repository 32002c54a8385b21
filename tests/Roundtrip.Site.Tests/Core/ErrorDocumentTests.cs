using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Core;

/// <summary>An ErrorDocument that is a path: httpd's internal redirect. What httpd does was looked at side by side.</summary>
public class ErrorDocumentTests
{
    private const string Documents = "ErrorDocument 403 /page.html\nErrorDocument 404 /page.html\nErrorDocument 405 /page.html\n<Location /secret.txt>\nRequire all denied\n</Location>\n";

    [Theory]
    [InlineData("/secret.txt", 403)]
    [InlineData("/missing", 404)]
    public void A_page_that_may_be_had_is_sent_with_the_status_of_the_error(string target, int status) => AssertSent("", target, status, isPage: true);

    [Theory]
    [InlineData("<If \"%{REQUEST_URI} == '/page.html'\">\nRequire all denied\n</If>")]
    [InlineData("<If \"%{REQUEST_METHOD} == 'GET' && %{QUERY_STRING} == '' && %{REQUEST_URI} =~ /page/\">\nRequire all denied\n</If>")]
    [InlineData("<Files page.html>\nRequire all denied\n</Files>")]
    [InlineData("<Files page.html>\nRequire ip 10\n</Files>")]
    [InlineData("SetEnvIf Request_URI page hidden\n<Files page.html>\n<RequireAll>\nRequire all granted\nRequire not env hidden\n</RequireAll>\n</Files>")]
    [InlineData("<Files page.html>\nSetHandler of-nobody\n</Files>")]
    public void A_page_that_its_own_sections_refuse_gives_way_to_the_built_in_one(string lines)
    {
        AssertSent(lines, "/missing?query", 404, isPage: false);
        AssertSent(lines, "/secret.txt", 403, isPage: false);
    }

    [Theory]
    [InlineData("<Files page.html>\nRequire ip 192.0.2\n</Files>")]
    [InlineData("<If \"%{REQUEST_URI} == '/missing'\">\nRequire all denied\n</If>")]
    [InlineData("SetEnvIf Request_URI page shown\n<Files page.html>\nRequire env shown\n</Files>")]
    [InlineData("<Files page.html>\nRequire env REDIRECT_STATUS\n</Files>")]
    public void One_that_they_grant_is_sent(string lines)
    {
        AssertSent(lines, "/missing", lines.Contains("/missing", StringComparison.Ordinal) ? 403 : 404, isPage: true);
        AssertSent(lines, "/secret.txt", 403, isPage: true);
    }

    [Fact]
    public void Who_is_refused_by_the_sections_of_the_page_itself_is_not_asked_about_them_again()
    {
        AssertSent("<If \"%{HTTP:X-Mode} == 'closed'\">\nRequire all denied\n</If>", "/a.txt", 403, isPage: true, "X-Mode: closed");
        AssertSent("<FilesMatch \"html$\">\nRequire all denied\n</FilesMatch>", "/b.html", 403, isPage: true);
        AssertSent("<Files a.txt>\nHeader set X x\n</Files>\n<If \"%{HTTP:X-Mode} == 'closed'\">\nRequire all denied\n</If>", "/a.txt", 403, isPage: false, "X-Mode: closed");
    }

    [Fact]
    public void The_fields_that_its_sections_look_at_stand_in_Vary_where_the_request_s_did()
    {
        using SiteUnderTest site = Make("<If \"%{HTTP:X-Mode} == 'closed'\">\nRequire all denied\n</If>");

        Assert.Equal("X-Mode", site.Get("/missing", "X-Mode: open").Field("Vary"));
    }

    [Theory]
    [InlineData("GET /secret.txt?qq", "%U %<U %>U", "/secret.txt /secret.txt /page.html")]
    [InlineData("POST /a.txt?qq", "%m %<m %>m|%r|%>r", "GET POST GET|POST /a.txt?qq HTTP/1.1|POST /a.txt?qq HTTP/1.1")]
    [InlineData("GET /missing?qq", "%s %<s %>s|%q|%<q|%>q", "404 404 404||?qq|")]
    [InlineData("GET /missing", "%B %<B %>B %b %<b", "4 0 4 4 -")]
    [InlineData("GET /missing", "%{Content-Type}o %<{Content-Type}o", "text/html; charset=utf-8 -")]
    [InlineData("GET /missing", "%{REDIRECT_STATUS}e %<{REDIRECT_STATUS}e %{REDIRECT_URL}e", "404 - /missing")]
    [InlineData("GET /secret.txt", "%{V}e %<{V}e %{REDIRECT_V}e", "page secret secret")]
    [InlineData("GET /secret.txt", "%{X-New}i %<{X-New}i", "new new")]
    [InlineData("GET /a.txt", "%U %<U %>U %{X-New}i %{X-Early}i %{X-Gone}i %<{X-Gone}i", "/a.txt /a.txt /a.txt new early - -")]
    public void Log_items_are_of_the_request_or_of_its_page_as_httpd_has_them(string request, string format, string expected)
    {
        using SiteUnderTest site = Make(
            "RequestHeader set X-New new\nRequestHeader set X-Early early early\nRequestHeader unset X-Gone\nSetEnvIf Request_URI page V=page\nSetEnvIf Request_URI secret V=secret");
        FakeExchange exchange = site.Answer(new FakeExchange($"{request} HTTP/1.1\nHost: localhost\nX-Gone: here\n"));

        byte[] room = new byte[1024];
        var line = new LineWriter(room, room.Length);
        LogFormat.Parse(format).Write(ref line, new LogFacts(exchange, site.Site.FirstHost.Host, site.Loop, new LogClock(), 0));
        Assert.Equal($"{expected}\n", System.Text.Encoding.UTF8.GetString(room, 0, line.Length));
    }

    private static void AssertSent(string lines, string target, int status, bool isPage, params string[] fields)
    {
        using SiteUnderTest site = Make(lines);
        FakeExchange exchange = site.Get(target, fields);

        Assert.Equal((status, isPage), (exchange.Status, exchange.Text == "page"));
    }

    private static SiteUnderTest Make(string lines)
    {
        var site = new SiteUnderTest { Conf = $"{Documents}{lines}\n" };
        site.Folder.With("page.html", "page");
        site.Folder.With("a.txt", "a");
        site.Folder.With("b.html", "b");
        site.Folder.With("secret.txt", "secret");

        // A page that would have to be waited for is not sent.
        site.Get("/page.html");
        return site;
    }
}
