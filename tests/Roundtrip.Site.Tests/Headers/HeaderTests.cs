using System.Text;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Headers;

public class HeaderTests
{
    private static readonly string[] EngineFields = ["Server", "Date", "Content-Length", "Transfer-Encoding", "Connection"];

    [Theory]
    [InlineData("Header set X a", "a")]
    [InlineData("Header set X: a", "a")]
    [InlineData("Header set X a\nHeader set x b", "b")]
    [InlineData("Header set X a\nHeader append X b", "a, b")]
    [InlineData("Header append X b", "b")]
    [InlineData("Header set X a\nHeader add X b", "a|b")]
    [InlineData("Header add X a\nHeader add X b\nHeader set X c", "c")]
    [InlineData("Header set X \"a, b\"\nHeader merge X b", "a, b")]
    [InlineData("Header set X \"a, b\"\nHeader merge X c", "a, b, c")]
    [InlineData("Header setifempty X a\nHeader setifempty X b", "a")]
    [InlineData("Header set X a\nHeader unset X", "")]
    [InlineData("Header set X a\nHeader always unset X", "a")]
    [InlineData("Header set X a\nHeader always set X b", "b|a")]
    [InlineData("Header onsuccess set X a", "a")]
    [InlineData("Header set X aXbX\nHeader edit X X -", "a-bX")]
    [InlineData("Header set X aXbX\nHeader edit* X X -", "a-b-")]
    [InlineData("Header set X abc\nHeader edit* X (.) <$1>", "<a><b><c>")]
    [InlineData("Header set X abc\nHeader edit* X ^ y", "yabc")]
    [InlineData("Header add X a1\nHeader add X b2\nHeader edit X [0-9] n", "an|bn")]
    [InlineData("Header edit X a b", "")]
    [InlineData("Header set X 100%%", "100%")]
    [InlineData("Header set X a env=no", "")]
    [InlineData("Header set X a env=!no", "a")]
    [InlineData("SetEnv yes 1\nHeader set X a env=yes", "a")]
    [InlineData("SetEnv yes 1\nHeader set X %{YES}e-%{no}e", "1-(null)")]
    [InlineData("Header set X a expr=true", "a")]
    [InlineData("Header set X a \"expr=%{REQUEST_URI} == '/other'\"", "")]
    [InlineData("Header set X expr=%{REQUEST_METHOD}-%{REQUEST_URI}", "GET-/a.txt")]
    [InlineData("Header set X %{HTTPS}s%{SSL_CIPHER}s", "off(null)")]
    [InlineData("Header set X a\n<Location />\nHeader append X b\n</Location>", "a, b")]
    [InlineData("Header set X a\n<Location />\nHeader unset X\n</Location>", "")]
    [InlineData("<If true>\nHeader set X a\n</If>", "a")]
    [InlineData("Header echo ^Accept-L\nHeader set X \"%{nothing}e\" env=nothing", "")]
    public void Each_action_does_to_a_field_what_httpds_does(string configuration, string expected)
    {
        using var site = new SiteUnderTest { Conf = configuration };
        site.Folder.With("a.txt", "x");

        Assert.Equal(expected, Values(site.Get("/a.txt"), "X"));
    }

    [Theory]
    [InlineData("Header set Content-Type text/x-other", "Content-Type", "text/x-other")]
    [InlineData("Header edit Content-Type plain x-edited", "Content-Type", "text/x-edited; charset=utf-8")]
    [InlineData("Header unset Content-Type", "Content-Type", "")]
    [InlineData("Header always set Content-Type a/b", "Content-Type", "a/b")]
    [InlineData("Header unset ETag", "ETag", "")]
    [InlineData("Header unset Last-Modified", "Last-Modified", "")]
    [InlineData("Header echo ^X-In", "X-In", "1|2")]
    public void The_fields_of_a_file_are_changed_too(string configuration, string name, string expected)
    {
        using var site = new SiteUnderTest { Conf = configuration };
        site.Folder.With("a.txt", "x");

        Assert.Equal(expected, Values(site.Get("/a.txt", "X-In: 1", "X-In: 2"), name));
    }

    [Theory]
    [InlineData("/a.txt", 200, "always|success")]
    [InlineData("/a.txt", 206, "always|success", "Range: bytes=0-0")]
    [InlineData("/a.txt", 206, "always|success", "Range: bytes=0-0,2-2")]
    [InlineData("/a.txt", 304, "always|success", "If-None-Match: *")]
    [InlineData("/a.txt", 412, "always", "If-Match: \"x\"")]
    [InlineData("/a.txt", 416, "always", "Range: bytes=9-")]
    [InlineData("/missing", 404, "always")]
    [InlineData("/moved", 302, "always")]
    [InlineData("/dir", 301, "always")]
    [InlineData("/dir/", 200, "always|success")]
    [InlineData("/gone", 410, "always|success")]
    public void Always_is_on_every_response_and_onsuccess_on_those_that_are_no_word_of_the_server(string path, int status, string expected, params string[] fields)
    {
        foreach (string condition in new[] { "", " env=!never" })
        {
            using var site = new SiteUnderTest
            {
                Conf = $"Options +Indexes\nRedirect /moved /a.txt\nRedirect gone /gone\nErrorDocument 410 /a.txt\nHeader always set X always{condition}\nHeader set X success{condition}",
            };
            site.Folder.With("a.txt", "hello").With("dir/b", "x");

            // A document of an error is one that is at hand, or can be had without waiting.
            site.Get("/a.txt");
            FakeExchange answer = site.Get(path, fields);

            Assert.Equal((status, expected), (answer.Status, Values(answer, "X")));
            Assert.InRange(Values(answer, "Content-Type").Split('|').Length, 0, 1);
        }
    }

    [Theory]
    [InlineData("Header set X a")]
    [InlineData("Header set X %t")]
    public void Several_ranges_keep_their_own_type(string configuration)
    {
        using var site = new SiteUnderTest { Conf = $"Header set Content-Type text/x-set\n{configuration}" };
        site.Folder.With("a.txt", "hello");

        FakeExchange answer = site.Get("/a.txt", "Range: bytes=0-0,2-2");

        Assert.StartsWith("multipart/byteranges; boundary=", Values(answer, "Content-Type"), StringComparison.Ordinal);
        Assert.NotEqual("", Values(answer, "X"));
    }

    [Fact]
    public void Times_are_in_microseconds()
    {
        using var site = new SiteUnderTest { Conf = "Header set T %t\nHeader set D %D\nHeader set L %l\nHeader set I \"%i %b\"" };
        site.Folder.With("a.txt", "x");
        FakeExchange answer = site.Get("/a.txt");

        Assert.Matches("^t=[0-9]{16}$", Values(answer, "T"));
        Assert.Matches("^D=[0-9]+000$|^D=0$", Values(answer, "D"));
        Assert.Matches("^l=[0-9./]+$", Values(answer, "L"));
        Assert.Equal("i=100 b=0", Values(answer, "I"));
    }

    [Fact]
    public void A_line_end_that_a_request_brings_does_not_split_the_response()
    {
        using var site = new SiteUnderTest { Conf = "<Location />\nSetEnvIf Request_URI (.*) PATH=$1\nHeader always set X %{PATH}e\nHeader always set Y fine\n</Location>" };

        FakeExchange answer = site.Get("/a%0d%0aSet-Cookie:%20x");

        Assert.Equal(("", "fine", ""), (Values(answer, "X"), Values(answer, "Y"), Values(answer, "Set-Cookie")));
    }

    [Theory]
    [InlineData("RequestHeader unset Range", 200, "Range: bytes=0-0")]
    [InlineData("RequestHeader unset If-None-Match", 200, "If-None-Match: *")]
    [InlineData("RequestHeader set If-None-Match *", 304)]
    [InlineData("RequestHeader set Range bytes=0-0", 206)]
    [InlineData("RequestHeader set Range bytes=0-0 env=no", 200)]
    [InlineData("RequestHeader edit Range 0-0 9-", 416, "Range: bytes=0-0")]
    [InlineData("RequestHeader set A 1 early\n<If \"%{http:A} == '1'\">\nForceType a/b\n</If>\nRequestHeader set Range bytes=0-0", 206)]
    public void RequestHeader_changes_what_is_read_of_a_request(string configuration, int status, params string[] fields)
    {
        using var site = new SiteUnderTest { Conf = configuration };
        site.Folder.With("a.txt", "hello");

        FakeExchange answer = site.Get("/a.txt", fields);

        Assert.Equal(status, answer.Status);
        Assert.Equal(fields.Length > 0, answer.Request.Has(Http.KnownField.Range) || answer.Request.Has(Http.KnownField.IfNoneMatch));
    }

    [Theory]
    [InlineData("Header foo X a", "first argument must be 'add'")]
    [InlineData("Header set X", "Header requires three arguments")]
    [InlineData("Header edit X a", "Header edit requires a match and a substitution")]
    [InlineData("Header edit X ( b", "Header edit regex could not be compiled")]
    [InlineData("Header set X a b", "Unknown parameter: b")]
    [InlineData("Header set X a env=", "missing environment variable name")]
    [InlineData("Header set X a \"expr=1 =\"", "Can't parse envclause/expression")]
    [InlineData("Header unset X env=a env=b", "Too many arguments to directive")]
    [InlineData("Header set X %Z", "Unrecognized header format %Z")]
    [InlineData("Header set X %{x", "Unrecognized header format %")]
    [InlineData("Header set \"X Y\" a", "is not the name of a field")]
    [InlineData("Header set X \"a\u0001b\"", "they would split the response")]
    [InlineData("RequestHeader echo X", "only valid on Header directives")]
    [InlineData("ExpiresByType text/html 30", "bad expires code, unrecognised <base> '30'")]
    [InlineData("ExpiresDefault \"access plus month\"", "bad expires code, numeric value expected <num> 'month'")]
    [InlineData("ExpiresDefault \"access plus 1\"", "bad expires code, missing <type>")]
    [InlineData("ExpiresDefault \"access plus 1 fortnight\"", "bad expires code, unrecognised <type> 'fortnight'")]
    [InlineData("SetEnvIf X", "Missing regular expression for SetEnvIf")]
    [InlineData("BrowserMatch a", "Missing envariable expression for BrowserMatch")]
    [InlineData("SetEnvIf X ( a", "SetEnvIf regex could not be compiled.")]
    [InlineData("SetEnvIfExpr \"1 =\" a", "Could not parse expression \"1 =\"")]
    public void What_cannot_be_obeyed_is_an_error_of_its_line_in_httpds_words(string line, string message) =>
        Assert.Contains(message, Assert.Single(Load(line).Errors).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("Header unset Server")]
    [InlineData("Header always set Date x")]
    [InlineData("Header set Content-Length 3")]
    [InlineData("Header add Transfer-Encoding chunked")]
    [InlineData("Header set Connection close")]
    public void The_engines_fields_are_left_alone_with_a_warning(string line)
    {
        Assert.Contains("is the server's own field", Assert.Single(Load(line).Warnings).ToString(), StringComparison.Ordinal);

        using var site = new SiteUnderTest { Conf = line };
        site.Folder.With("a.txt", "x");
        Assert.Equal("", string.Concat(EngineFields.Select(name => Values(site.Get("/a.txt"), name))));
    }

    internal static string Values(FakeExchange answer, string name) => string.Join('|',
        (Encoding.Latin1.GetString(answer.Shared.Http1Lines) + Encoding.Latin1.GetString(answer.ResponseFields.Http1Lines)).Split("\r\n")
            .Where(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 2)..]));

    private static BuiltConfiguration Load(string text) =>
        SiteConfiguration.LoadFolder(new InMemorySource().With("/srv/site.conf", text), "/srv", hasFile: true, static _ => []);
}
