using System.Globalization;
using Roundtrip.Site.Expires;
using Roundtrip.Site.Tests.Headers;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Expires;

public class ExpiresTests
{
    private const string Debian = "ExpiresActive On\nExpiresDefault \"access plus 1 hour\"\n";

    [Theory]
    [InlineData("A3600", false, 3600)]
    [InlineData("M604800", true, 604_800)]
    [InlineData("access plus 1 month", false, 2_592_000)]
    [InlineData("access plus 4 weeks", false, 2_419_200)]
    [InlineData("now plus 30 days", false, 2_592_000)]
    [InlineData("access 1 month 15 days 2 hours", false, 3_895_200)]
    [InlineData("modification plus 5 hours 3 minutes", true, 18_180)]
    [InlineData("Modification plus 1 year", true, 31_536_000)]
    [InlineData("access plus 7 seconds", false, 7)]
    [InlineData("access", false, 0)]
    public void Both_syntaxes_are_read(string text, bool isFromModification, long seconds) => Assert.Equal(new Expiry(isFromModification, seconds), Expiry.Parse(text));

    [Theory]
    [InlineData("", "/a.txt", "", false)]
    [InlineData(Debian, "/a.txt", "max-age=3600", true)]
    [InlineData(Debian + "ExpiresActive Off", "/a.txt", "", false)]
    [InlineData("ExpiresActive On\nExpiresByType text/plain A60", "/a.txt", "max-age=60", true)]
    [InlineData("ExpiresActive On\nExpiresByType text/* A61", "/a.txt", "max-age=61", true)]
    [InlineData("ExpiresActive On\nExpiresByType image/png A60", "/a.txt", "", false)]
    [InlineData(Debian + "<Location /a.txt>\nExpiresDefault A5\n</Location>", "/a.txt", "max-age=5", true)]
    [InlineData(Debian + "<Location /a.txt>\nExpiresByType text/plain A5\n</Location>", "/a.txt", "max-age=5", true)]
    [InlineData(Debian, "/missing", "", false)]
    [InlineData(Debian, "/moved", "max-age=3600", true)]
    [InlineData(Debian + "ErrorDocument 404 /a.txt", "/missing", "", false)]
    [InlineData(Debian + "Header append Cache-Control public", "/a.txt", "max-age=3600, public", true)]
    [InlineData(Debian + "Header set Cache-Control no-store", "/a.txt", "no-store", true)]
    [InlineData(Debian + "Header always set Cache-Control public", "/a.txt", "public|max-age=3600", true)]
    [InlineData(Debian + "Header unset Expires", "/a.txt", "max-age=3600", false)]
    [InlineData(Debian + "Header set X %t", "/a.txt", "max-age=3600", true)]
    public void Expires_and_max_age_say_the_same(string configuration, string path, string cacheControl, bool expires)
    {
        using var site = new SiteUnderTest { Conf = configuration + "\nRedirect /moved /a.txt" };
        site.Folder.With("a.txt", "x");

        site.Get("/a.txt");
        FakeExchange answer = site.Get(path);

        Assert.Equal(cacheControl, HeaderTests.Values(answer, "Cache-Control"));
        Assert.Equal(expires, HeaderTests.Values(answer, "Expires").Length > 0);
    }

    [Fact]
    public void The_time_goes_on_with_each_second_for_a_hot_file()
    {
        using var site = new SiteUnderTest { Conf = Debian };
        site.Folder.With("a.txt", "x");
        DateTime first = Read(site.Get("/a.txt"));
        site.Loop.Advance(5000);

        Assert.Equal(first.AddSeconds(5), Read(site.Get("/a.txt")));
        Assert.Equal(first.AddSeconds(5), Read(site.Get("/a.txt", "If-None-Match: *")));
        Assert.Equal(first.AddSeconds(5), Read(site.Get("/a.txt", "Range: bytes=0-0")));
    }

    [Fact]
    public void A_time_counted_from_the_modification_is_not_before_now()
    {
        using var site = new SiteUnderTest { Conf = "ExpiresActive On\nExpiresDefault \"modification plus 1 hour\"" };
        site.Folder.With("old.txt", "x").With("new.txt", "x");
        DateTime modified = DateTimeOffset.FromUnixTimeSeconds(site.Loop.UnixMilliseconds / 1000).UtcDateTime;
        File.SetLastWriteTimeUtc(site.Folder["new.txt"], modified.AddMinutes(-10));
        File.SetLastWriteTimeUtc(site.Folder["old.txt"], modified.AddDays(-10));

        Assert.Equal("max-age=0", site.Get("/old.txt").Field("Cache-Control"));
        Assert.Equal(modified.AddMinutes(50), Read(site.Get("/new.txt")));
    }

    private static DateTime Read(FakeExchange answer) =>
        DateTime.ParseExact(answer.Field("Expires")!, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
