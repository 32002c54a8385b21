using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Directories;

public class DirTests
{
    [Theory]
    [InlineData("/closed", 403)]
    [InlineData("/closed/", 403)]
    [InlineData("/open", 301)]
    [InlineData("/missing", 404)]
    [InlineData("/plain", 403)]
    [InlineData("/moved", 302)]
    public void A_folders_own_section_holds_for_its_name_without_a_slash(string target, int status)
    {
        using SiteUnderTest site = Of("""
            <Directory closed>
                Require all denied
            </Directory>
            <Directory plain>
                DirectorySlash Off
            </Directory>
            <Directory moved>
                RedirectMatch ^/moved /elsewhere
            </Directory>
            """);
        foreach (string folder in new[] { "closed", "open", "plain", "moved" })
        {
            site.Folder.With($"{folder}/a.txt", "a");
        }

        Assert.Equal(status, site.Get(target).Status);
    }

    [Theory]
    [InlineData("/app/any/thing", 200, "front")]
    [InlineData("/app/", 200, "front")]
    [InlineData("/app/real.txt", 200, "real")]
    [InlineData("/app/off/nothing", 404, null)]
    [InlineData("/app/closed/nothing", 403, null)]
    [InlineData("/lost/nothing", 404, null)]
    [InlineData("/nothing", 404, null)]
    public void A_fallback_answers_for_what_is_not_there(string target, int status, string? content)
    {
        using SiteUnderTest site = Of("""
            <Directory app>
                FallbackResource /app/front.html
            </Directory>
            <Directory app/off>
                FallbackResource disabled
            </Directory>
            <Location /app/closed>
                Require all denied
            </Location>
            <Directory lost>
                FallbackResource /lost/missing
            </Directory>
            """);
        site.Folder.With("app/front.html", "front").With("app/real.txt", "real").With("lost/a.txt", "a");
        FakeExchange answer = site.Get(target);

        Assert.Equal(status, answer.Status);
        Assert.True(content is null || content == answer.Text, answer.Text);
    }

    [Fact]
    public void A_fallback_gives_way_to_a_file_that_comes_later()
    {
        using SiteUnderTest site = Of("FallbackResource /front.html");
        site.Folder.With("front.html", "front");
        Assert.Equal("front", site.Get("/later").Text);

        site.Folder.With("later", "later");
        site.Loop.Advance(2000);
        Assert.Equal("later", site.Get("/later").Text);
    }

    [Theory]
    [InlineData("X: 1", 403)]
    [InlineData("X: 2", 200)]
    public void What_a_condition_looks_at_is_named_in_Vary(string field, int status)
    {
        using SiteUnderTest site = Of("""
            <If "%{HTTP:X} == '1' && req_novary('Y') == '' && %{HTTP_HOST} != ''">
                Require all denied
            </If>
            """);
        site.Folder.With("a.txt", "a");
        FakeExchange answer = site.Get("/a.txt", field);

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 403 ? "X, Host" : "X", answer.Field("Vary"));
    }

    private static SiteUnderTest Of(string conf) => new() { Conf = conf + "\n" };
}
