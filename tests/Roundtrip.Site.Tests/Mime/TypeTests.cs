using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Site.Mime;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Mime;

public class TypeTests
{
    // A file of types of the test's own: what is in it counts and nothing else.
    private const string Types = "text/html html htm\ntext/plain txt\n# comment\napplication/gzip gz\nimage/png png\ntext/x-c c\nimage/gif txt2\n";

    private const string Extensions = """
        AddLanguage en .en
        AddLanguage fr fr
        AddEncoding gzip .gz
        AddEncoding x-compress .z
        AddCharset utf-8 .utf8
        AddType application/x-made .made .MADE2
        """;

    // The cases of the manual's "Files with Multiple Extensions", and of mod_mime.c, find_ct.
    [Theory]
    [InlineData("a.html", "text/html", "", "")]
    [InlineData("a.html.en.gz", "application/gzip", "gzip", "en")]
    [InlineData("a.gz.html.en", "text/html", "gzip", "en")]
    [InlineData("a.en.html.z", "text/html", "x-compress", "en")]
    [InlineData("a.gz.z.png", "image/png", "gzip, x-compress", "")]
    [InlineData("a.fr.en.html", "text/html", "", "fr, en")]
    [InlineData("a.HTML.EN", "text/html", "", "en")]
    [InlineData("a.html.utf8", "text/html; charset=utf-8", "", "")]
    [InlineData("a.utf8.html.bak", "text/html; charset=utf-8", "", "")]
    [InlineData("a.made", "application/x-made", "", "")]
    [InlineData("a.made2", "application/x-made", "", "")]
    [InlineData("a.txt.html", "text/html", "", "")]
    [InlineData("txt.html", "text/html", "", "")]
    [InlineData("html", "", "", "")]
    [InlineData(".html", "", "", "")]
    [InlineData("..a.png", "image/png", "", "")]
    [InlineData("a..html", "text/html", "", "")]
    [InlineData("a.unknown", "", "", "")]
    [InlineData("a.", "", "", "")]
    public void Each_extension_adds_what_it_says_in_any_order(string name, string type, string encoding, string languages)
    {
        FileMetadata found = Find(name, Extensions);

        Assert.Equal((type, encoding, languages), (found.ContentType, found.ContentEncoding, string.Join(", ", found.Languages)));
    }

    [Theory]
    [InlineData("a.html", "ForceType image/gif", "image/gif")]
    [InlineData("a.html.utf8", "AddCharset utf-8 utf8\nForceType text/plain", "text/plain")]
    [InlineData("a.html", "ForceType None", "text/html")]
    [InlineData("a.html", "AddDefaultCharset utf-8", "text/html; charset=utf-8")]
    [InlineData("a.html", "AddDefaultCharset On", "text/html; charset=iso-8859-1")]
    [InlineData("a.html", "AddDefaultCharset Off", "text/html")]
    [InlineData("a.c", "AddDefaultCharset utf-8", "text/x-c")]
    [InlineData("a.html.l1", "AddCharset iso-8859-15 l1\nAddDefaultCharset utf-8", "text/html; charset=iso-8859-15")]
    [InlineData("a.x", "AddType \"text/html; level=1\" .x\nAddDefaultCharset utf-8", "text/html; level=1; charset=utf-8")]
    [InlineData("a.x", "AddType \"text/html; charset=koi8-r\" .x\nAddDefaultCharset utf-8", "text/html; charset=koi8-r")]
    [InlineData("a.html", "RemoveType .html", "")]
    [InlineData("a.x", "AddType text/html x\nRemoveType x", "")]
    public void The_cores_directives_come_after_the_extensions(string name, string configuration, string type) =>
        Assert.Equal(type, Find(name, configuration).ContentType);

    [Theory]
    [InlineData("DefaultLanguage de", "a.html", "de")]
    [InlineData("DefaultLanguage de\nAddLanguage en .en", "a.html.en", "en")]
    [InlineData("AddLanguage en .en\nRemoveLanguage en", "a.html.en", "")]
    [InlineData("AddLanguage en .en\nAddLanguage fr .en", "a.html.en", "fr")]
    public void A_file_without_a_language_has_the_default_one(string configuration, string name, string languages) =>
        Assert.Equal(languages, string.Join(", ", Find(name, configuration).Languages));

    [Fact]
    public void Of_several_lines_of_a_types_file_the_last_decides()
    {
        MediaTypes types = MediaTypes.Parse("a/a x\r\nb/b\tx y\n#c/c x\n\nno\u0001/type z\n");

        Assert.Equal(("b/b", "b/b", null, null), (types.Find("x"), types.Find("Y"), types.Find("c"), types.Find("z")));
    }

    [Fact]
    public void An_inner_scope_adds_to_an_outer_one_and_takes_from_it()
    {
        using var site = new SiteUnderTest
        {
            Conf = """
                AddType text/x-outer .one .two
                AddEncoding gzip .one
                <Location /in>
                AddType text/x-inner .one
                RemoveType .two
                RemoveEncoding .one
                </Location>
                """,
        };
        site.Folder.With("a.one", "x").With("in/a.one", "x").With("in/a.two", "x");

        Assert.Equal(("text/x-outer; charset=utf-8", "gzip"), (site.Get("/a.one").Field("Content-Type"), site.Get("/a.one").Field("Content-Encoding")));
        Assert.Equal(("text/x-inner; charset=utf-8", null), (site.Get("/in/a.one").Field("Content-Type"), site.Get("/in/a.one").Field("Content-Encoding")));
        Assert.Equal("application/octet-stream", site.Get("/in/a.two").Field("Content-Type"));
    }

    [Theory]
    [InlineData("AddHandler cgi-script .cgi", "/a.cgi", 403)]
    [InlineData("AddHandler cgi-script .cgi", "/a.cgi.en", 403)]
    [InlineData("AddHandler cgi-script .cgi\nRemoveHandler .cgi", "/a.cgi", 200)]
    [InlineData("AddHandler cgi-script .cgi\nSetHandler default-handler", "/a.cgi", 200)]
    [InlineData("AddType application/x-httpd-php .cgi", "/a.cgi", 501)]
    [InlineData("SetHandler server-status", "/a.txt", 501)]
    [InlineData("AddHandler cgi-script .cgi", "/dir.cgi", 301)]
    [InlineData("AddHandler cgi-script .cgi", "/a.txt", 200)]
    public void A_file_of_a_handler_that_is_not_there_is_not_sent(string configuration, string path, int status)
    {
        using var site = new SiteUnderTest { Conf = configuration };
        site.Folder.With("a.cgi", "secret").With("a.cgi.en", "secret").With("a.txt", "x").With("dir.cgi/a", "x");

        FakeExchange answer = site.Get(path);

        Assert.Equal(status, answer.Status);
        Assert.DoesNotContain(status == 200 ? "Not Implemented" : "secret", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TypesConfig /missing", "could not open mime types config file /missing")]
    [InlineData("MultiviewsMatch foo", "Unrecognized option 'foo'")]
    [InlineData("AddType text/html", "AddType takes a media type and extensions")]
    [InlineData("AddLanguage \"a\u0001b\" .x", "they would split the response")]
    [InlineData("ForceType \"a\u0001b\"", "they would split the response")]
    public void What_cannot_be_obeyed_is_an_error_of_its_line(string line, string message) => Assert.Contains(message, Assert.Single(Load(line).Errors).ToString(), StringComparison.Ordinal);

    private static FileMetadata Find(string name, string configuration) => FileMetadata.Of($"/srv/{name}", Checked("TypesConfig mime.types\n" + configuration).Main.Settings);

    private static BuiltConfiguration Checked(string text)
    {
        BuiltConfiguration built = Load(text);
        Assert.Empty(built.Errors);
        return built;
    }

    private static BuiltConfiguration Load(string text)
    {
        InMemorySource source = new InMemorySource().With("/etc/x.conf", "LoadModule mime_module m.so\n" + text).With("/etc/mime.types", Types);
        return SiteConfiguration.Load(source, "/etc/x.conf", new LoadOptions { ServerRoot = "/etc", StaticModules = new HashSet<string>() }, static _ => []);
    }
}
