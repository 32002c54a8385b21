using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;

namespace Roundtrip.Site.Tests.Core;

public class LimitTests
{
    [Theory]
    [InlineData("", 400)]
    [InlineData("MaxRequestWorkers 7", 7)]
    [InlineData("MaxClients 8", 8)]
    [InlineData("MaxClients 8\nMaxRequestWorkers 9", 9)]
    public void MaxRequestWorkers_is_a_number_under_both_of_its_names(string lines, int expected)
    {
        BuiltConfiguration built = Build(lines);

        Assert.Empty(built.Errors.Concat(built.Warnings));
        Assert.Equal(expected, SiteConfiguration.LimitsOf(built.Main.Settings).MaxRequestWorkers);
    }

    [Theory]
    [InlineData("MaxRequestWorkers 0")]
    [InlineData("MaxRequestWorkers many")]
    [InlineData("<VirtualHost *:80>\nMaxRequestWorkers 7\n</VirtualHost>")]
    public void It_is_one_or_more_and_of_the_whole_server(string lines) => Assert.Single(Build(lines).Errors);

    private static BuiltConfiguration Build(string text) =>
        SiteConfiguration.Load(new InMemorySource().With("/a.conf", text), "/a.conf", new LoadOptions { ServerRoot = "/" }, static _ => []);
}
