using Roundtrip.Site.Tests.Headers;
using Roundtrip.Site.Tests.Support;

namespace Roundtrip.Site.Tests.Core;

public class IdentityTests
{
    [Theory]
    [InlineData("Prod", "^Roundtrip$")]
    [InlineData("Major", "^Roundtrip/[0-9]+$")]
    [InlineData("Minor", @"^Roundtrip/[0-9]+\.[0-9]+$")]
    [InlineData("Min", @"^Roundtrip/[0-9]+\.[0-9]+\.[0-9]+$")]
    [InlineData("OS", @"^Roundtrip/[0-9]+\.[0-9]+\.[0-9]+ \([A-Za-z0-9]+\)$")]
    [InlineData("Full", @"^Roundtrip/[0-9]+\.[0-9]+\.[0-9]+ \([A-Za-z0-9]+\)$")]
    public void The_server_says_as_much_of_itself_as_ServerTokens_allows(string tokens, string pattern)
    {
        using var site = new SiteUnderTest { Conf = $"ServerTokens {tokens}" };

        Assert.Matches(pattern, SiteConfiguration.ServerNameOf(site.Settings));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("ServerSignature Off", "")]
    [InlineData("ServerSignature On", "<hr>\n<address>Roundtrip Server at localhost Port 8080</address>\n")]
    [InlineData("ServerSignature EMail\nServerAdmin a@b", "<hr>\n<address>Roundtrip Server at <a href=\"mailto:a@b\">localhost</a> Port 8080</address>\n")]
    [InlineData("ServerSignature EMail\nServerAdmin http://b/", "<hr>\n<address>Roundtrip Server at <a href=\"http://b/\">localhost</a> Port 8080</address>\n")]
    [InlineData("ServerSignature On\nServerName x.example\nUseCanonicalName On", "<hr>\n<address>Roundtrip Server at x.example Port 8080</address>\n")]
    public void The_signature_stands_under_the_servers_own_pages(string configuration, string signature)
    {
        using var site = new SiteUnderTest { Conf = configuration };
        FakeExchange answer = site.Get("/missing");

        Assert.EndsWith($"</p>\n{signature}</html>\n", answer.Text, StringComparison.Ordinal);
        Assert.Equal(answer.AnnouncedLength, answer.Content.Length);
        FakeExchange head = site.Send("HEAD", "/missing");
        Assert.Equal((answer.AnnouncedLength, 0), (head.AnnouncedLength, head.Content.Length));
    }

    [Fact]
    public void The_signature_stands_under_a_listing()
    {
        using var site = new SiteUnderTest { Conf = "Options +Indexes\nServerSignature On" };
        site.Folder.With("dir/a", "x");

        FakeExchange answer = site.Get("/dir/");

        Assert.Equal((200, answer.AnnouncedLength), (answer.Status, answer.Content.Length));
        Assert.Contains("<address>Roundtrip Server at localhost Port 8080</address>\n</", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_the_client_sends_is_text_in_the_signature()
    {
        using var site = new SiteUnderTest { Conf = "ServerSignature On" };

        FakeExchange answer = site.Answer(new FakeExchange("GET /missing HTTP/1.1\nHost: <b>\"x\n"));

        Assert.Contains("Server at &lt;b&gt;&quot;x Port", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "^\"5-[0-9a-f]+\"$")]
    [InlineData("FileETag MTime Size", "^\"5-[0-9a-f]+\"$")]
    [InlineData("FileETag Size", "^\"5\"$")]
    [InlineData("FileETag MTime", "^\"[0-9a-f]{10,}\"$")]
    [InlineData("FileETag All", "^\"[0-9a-f]+-5-[0-9a-f]+\"$")]
    [InlineData("FileETag +INode", "^\"[0-9a-f]+-5-[0-9a-f]+\"$")]
    [InlineData("FileETag -MTime", "^\"5\"$")]
    [InlineData("FileETag None", "^$")]
    public void The_tag_is_made_of_what_FileETag_says(string configuration, string pattern)
    {
        using var site = new SiteUnderTest { Conf = configuration };
        site.Folder.With("a.txt", "hello");
        File.SetLastWriteTimeUtc(site.Folder["a.txt"], DateTime.UtcNow.AddDays(-1));
        site.Loop.Epoch += 10_000;

        FakeExchange answer = site.Get("/a.txt");
        Assert.Matches(pattern, HeaderTests.Values(answer, "ETag"));
        Assert.Equal(HeaderTests.Values(answer, "ETag"), HeaderTests.Values(site.Get("/a.txt", "If-None-Match: *"), "ETag"));
        Assert.Equal(200, site.Get("/a.txt", "If-None-Match: \"\"").Status);
    }
}
