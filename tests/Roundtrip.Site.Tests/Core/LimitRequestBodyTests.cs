using System.Net;
using Roundtrip.Site.Tests.Cgi.Support;

namespace Roundtrip.Site.Tests.Core;

/// <summary>LimitRequestBody holds for what it is said of: a server, a host, a directory, a location, also by condition.</summary>
public class LimitRequestBodyTests
{
    // Content first: an answer that has begun could only be cut.
    private const string Count = "length=$(wc -c)\nprintf 'Content-Type: text/plain\\n\\n%s' \"$length\"";

    private const string Conf = """
        LimitRequestBody 1000
        <Location /cgi-bin/little>
            LimitRequestBody 10
        </Location>
        <Location /cgi-bin/much>
            LimitRequestBody 100000
        </Location>
        <Location /cgi-bin/any>
            LimitRequestBody 0
        </Location>
        <Location /cgi-bin/some>
            <If "%{HTTP:X-Little} == 'yes'">
                LimitRequestBody 10
            </If>
        </Location>
        """;

    [Theory]
    [InlineData("little", 10, 200)]
    [InlineData("little", 11, 413)]
    [InlineData("plain", 1000, 200)]
    [InlineData("plain", 1001, 413)]
    [InlineData("much", 100_000, 200)]
    [InlineData("much", 100_001, 413)]
    [InlineData("any", 3_000_000, 200)]
    [InlineData("some", 1000, 200)]
    [InlineData("some", 11, 413, "yes")]
    public async Task Content_of_known_and_of_unknown_length_is_held_to_its_locations_limit(string script, int length, int status, string little = "no")
    {
        using var site = new CgiSite(Conf, ("cgi-bin/little", Count), ("cgi-bin/plain", Count), ("cgi-bin/much", Count), ("cgi-bin/any", Count), ("cgi-bin/some", Count));
        foreach (Version version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            foreach (bool isChunked in new[] { false, true })
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"cgi-bin/{script}", UriKind.Relative))
                {
                    Version = version,
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                    Content = isChunked ? new StreamContent(new Unseekable(length)) : new ByteArrayContent(new byte[length]),
                };
                request.Headers.Add("X-Little", little);
                using HttpResponseMessage answer = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);

                Assert.Equal(status, (int)answer.StatusCode);
                if (status == 200)
                {
                    Assert.Equal($"{length}", (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Trim());
                }
            }
        }

        Assert.Equal(status == 413, site.ErrorLogText.Contains("the request body is larger than LimitRequestBody (answered 413)", StringComparison.Ordinal));
    }

    // What HttpClient cannot know the length of.
    private sealed class Unseekable(int length) : MemoryStream(new byte[length])
    {
        public override bool CanSeek => false;
    }
}
