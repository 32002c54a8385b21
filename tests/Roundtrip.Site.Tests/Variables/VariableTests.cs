using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Headers;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Variables;

public class VariableTests
{
    /// <summary>Debian's mods-enabled/setenvif.conf.</summary>
    internal const string Debian = """
        BrowserMatch "Mozilla/2" nokeepalive
        BrowserMatch "MSIE 4\.0b2;" nokeepalive downgrade-1.0 force-response-1.0
        BrowserMatch "RealPlayer 4\.0" force-response-1.0
        BrowserMatch "Java/1\.0" force-response-1.0
        BrowserMatch "JDK/1\.0" force-response-1.0
        BrowserMatch "Microsoft Data Access Internet Publishing Provider" redirect-carefully
        BrowserMatch "MS FrontPage" redirect-carefully
        BrowserMatch "^WebDrive" redirect-carefully
        BrowserMatch "^WebDAVFS/1\.[012]" redirect-carefully
        BrowserMatch "^gnome-vfs/1\.0" redirect-carefully
        BrowserMatch "^gvfs/1" redirect-carefully
        BrowserMatch "^XML Spy" redirect-carefully
        BrowserMatch "^Dreamweaver-WebDAV-SCM1" redirect-carefully
        BrowserMatch " Konqueror/4" redirect-carefully
        """;

    [Theory]
    [InlineData("SetEnvIf User-Agent curl V=1", "1")]
    [InlineData("SetEnvIf User-Agent CURL V=1", "-")]
    [InlineData("SetEnvIfNoCase User-Agent CURL V=1", "1")]
    [InlineData("BrowserMatch ^curl/([0-9]+) V=v$1", "v8")]
    [InlineData("BrowserMatchNoCase ^CURL V", "1")]
    [InlineData("BrowserMatch curl V=a\nBrowserMatch curl !V", "-")]
    [InlineData("BrowserMatch curl A=x V=y", "y")]
    [InlineData("BrowserMatch curl one\nSetEnvIf one 1 V=two", "two")]
    [InlineData("SetEnvIf Remote_Addr ^192\\.0\\.2\\. V=near", "near")]
    [InlineData("SetEnvIf Remote_Host ^192 V=near", "near")]
    [InlineData("SetEnvIf Server_Addr ^127\\.0\\.0\\.1$ V=here", "here")]
    [InlineData("SetEnvIf Request_Method GET V=get", "get")]
    [InlineData("SetEnvIf Request_Protocol HTTP/1.1 V=one", "one")]
    [InlineData("SetEnvIf Request_URI \\.(txt)$ V=$1", "txt")]
    [InlineData("SetEnvIf Absent ^$ V=none", "none")]
    [InlineData("SetEnvIf ^X-[AB] (.+) V=$1", "b")]
    [InlineData("SetEnvIfExpr \"%{REQUEST_URI} =~ /(a.)txt/\" V=$1", "a.")]
    [InlineData("SetEnvIfExpr false V=x", "-")]
    [InlineData("SetEnv V set", "set")]
    [InlineData("SetEnv V", "")]
    [InlineData("SetEnv V set\nUnsetEnv V", "-")]
    [InlineData("SetEnv V outer\n<Location />\nUnsetEnv V\n</Location>", "-")]
    [InlineData("SetEnv V outer\n<Location />\nSetEnv v inner\n</Location>", "inner")]
    [InlineData("SetEnv V set\nSetEnvIf Request_Method . V=if", "if")]
    [InlineData("PassEnv FROM_OUTSIDE\nSetEnvIf Request_Method . A", "-")]
    [InlineData("<Location />\nSetEnvIf Request_Method GET V=inner\n</Location>", "inner")]
    [InlineData("BrowserMatch curl V=server\n<Location />\nSetEnvIf V server V=both\n</Location>", "both")]
    [InlineData("RequestHeader set User-Agent other early\nBrowserMatch other V=edited", "edited")]
    public void Variables_are_set_by_what_a_request_is_like(string configuration, string expected)
    {
        using var site = new SiteUnderTest { Conf = configuration + "\nHeader set X \"[%{V}e]\"" };
        site.Folder.With("a.txt", "x");

        // Twice: found out, and remembered.
        Assert.Equal(expected == "-" ? "[(null)]" : $"[{expected}]", HeaderTests.Values(Get(site), "X"));
        Assert.Equal(expected == "-" ? "[(null)]" : $"[{expected}]", HeaderTests.Values(Get(site), "X"));
    }

    [Fact]
    public void PassEnv_takes_what_the_servers_own_environment_has()
    {
        InMemorySource source = new InMemorySource().With("/srv/site.conf", "PassEnv HERE\nPassEnv ABSENT").WithVariable("HERE", "x");
        BuiltConfiguration built = SiteConfiguration.LoadFolder(source, "/srv", hasFile: true, static _ => []);

        Assert.Equal("x", built.Main.Settings.Get(Site.Variables.VariableSettings.Fixed).All["HERE"]);
        Assert.Contains("PassEnv variable ABSENT was undefined", Assert.Single(built.Warnings).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_on_which_nothing_is_set_stays_on_the_fast_path()
    {
        using var site = new SiteUnderTest { Conf = Debian };
        site.Folder.With("a.txt", "x");

        Assert.IsType<ResourceAbout>(Get(site).Context);
        RequestFacts facts = Assert.IsType<RequestFacts>(site.Get("/a.txt", "User-Agent: gvfs/1.2").Context);
        Assert.Equal(("1", 1), (facts.Environment["redirect-carefully"], facts.Environment.Count));
    }

    [Theory]
    [InlineData("User-Agent: Mozilla/2.0", true)]
    [InlineData("User-Agent: Java/1.0", true)]
    [InlineData("User-Agent: MSIE 4.0b2;", true)]
    [InlineData("User-Agent: Mozilla/5.0", false)]
    public void Nokeepalive_closes_after_the_response(string field, bool closes)
    {
        using var site = new SiteUnderTest { Conf = Debian };
        site.Folder.With("a.txt", "x");

        Assert.Equal(closes, site.Get("/a.txt", field).Closes);
    }

    [Fact]
    public void Nokeepalive_can_be_set_for_all()
    {
        using var site = new SiteUnderTest { Conf = "SetEnv nokeepalive 1" };
        site.Folder.With("a.txt", "x");

        Assert.True(Get(site).Closes);
    }

    [Fact]
    public void A_values_absence_is_told_from_an_empty_one_and_from_another_field_in_what_is_remembered()
    {
        using var site = new SiteUnderTest { Conf = "SetEnvIf A x V=a\nSetEnvIf B x V=b\nHeader set X %{V}e" };
        site.Folder.With("a.txt", "x");

        Assert.Equal("a", site.Get("/a.txt", "A: x").Field("X"));
        Assert.Equal("b", site.Get("/a.txt", "B: x").Field("X"));
        Assert.Equal("(null)", site.Get("/a.txt", "A:", "B:").Field("X"));
        Assert.Equal("b", site.Get("/a.txt", "A: x", "B: x").Field("X"));
    }

    [Fact]
    public void What_is_remembered_is_bounded()
    {
        using var site = new SiteUnderTest { Conf = Debian };
        site.Folder.With("a.txt", "x");
        for (int i = 0; i < 2000; i++)
        {
            site.Get("/a.txt", $"User-Agent: {i}");
        }

        site.Get("/a.txt", $"User-Agent: {new string('x', 5000)}");
        Assert.InRange(site.Site.FirstHost.Variables.Count, 1, Site.Variables.VariableCache.MaximumEntries);
    }

    [Fact]
    public void The_charset_of_an_error_page_can_be_suppressed()
    {
        using var site = new SiteUnderTest { Conf = "BrowserMatch old suppress-error-charset" };

        Assert.Equal("text/html", site.Get("/missing", "User-Agent: old").Field("Content-Type"));
        Assert.Equal("text/html; charset=utf-8", site.Get("/missing").Field("Content-Type"));
    }

    private static FakeExchange Get(SiteUnderTest site) => site.Get("/a.txt", "User-Agent: curl/8.1", "X-B: b");
}
