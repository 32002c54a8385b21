using System.Text;
using Roundtrip.Site.Files;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Files;

public class PathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b.html", "/a/b.html")]
    [InlineData("/a%20b", "/a b")]
    [InlineData("/%41%2e%62", "/A.b")]
    [InlineData("/a%2541", "/a%41")]
    [InlineData("//a///b//", "/a/b/")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/a/%2e%2E/b", "/b")]
    [InlineData("/...", "/...")]
    [InlineData("/a;b=1/c", "/a;b=1/c")]
    [InlineData("/a%3fb", "/a?b")]
    public void A_path_is_decoded_once_and_its_dots_are_resolved(string raw, string expected)
    {
        Assert.Equal((UrlPathResult.Ok, expected), Resolve(raw));
    }

    [Theory]
    [InlineData("", UrlPathResult.Malformed)]
    [InlineData("*", UrlPathResult.Malformed)]
    [InlineData("/..", UrlPathResult.Malformed)]
    [InlineData("/a/../../b", UrlPathResult.Malformed)]
    [InlineData("/%2e%2e/b", UrlPathResult.Malformed)]
    [InlineData("//../b", UrlPathResult.Malformed)]
    [InlineData("/%", UrlPathResult.Malformed)]
    [InlineData("/%4", UrlPathResult.Malformed)]
    [InlineData("/%g0", UrlPathResult.Malformed)]
    [InlineData("/a\0b", UrlPathResult.Malformed)]
    [InlineData("/%2f%zz", UrlPathResult.Malformed)]
    [InlineData("/a%2fb", UrlPathResult.EncodedSlash)]
    [InlineData("/a%2Fb", UrlPathResult.EncodedSlash)]
    [InlineData("/a%5cb", UrlPathResult.EncodedSlash)]
    [InlineData("/a%00b", UrlPathResult.EncodedSlash)]
    [InlineData("/..%2f..%2fetc/passwd", UrlPathResult.EncodedSlash)]
    public void A_path_that_is_malformed_or_hides_a_slash_is_refused(string raw, object expected)
    {
        Assert.Equal(expected, Resolve(raw).Result);
    }

    [Fact]
    public void A_path_longer_than_a_file_path_can_be_is_too_long()
    {
        Assert.Equal(UrlPathResult.Ok, Resolve("/" + new string('a', 4095)).Result);
        Assert.Equal(UrlPathResult.TooLong, Resolve("/" + new string('a', 4096)).Result);
        Assert.Equal(UrlPathResult.TooLong, Resolve("/%61" + new string('a', 4096)).Result);
        Assert.Equal(UrlPathResult.Ok, Resolve("/" + string.Concat(Enumerable.Repeat("%61", 4095))).Result);
    }

    [Fact]
    public void The_fast_path_gives_what_the_slow_one_gives()
    {
        string[] pieces = ["/", "/", "a", "b.c", ".", "..", "%41", "%2e", "%2f", "%", "\0", "a b", "\u00e9"];
        var random = new Random(7);
        byte[] scratch = new byte[UrlPath.MaximumLength];
        int plain = 0;
        for (int i = 0; i < 200_000; i++)
        {
            byte[] raw = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)])));
            UrlPathResult fast = UrlPath.TryResolve(raw, scratch, out UrlPath path);
            string fastText = fast == UrlPathResult.Ok ? Encoding.Latin1.GetString(path.Bytes) : "";
            UrlPathResult slow = UrlPath.TryResolveSlowly(raw, scratch, out UrlPath other);
            Assert.Equal((slow, slow == UrlPathResult.Ok ? Encoding.Latin1.GetString(other.Bytes) : ""), (fast, fastText));
            plain += UrlPath.IsPlain(raw) ? 1 : 0;

            // What a hot file is found by without resolving: a key without '%' is its own name.
            if (slow == UrlPathResult.Ok && !other.Bytes.Contains((byte)'%'))
            {
                byte[] key = other.Bytes.ToArray();
                Assert.Equal(UrlPathResult.Ok, UrlPath.TryResolveSlowly(key, scratch, out UrlPath again));
                Assert.True(again.Bytes.SequenceEqual(key));
            }
        }

        Assert.InRange(plain, 1000, 199_000);
    }

    [Theory]
    [InlineData(".htaccess", true)]
    [InlineData("a/.git/config", true)]
    [InlineData(".well-known/security.txt", false)]
    [InlineData(".well-known/.secret", true)]
    [InlineData("a/.well-known/x", true)]
    [InlineData(".well-knownx/x", true)]
    [InlineData("site.conf", true)]
    [InlineData("SITE.CONF", true)]
    [InlineData("a/site.conf", false)]
    [InlineData("app.py", true)]
    [InlineData("a/app.PY", true)]
    [InlineData("app.wsgi", true)]
    [InlineData("__pycache__/app.cpython-311.pyc", true)]
    [InlineData("app.pyx", false)]
    [InlineData("a.b/c..d", false)]
    [InlineData("keys/private.pem", true)]
    [InlineData("private.pem", false)]
    public void Dotfiles_configuration_and_programs_are_hidden(string name, bool isHidden)
    {
        Assert.Equal(isHidden, new HiddenNames(["keys/private.pem"]).IsHidden(Encoding.UTF8.GetBytes(name)));
    }

    [Theory]
    [InlineData("/etc-link/passwd", 403)]
    [InlineData("/passwd", 403)]
    [InlineData("/inside.txt", 200)]
    [InlineData("/fifo", 403)]
    [InlineData("/../x", 400)]
    [InlineData("/%2e%2e/x", 400)]
    [InlineData("/a%00.txt", 404)]
    [InlineData("/.env", 404)]
    [InlineData("/site.conf", 404)]
    [InlineData("/dir/app.py", 404)]
    [InlineData("/dir/", 403)]
    [InlineData("/dir/.hidden/", 404)]
    [InlineData("/nothing/", 404)]
    [InlineData("/nothing", 404)]
    [InlineData("/a.txt/", 404)]
    [InlineData("/a.txt/b", 404)]
    [InlineData("/.well-known/x", 200)]
    public void Only_files_of_the_folder_are_served(string target, int status)
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a.txt", "a").With(".env", "secret").With("site.conf", "").With("dir/app.py", "secret").With(".well-known/x", "x");
        File.CreateSymbolicLink(site.Folder["etc-link"], "/etc");
        File.CreateSymbolicLink(site.Folder["passwd"], "../../../../../../etc/passwd");
        File.CreateSymbolicLink(site.Folder["inside.txt"], "a.txt");
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", [site.Folder["fifo"]]);
        mkfifo.WaitForExit();

        Assert.Equal(status, site.Get(target).Status);
    }

    [Theory]
    [InlineData("-FollowSymLinks", true, 403, 403)]
    [InlineData("+FollowSymLinks", true, 200, 403)]
    [InlineData("+FollowSymLinks", false, 200, 200)]
    [InlineData("-FollowSymLinks +SymLinksIfOwnerMatch", false, 200, 403)]
    public void Symbolic_links_are_followed_by_rule(string options, bool staysBeneath, int inside, int outside)
    {
        using var other = new TempFolder();
        other.With("out.txt", "out");
        using var chown = System.Diagnostics.Process.Start("chown", ["nobody", other["out.txt"]]);
        chown.WaitForExit();
        using var site = new SiteUnderTest { Conf = "Options " + options, Set = settings => settings.Set(FileSettings.StaysBeneath, staysBeneath) };
        site.Folder.With("a.txt", "a");
        File.CreateSymbolicLink(site.Folder["in"], "a.txt");
        File.CreateSymbolicLink(site.Folder["out"], other["out.txt"]);

        Assert.Equal((inside, outside), (site.Get("/in").Status, site.Get("/out").Status));
    }

    [Fact]
    public void A_directory_without_a_slash_is_redirected_with_its_query()
    {
        using var site = new SiteUnderTest();
        site.Folder.With("a b/index.html", "x");

        FakeExchange answer = site.Get("/a%20b?q=1");

        Assert.Equal((301, "/a%20b/?q=1"), (answer.Status, answer.Field("Location")));
    }

    [Theory]
    [InlineData("//evil.example", "/evil.example/")]
    [InlineData("/.//evil.example", "/evil.example/")]
    [InlineData("/\\evil", "/%5Cevil/")]
    public void A_redirect_never_leads_to_another_host(string target, string location)
    {
        using var site = new SiteUnderTest();
        site.Folder.With("evil.example/x", "x").With("\\evil/x", "x");

        Assert.Equal(location, site.Get(target).Field("Location"));
    }

    [Fact]
    public void The_first_index_file_that_is_there_is_served()
    {
        using var site = new SiteUnderTest { Conf = "DirectoryIndex a.html b.html" };
        site.Folder.With("b.html", "b").With("sub/a.html", "sub");

        Assert.Equal("b", site.Get("/").Text);
        Assert.Equal("sub", site.Get("/sub/").Text);
        site.Folder.With("a.html", "a");
        site.Loop.Advance(1000);
        Assert.Equal("a", site.Get("/").Text);
    }

    [Fact]
    public void A_listing_escapes_names_and_leaves_hidden_ones_out()
    {
        using var site = new SiteUnderTest { Conf = "Options +Indexes" };
        site.Folder.With("d/<b>&\"'.txt", "12345").With("d/.hidden", "").With("d/app.py", "").With("d/sub/x", "").With("d/javascript:x", "");

        string page = site.Get("/d/").Text;

        Assert.Contains("href=\"%3Cb%3E%26%22%27.txt\">&lt;b&gt;&amp;&quot;&#39;.txt</a></td><td>2", page, StringComparison.Ordinal);
        Assert.Contains("href=\"sub/\">sub/</a>", page, StringComparison.Ordinal);
        Assert.Contains("href=\"./javascript:x\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", page, StringComparison.Ordinal);
        Assert.DoesNotContain("app.py", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/tls/key.pem")]
    [InlineData("/tls/KEY.pem")]
    [InlineData("/tls//%6bey.pem")]
    public void The_servers_own_files_are_404(string target)
    {
        using var site = new SiteUnderTest { Conf = "SSLCertificateFile tls/key.pem" };
        site.Folder.With("tls/key.pem", "secret");
        site.Folder.With("tls/KEY.pem", "secret");

        Assert.Equal(404, site.Get(target).Status);
    }

    [Fact]
    public void The_servers_own_files_are_not_listed()
    {
        using var site = new SiteUnderTest { Conf = "Options +Indexes\nSSLCertificateFile tls/key.pem" };
        site.Folder.With("tls/key.pem", "secret");
        site.Folder.With("tls/other.pem", "open");
        string page = site.Get("/tls/").Text;

        Assert.Contains("other.pem", page, StringComparison.Ordinal);
        Assert.DoesNotContain("key.pem", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("TRACE")]
    public void Other_methods_are_405_with_Allow(string method)
    {
        using var site = new SiteUnderTest();

        FakeExchange answer = site.Send(method, "/");

        Assert.Equal((405, "GET, HEAD, OPTIONS"), (answer.Status, answer.Field("Allow")));
    }

    [Fact]
    public void A_method_that_the_server_does_not_know_is_501()
    {
        using var site = new SiteUnderTest();

        FakeExchange answer = site.Send("BREW", "/");

        Assert.Equal((501, null), (answer.Status, answer.Field("Allow")));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("/x")]
    public void OPTIONS_says_what_is_allowed(string target)
    {
        using var site = new SiteUnderTest();

        FakeExchange answer = site.Send("OPTIONS", target);

        Assert.Equal((200, "GET, HEAD, OPTIONS", 0), (answer.Status, answer.Field("Allow"), (int)answer.AnnouncedLength));
    }

    private static (UrlPathResult Result, string Path) Resolve(string raw)
    {
        UrlPathResult result = UrlPath.TryResolve(Encoding.Latin1.GetBytes(raw), new byte[UrlPath.MaximumLength], out UrlPath path);
        return (result, result == UrlPathResult.Ok ? Encoding.Latin1.GetString(path.Bytes) : "");
    }
}
