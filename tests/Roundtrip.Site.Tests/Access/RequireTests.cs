using System.Net;
using Roundtrip.Core;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Access;

public class RequireTests
{
    [Theory]
    [InlineData("Require all granted", 200)]
    [InlineData("Require all denied", 403)]
    [InlineData("Require ip 192.0.2.1", 200)]
    [InlineData("Require ip 192.0.2", 200)]
    [InlineData("Require ip 192.0.2.0/24", 200)]
    [InlineData("Require ip 192.0.0.0/255.255.0.0", 200)]
    [InlineData("Require ip 192.0.2.2", 403)]
    [InlineData("Require ip 192.0.3", 403)]
    [InlineData("Require ip 10.0.0.0/8 2001:db8::/32", 403)]
    [InlineData("Require ip ::/1", 403)]
    [InlineData("Require local", 403)]
    [InlineData("Require method GET POST", 200)]
    [InlineData("Require method HEAD", 200)]
    [InlineData("Require method POST", 403)]
    [InlineData("Require env nothing", 403)]
    [InlineData("Require expr %{REQUEST_METHOD} == 'GET' && -n %{REQUEST_URI}", 200)]
    [InlineData("Require expr \"%{REQUEST_METHOD} == 'POST'\"", 403)]
    [InlineData("Require ip 10.0.0.1\nRequire ip 192.0.2.1", 200)]
    [InlineData("Require all denied\nRequire all granted", 200)]
    [InlineData("<RequireAll>\nRequire all granted\nRequire not ip 192.0.2.1\n</RequireAll>", 403)]
    [InlineData("<RequireAll>\nRequire all granted\nRequire not ip 192.0.2.9\n</RequireAll>", 200)]
    [InlineData("<RequireAll>\nRequire ip 192\nRequire method POST\n</RequireAll>", 403)]
    [InlineData("<RequireAll>\nRequire all granted\n<RequireNone>\nRequire ip 10\nRequire ip 192.0.2\n</RequireNone>\n</RequireAll>", 403)]
    [InlineData("<RequireAll>\nRequire all granted\n<RequireNone>\nRequire ip 10\n</RequireNone>\n</RequireAll>", 200)]
    [InlineData("<RequireAny>\nRequire ip 10\n<RequireAll>\nRequire method GET\nRequire ip 192\n</RequireAll>\n</RequireAny>", 200)]
    [InlineData("<Limit POST>\nRequire all denied\n</Limit>", 200)]
    [InlineData("<Limit GET>\nRequire all denied\n</Limit>", 403)]
    [InlineData("<LimitExcept POST>\nRequire all denied\n</LimitExcept>", 403)]
    [InlineData("<LimitExcept GET>\nRequire all denied\n</LimitExcept>", 200)]
    [InlineData("<LimitExcept GET>\nRequire ip 10\n</LimitExcept>\nRequire ip 10", 403)]
    [InlineData("<If \"%{REQUEST_METHOD} == 'GET'\">\nRequire all denied\n</If>", 403)]
    [InlineData("Require all denied\n<If \"%{REQUEST_METHOD} == 'GET'\">\nRequire all granted\n</If>", 200)]
    [InlineData("Require valid-user", 501)]
    [InlineData("Require moon-phase full", 501)]
    [InlineData("Require all granted\nRequire user ann", 501)]
    [InlineData("<If \"%{REQUEST_METHOD} == 'GET'\">\nRequire valid-user\n</If>", 501)]
    [InlineData("Order allow,deny", 403)]
    [InlineData("Order deny,allow", 200)]
    [InlineData("Order allow,deny\nAllow from all", 200)]
    [InlineData("Order deny,allow\nDeny from all", 403)]
    [InlineData("Order deny,allow\nDeny from all\nAllow from 192.0.2", 200)]
    [InlineData("Order allow,deny\nAllow from all\nDeny from 192.0.2.0/24", 403)]
    [InlineData("Order mutual-failure\nAllow from 192.0.2.1", 200)]
    [InlineData("Order mutual-failure\nAllow from all\nDeny from 192.0.2.1", 403)]
    [InlineData("Deny from env=nothing", 200)]
    [InlineData("Deny from env=!nothing", 403)]
    [InlineData("Deny from all\nRequire all granted", 403)]
    [InlineData("Deny from all\nRequire all granted\nSatisfy any", 200)]
    [InlineData("Deny from all\nSatisfy any", 403)]
    [InlineData("Order allow,deny\nAllow from all\nRequire all denied\nSatisfy any", 200)]
    [InlineData("<Limit POST>\nDeny from all\n</Limit>", 200)]
    public void A_rule_decides_for_a_client_at_192_0_2_1_with_GET(string rules, int expected)
    {
        using var site = new SiteUnderTest { Conf = $"<Location />\n{rules}\n</Location>\n" };
        site.Folder.With("a", "content");

        Assert.Equal(expected, site.Get("/a").Status);
        Assert.Equal(expected == 200 ? 404 : expected, site.Get("/a-missing").Status);
    }

    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("127.9.9.9", 200)]
    [InlineData("::1", 200)]
    [InlineData("::ffff:127.0.0.1", 200)]
    [InlineData("203.0.113.5", 200)] // the address at which the connection came
    [InlineData("203.0.113.6", 403)]
    [InlineData("::2", 403)]
    public void Local_is_a_loopback_address_or_the_connections_own(string remote, int expected)
    {
        using var site = new SiteUnderTest { Conf = "<Location />\nRequire local\n</Location>\n" };
        site.Folder.With("a", "content");
        var exchange = FakeExchange.Get("/a");
        exchange.FakeConnection.Remote = PeerAddress.From(IPAddress.Parse(remote), 50_000);
        exchange.FakeConnection.Local = PeerAddress.From(IPAddress.Parse("203.0.113.5"), 80);

        Assert.Equal(expected, site.Answer(exchange).Status);
    }

    [Theory]
    [InlineData("", 403)]
    [InlineData("AuthMerging Off\n", 403)]
    [InlineData("AuthMerging Off\nRequire all granted\n", 200)]
    [InlineData("Require all granted\n", 200)]
    [InlineData("AuthMerging And\nRequire all granted\n", 403)]
    [InlineData("AuthMerging Or\nRequire all granted\n", 200)]
    [InlineData("AuthMerging Or\nRequire all denied\n", 403)]
    public void An_inner_scope_replaces_the_outer_rules_or_is_merged_with_them(string inner, int expected)
    {
        using var site = new SiteUnderTest { Conf = $"<Location />\nRequire ip 10\n</Location>\n<Location /a>\n{inner}</Location>\n" };
        site.Folder.With("a", "content");

        Assert.Equal(expected, site.Get("/a").Status);
    }

    [Fact]
    public void An_index_needs_its_directorys_rule_and_its_own()
    {
        using var site = new SiteUnderTest { Conf = "<Location /d/>\nRequire ip 10\n</Location>\n<Files index.html>\nRequire all granted\n</Files>\n" };
        site.Folder.With("d/index.html", "content").With("e/index.html", "content");

        Assert.Equal((403, 200), (site.Get("/d/").Status, site.Get("/e/").Status));
    }

    [Theory]
    [InlineData("GET", "/secret/there")]
    [InlineData("GET", "/secret/missing")]
    [InlineData("GET", "/secret/folder")]
    [InlineData("GET", "/secret/folder/")]
    [InlineData("POST", "/secret/there")]
    [InlineData("OPTIONS", "/secret/missing")]
    [InlineData("BREW", "/secret/missing")]
    public void A_denied_path_does_not_say_what_is_there(string method, string target)
    {
        using var site = new SiteUnderTest { Conf = "ErrorDocument 403 \"not for you\"\n<Location /secret/>\nRequire ip 10\n</Location>\n" };
        site.Folder.With("secret/there", "content").With("secret/folder/a", "content");

        FakeExchange answer = site.Send(method, target);

        Assert.Equal((403, "not for you", null, null), (answer.Status, answer.Text, answer.Field("Location"), answer.Field("ETag")));
    }

    [Theory]
    [InlineData("Require not ip 10", "negative Require directive has no effect in <RequireAny> directive")]
    [InlineData("<RequireNone>\nRequire ip 10\n</RequireNone>", "<RequireNone> directive has no effect in <RequireAny> directive")]
    [InlineData("<RequireAll>\n</RequireAll>", "<RequireAll> directive contains no authorization directives")]
    [InlineData("<RequireAll>\nRequire not ip 10\n</RequireAll>", "<RequireAll> directive contains only negative authorization directives")]
    [InlineData("Require", "takes the name of a provider")]
    [InlineData("Require not", "takes the name of a provider")]
    [InlineData("Require all maybe", "Argument for 'Require all' must be 'granted' or 'denied'")]
    [InlineData("Require ip 1.2.3.4.5", "ip address '1.2.3.4.5' appears to be invalid")]
    [InlineData("Require ip", "'Require ip' asks for nothing")]
    [InlineData("Require method FOO", "Invalid Method 'FOO'")]
    [InlineData("Require expr %{", "Cannot parse expression in require line")]
    [InlineData("Require host %{HTTP_HOST}", "an expression is not possible here")]
    [InlineData("Require valid-user", "'valid-user' is not built: all of its scope is answered with 501")]
    [InlineData("<Limit TRACE>\nRequire all denied\n</Limit>", "TRACE cannot be controlled by <Limit>")]
    [InlineData("<Limit GET>\n<Limit GET>\nRequire all denied\n</Limit>\n</Limit>", "cannot occur within <Limit> or <LimitExcept> section")]
    [InlineData("<Limit GET>\n<If true>\nRequire all denied\n</If>\n</Limit>", "is not allowed within it")]
    [InlineData("AuthMerging Maybe", "'Maybe' is not Off or And or Or")]
    [InlineData("Order foo", "unknown order")]
    [InlineData("Allow all granted", "allow and deny must be followed by 'from'")]
    [InlineData("Deny from 10.0.0.0/99", "is no range of addresses")]
    public void What_is_no_rule_is_an_error_of_its_line(string rules, string expected) =>
        Assert.Contains(SiteUnderTest.Complaints($"<Location />\n{rules}\n</Location>\n"), message => message.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void A_rule_by_address_and_method_is_decided_without_allocation()
    {
        using var site = new SiteUnderTest
        {
            Conf = "<Location />\n<RequireAll>\nRequire method GET\nRequire not ip 10\n<RequireAny>\nRequire ip 198.51.100 2001:db8::/32\nRequire ip 192.0.2.0/24\n</RequireAny>\n</RequireAll>\n</Location>\n",
        };
        site.Folder.With("a", "content");
        var exchange = FakeExchange.Get("/a");
        exchange.Keeps = false;
        site.Answer(exchange);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            exchange.Renew();
            site.Site.Start(exchange);
        }

        Assert.Equal((200, 0), (exchange.Status, GC.GetAllocatedBytesForCurrentThread() - before));
    }
}
