using Roundtrip.Site.Tests.Support;
using static Roundtrip.Site.Tests.Cors.CorsAnswer;

namespace Roundtrip.Site.Tests.Cors;

/// <summary>Fetch Standard, "CORS-preflight fetch": what browsers ask before a request that no form could send.</summary>
public class CorsPreflightTests
{
    private const string Origin = "https://app.test";

    [Fact]
    public void It_is_told_all_that_is_allowed_whatever_it_asked_for()
    {
        using var site = new SiteUnderTest { Conf = $"CorsOrigin {Origin}\nCorsMethods GET PUT DELETE\nCorsHeaders Content-Type X-Token\nCorsExposeHeaders ETag\nCorsMaxAge 1h\n" };
        foreach ((string method, string headers) in new[] { ("PUT", "content-type"), ("PATCH", "x-other"), ("DELETE", "") })
        {
            FakeExchange answer = site.Answer(Preflight("/a.txt", Origin, method, headers));

            Assert.Equal((204, Origin, 0), (answer.Status, AllowedOf(answer), answer.AnnouncedLength));
            Assert.Equal(
                ("GET, PUT, DELETE", "Content-Type, X-Token", "3600", null, null),
                (answer.Field("Access-Control-Allow-Methods"), answer.Field("Access-Control-Allow-Headers"), answer.Field("Access-Control-Max-Age"),
                    answer.Field("Access-Control-Allow-Credentials"), answer.Field("Access-Control-Expose-Headers")));
            Assert.Equal(["Origin, Access-Control-Request-Method, Access-Control-Request-Headers"], Values(answer, "Vary"));
        }
    }

    [Fact]
    public void What_is_not_said_is_what_a_form_may_do_for_two_hours()
    {
        using var site = new SiteUnderTest { Conf = $"CorsOrigin {Origin}\n" };
        FakeExchange answer = site.Answer(Preflight("/a.txt", Origin));

        Assert.Equal(
            ("GET, HEAD, POST", null, "7200"),
            (answer.Field("Access-Control-Allow-Methods"), answer.Field("Access-Control-Allow-Headers"), answer.Field("Access-Control-Max-Age")));
    }

    [Theory]
    [InlineData("/a.txt")]
    [InlineData("/missing")]
    [InlineData("/folder")] // which redirects
    [InlineData("/gone")]
    [InlineData("/denied/a.txt")]
    [InlineData("/a%20b?query")]
    [InlineData("/computed")]
    [InlineData("/guarded")]
    public void It_is_answered_before_anything_is_looked_for_or_asked(string target)
    {
        using var site = new SiteUnderTest
        {
            Conf = $"CorsOrigin {Origin}\nRedirect gone /gone\n<Location /denied>\nRequire all denied\n</Location>\n<Location /computed>\nSetHandler unknown\n</Location>\n<Location /guarded>\nAuthType Basic\n</Location>\n",
        };
        site.Folder.With("a.txt", "x").With("folder/x", "x").With("denied/a.txt", "x");
        FakeExchange exchange = Preflight(target, Origin);
        site.Site.Start(exchange);

        Assert.True(exchange.IsComplete);
        Assert.Equal((204, Origin), (exchange.Status, AllowedOf(exchange)));
    }

    [Theory]
    [InlineData("OPTIONS /a.txt HTTP/1.1\nHost: localhost\n")]
    [InlineData("OPTIONS /a.txt HTTP/1.1\nHost: localhost\nOrigin: https://app.test\n")]
    [InlineData("OPTIONS /a.txt HTTP/1.1\nHost: localhost\nAccess-Control-Request-Method: PUT\n")]
    public void Any_other_OPTIONS_goes_on_as_ever(string head)
    {
        using var site = new SiteUnderTest { Conf = $"CorsOrigin {Origin}\n" };
        site.Folder.With("a.txt", "x");
        FakeExchange answer = site.Answer(new FakeExchange(head));

        Assert.Equal((200, "GET, HEAD, OPTIONS"), (answer.Status, answer.Field("Allow")));
        Assert.Equal(["Origin, Access-Control-Request-Method, Access-Control-Request-Headers"], Values(answer, "Vary"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("CorsOrigin https://app.test\nCorsOrigin none\n")]
    [InlineData("<Location /other>\nCorsOrigin https://app.test\n</Location>\n")]
    public void Where_no_origin_is_allowed_so_does_a_preflight(string conf)
    {
        using var site = new SiteUnderTest { Conf = conf };
        site.Folder.With("a.txt", "x");
        FakeExchange answer = site.Answer(Preflight("/a.txt", Origin));

        Assert.Equal((200, "GET, HEAD, OPTIONS", null), (answer.Status, answer.Field("Allow"), AllowedOf(answer)));
        Assert.Empty(Values(answer, "Vary"));
    }

    [Fact]
    public void Each_place_has_its_own_words()
    {
        using var site = new SiteUnderTest
        {
            Conf = $"""
                CorsOrigin {Origin}
                CorsMethods PUT
                CorsMaxAge 60
                <Location /api>
                CorsMethods DELETE
                </Location>
                <Directory /x>
                CorsMethods PATCH
                </Directory>
                <Location /api/open>
                CorsOrigin *
                </Location>
                <If "%{"{"}HTTP:X-Key{"}"} == 'k'">
                CorsMaxAge 5
                </If>
                """,
        };
        string Of(string target, string more = "")
        {
            FakeExchange answer = site.Answer(new FakeExchange($"OPTIONS {target} HTTP/1.1\nHost: localhost\nOrigin: {Origin}\nAccess-Control-Request-Method: PUT\n{more}"));
            return $"{AllowedOf(answer)} {answer.Field("Access-Control-Allow-Methods")} {answer.Field("Access-Control-Max-Age")}";
        }

        Assert.Equal($"{Origin} PUT 60", Of("/a.txt"));
        Assert.Equal($"{Origin} DELETE 60", Of("/api/x"));
        Assert.Equal("* DELETE 60", Of("/api/open"));
        Assert.Equal($"{Origin} PUT 5", Of("/a.txt", "X-Key: k\n"));
    }

    [Fact]
    public void Private_networks_are_opened_to_nobody()
    {
        using var site = new SiteUnderTest { Conf = "CorsOrigin *\n" };
        FakeExchange answer = site.Answer(new FakeExchange(
            $"OPTIONS / HTTP/1.1\nHost: localhost\nOrigin: {Origin}\nAccess-Control-Request-Method: GET\nAccess-Control-Request-Private-Network: true\nAccess-Control-Request-Local-Network: true\n"));

        Assert.Equal((204, "*"), (answer.Status, AllowedOf(answer)));
        Assert.Empty(Values(answer, "Access-Control-Allow-Private-Network"));
        Assert.Empty(Values(answer, "Access-Control-Allow-Local-Network"));
    }

    [Fact]
    public void Fields_that_all_responses_have_it_has_too()
    {
        using var site = new SiteUnderTest { Conf = $"CorsOrigin {Origin}\nHeader always set X-All 1\nHeader always set Access-Control-Allow-Methods TRACE\n" };
        FakeExchange answer = site.Answer(Preflight("/a.txt", Origin));

        Assert.Equal(["1"], Values(answer, "X-All"));
        Assert.Equal(["GET, HEAD, POST"], Values(answer, "Access-Control-Allow-Methods"));
    }

    [Theory]
    [InlineData("CorsMethods get", "case counts, say GET")]
    [InlineData("CorsMethods patch", "case counts, say PATCH")]
    [InlineData("CorsMethods TRACE", "no browser lets a page send TRACE")]
    [InlineData("CorsMethods GET,PUT", "is no method")]
    [InlineData("CorsHeaders X-A,X-B", "is not the name of a field")]
    [InlineData("CorsExposeHeaders \"X A\"", "is not the name of a field")]
    [InlineData("CorsMaxAge soon", "is no time")]
    [InlineData("CorsCredentials Maybe", "is not Off or On")]
    [InlineData("CorsCredentials On all", "is not On, On null or Off")]
    [InlineData("CorsCredentials Off null", "is not On, On null or Off")]
    public void A_word_that_would_never_hold_is_an_error_of_its_line(string line, string message) =>
        Assert.Contains(message, Assert.Single(SiteUnderTest.Complaints(line + "\n")), StringComparison.Ordinal);
}
