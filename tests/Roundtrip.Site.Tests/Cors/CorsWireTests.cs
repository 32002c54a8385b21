using Roundtrip.Site.Tests.Cgi.Support;
using Roundtrip.Site.Tests.LiveHub;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Site.Tests.Wsgi.Support;

namespace Roundtrip.Site.Tests.Cors;

/// <summary>CORS over real connections in both versions, in front of what computes answers: scripts, applications, a hub.</summary>
public class CorsWireTests
{
    private const string Origin = "https://app.test";

    private const string Script = "touch ran-$REQUEST_METHOD\nprintf 'Content-Type: text/plain\\nAccess-Control-Allow-Origin: *\\nAccess-Control-Allow-Credentials: true\\nVary: Cookie\\nX-Own: 1\\n\\nscript'";

    private const string Application = """
        def application(environ, start_response):
            path = environ['PATH_INFO']
            if path == '/fails':
                raise KeyError(path)
            status = '303 See Other' if path == '/moved' else '404 Not Found' if path == '/missing' else '200 OK'
            start_response(status, [('Content-Type', 'text/plain'), ('Location', '/x'), ('Access-Control-Allow-Origin', environ.get('HTTP_ORIGIN', '*')), ('Vary', 'Accept, Origin')])
            return [environ['REQUEST_METHOD'].encode()]
        """;

    public static TheoryData<int> Versions => [1, 2];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_script_is_not_run_for_a_preflight_and_its_own_fields_give_way(int version)
    {
        using var site = new CgiSite($"CorsOrigin {Origin}\nCorsMethods PUT", ("cgi-bin/x", Script));
        using HttpResponseMessage preflight = await Ask(site, HttpMethod.Options, "cgi-bin/x", version, Origin, "PUT");

        Assert.Equal((204, Origin, "PUT"), ((int)preflight.StatusCode, Value(preflight, "Access-Control-Allow-Origin"), Value(preflight, "Access-Control-Allow-Methods")));
        Assert.False(File.Exists($"{site.Folder}/cgi-bin/ran-OPTIONS"));

        using HttpResponseMessage answer = await Ask(site, HttpMethod.Put, "cgi-bin/x", version, Origin);

        Assert.Equal((Origin, null, "1"), (Value(answer, "Access-Control-Allow-Origin"), Value(answer, "Access-Control-Allow-Credentials"), Value(answer, "X-Own")));
        Assert.Equal(["Cookie", "Origin"], answer.Headers.Vary);
        Assert.True(File.Exists($"{site.Folder}/cgi-bin/ran-PUT"));

        using HttpResponseMessage strange = await Ask(site, HttpMethod.Put, "cgi-bin/x", version, "https://evil.test");
        Assert.Null(Value(strange, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Where_CorsOrigin_is_not_a_script_speaks_for_itself(int version)
    {
        using var site = new CgiSite($"CorsOrigin {Origin}\n<Location /cgi-bin>\nCorsOrigin none\n</Location>", ("cgi-bin/x", Script));
        using HttpResponseMessage answer = await Ask(site, HttpMethod.Options, "cgi-bin/x", version, "https://other.test", "PUT");

        Assert.Equal((200, "*", "true"), ((int)answer.StatusCode, Value(answer, "Access-Control-Allow-Origin"), Value(answer, "Access-Control-Allow-Credentials")));
        Assert.True(File.Exists($"{site.Folder}/cgi-bin/ran-OPTIONS"));
    }

    [Fact]
    public async Task What_an_application_answers_and_fails_to_answer_says_it_too()
    {
        using var site = new ApplicationSite(Application, $"CorsOrigin {Origin}\nWSGIScriptAlias / app.wsgi");
        foreach ((string path, int status) in new[] { ("ok", 200), ("moved", 303), ("missing", 404), ("fails", 500) })
        {
            foreach (int version in (int[])[1, 2])
            {
                using HttpResponseMessage allowed = await Ask(site, HttpMethod.Post, path, version, Origin);
                using HttpResponseMessage refused = await Ask(site, HttpMethod.Post, path, version, "https://evil.test");

                Assert.Equal((status, Origin), ((int)allowed.StatusCode, Value(allowed, "Access-Control-Allow-Origin")));
                Assert.Equal((status, null), ((int)refused.StatusCode, Value(refused, "Access-Control-Allow-Origin")));
                Assert.Single(allowed.Headers.Vary, "Origin");
                Assert.Single(refused.Headers.Vary, "Origin");
            }
        }

        using HttpResponseMessage plain = await Ask(site, HttpMethod.Options, "ok", 1, Origin);
        Assert.Equal("OPTIONS", await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("CorsOrigin https://app.test", "https://app.test", "https://app.test", null, 204)]
    [InlineData("CorsOrigin https://app.test", "https://other.test", null, null, 403)]
    [InlineData("CorsOrigin https://other.test\nLiveAllowOrigin https://app.test", "https://app.test", "https://app.test", "true", 204)]
    [InlineData("CorsOrigin https://other.test\nLiveAllowOrigin https://app.test", "https://other.test", null, null, 204)]
    [InlineData("CorsOrigin *\nLiveAllowOrigin https://app.test", "https://app.test", "https://app.test", "true", 204)]
    public async Task A_hub_speaks_for_itself_where_LiveAllowOrigin_does_and_never_twice(string conf, string origin, string? allowed, string? credentials, int status)
    {
        using var site = new HubSite($"LiveAnonymous On\n{conf}");
        foreach (int version in (int[])[1, 2])
        {
            using HttpResponseMessage poll = await Ask(site, HttpMethod.Get, HubSite.Hub + "?topic=a&since=earliest", version, origin);
            using HttpResponseMessage preflight = await Ask(site, HttpMethod.Options, HubSite.Hub, version, origin, "POST");
            using HttpResponseMessage without = await Ask(site, HttpMethod.Get, HubSite.Hub + "?topic=a&since=earliest", version, "");

            Assert.Equal((200, allowed, credentials), ((int)poll.StatusCode, Value(poll, "Access-Control-Allow-Origin"), Value(poll, "Access-Control-Allow-Credentials")));
            Assert.Equal((status, allowed, credentials), ((int)preflight.StatusCode, Value(preflight, "Access-Control-Allow-Origin"), Value(preflight, "Access-Control-Allow-Credentials")));
            Assert.Equal((200, null), ((int)without.StatusCode, Value(without, "Access-Control-Allow-Origin")));
            Assert.Single(poll.Headers.Vary, "Origin");
            Assert.Single(without.Headers.Vary, "Origin");
        }
    }

    // What the engine says itself, once the path is known: the page sees the status, and not a network error.
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_page_sees_that_its_content_is_too_large(int version)
    {
        using var site = new CgiSite($"CorsOrigin {Origin}\nCorsCredentials On\nLimitRequestBody 10", ("cgi-bin/x", "cat >/dev/null\nprintf 'Content-Type: text/plain\\n\\n'"));
        foreach ((string origin, string? allowed) in new[] { (Origin, Origin), ("https://evil.test", null) })
        {
            using HttpResponseMessage declared = await Ask(site, HttpMethod.Post, "cgi-bin/x", version, origin, content: new ByteArrayContent(new byte[11]));
            using HttpResponseMessage streamed = await Ask(site, HttpMethod.Post, "cgi-bin/x", version, origin, content: new PushedContent(11));
            foreach (HttpResponseMessage answer in new[] { declared, streamed })
            {
                Assert.Equal((413, allowed, allowed is null ? null : "true"), ((int)answer.StatusCode, Value(answer, "Access-Control-Allow-Origin"), Value(answer, "Access-Control-Allow-Credentials")));
                Assert.Single(answer.Headers.Vary, "Origin");
            }
        }
    }

    [Fact]
    public async Task A_page_sees_that_its_content_is_too_slow()
    {
        using var site = new CgiSite($"CorsOrigin {Origin}\nCorsCredentials On\nRequestReadTimeout body=1", ("cgi-bin/x", "cat >/dev/null\nprintf 'Content-Type: text/plain\\n\\n'"));
        foreach ((string origin, string? allowed) in new[] { (Origin, Origin), ("https://evil.test", null) })
        {
            string first = await site.Raw($"POST /cgi-bin/x HTTP/1.1\r\nHost: a\r\nOrigin: {origin}\r\nContent-Length: 5\r\n\r\na");
            Assert.StartsWith("HTTP/1.1 408", first, StringComparison.Ordinal);
            Assert.Equal(allowed is not null, first.Contains($"\r\nAccess-Control-Allow-Origin: {Origin}\r\n", StringComparison.Ordinal));
            Assert.Equal(allowed is not null, first.Contains("\r\nAccess-Control-Allow-Credentials: true\r\n", StringComparison.Ordinal));
            Assert.Contains("\r\nVary: Origin\r\n", first, StringComparison.Ordinal);

            using HttpResponseMessage second = await Ask(site, HttpMethod.Post, "cgi-bin/x", 2, origin, content: new StalledContent());
            Assert.Equal((408, allowed, allowed is null ? null : "true"), ((int)second.StatusCode, Value(second, "Access-Control-Allow-Origin"), Value(second, "Access-Control-Allow-Credentials")));
            Assert.Single(second.Headers.Vary, "Origin");
        }
    }

    [Fact]
    public async Task A_hub_says_for_itself_that_a_publication_is_too_slow()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveAllowOrigin https://app.test\nRequestReadTimeout body=1");
        string answer = await site.Raw($"POST /{HubSite.Hub} HTTP/1.1\r\nHost: a\r\nOrigin: {Origin}\r\nAuthorization: Bearer {HubSite.Publisher()}\r\nContent-Type: application/octet-stream\r\nContent-Length: 5\r\n\r\na");
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nAccess-Control-Allow-Origin: {Origin}\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_sees_that_its_content_is_broken_and_a_hub_says_so_for_itself()
    {
        using var site = new HubSite("LiveAnonymous On\nLiveAllowOrigin https://app.test");
        string answer = await site.Raw($"POST /{HubSite.Hub} HTTP/1.1\r\nHost: a\r\nOrigin: {Origin}\r\nAuthorization: Bearer {HubSite.Publisher()}\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nAccess-Control-Allow-Origin: {Origin}\r\n", answer, StringComparison.Ordinal);
    }

    // Before the head is whole nobody knows whose page it is, nor what the path's rules are.
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nOrigin: https://app.test\r\nBad Field: x\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nOrigin: https://app.test\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400)]
    public async Task What_is_refused_before_anything_is_known_has_no_fields(string request, int status)
    {
        using var site = new CgiSite($"CorsOrigin {Origin}");
        string answer = await site.Raw(request);
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Access-Control", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_Origin_fields_on_the_wire_are_nobodys()
    {
        using var site = new CgiSite($"CorsOrigin {Origin}\nCorsCredentials On");
        string answer = await site.Raw($"GET /missing HTTP/1.1\r\nHost: a\r\nOrigin: {Origin}\r\nOrigin: {Origin}\r\nConnection: close\r\n\r\n");
        string preflight = await site.Raw($"OPTIONS /missing HTTP/1.1\r\nHost: a\r\nOrigin: {Origin}\r\norigin: null\r\nAccess-Control-Request-Method: PUT\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403", preflight, StringComparison.Ordinal);
        Assert.Contains("\r\nVary: Origin\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Access-Control-Allow", answer + preflight, StringComparison.Ordinal);
        await site.LogWith("preflight of https://app.test, which CorsOrigin does not allow (answered 403)");
    }

    [Fact]
    public async Task A_connection_goes_on_behind_a_preflight_with_content()
    {
        using var site = new CgiSite($"CorsOrigin {Origin}");
        string answers = await site.Raw(
            $"OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: {Origin}\r\nAccess-Control-Request-Method: PUT\r\nContent-Length: 5\r\n\r\nabcdeGET /missing HTTP/1.1\r\nHost: a\r\nOrigin: {Origin}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 204", answers, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 404", answers, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> Ask(ServedSite site, HttpMethod method, string path, int version, string origin, string asks = "", HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content, Version = new Version(version, version == 1 ? 1 : 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (origin.Length > 0)
        {
            request.Headers.Add("Origin", origin);
        }

        if (asks.Length > 0)
        {
            request.Headers.Add("Access-Control-Request-Method", asks);
        }

        return site.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    // Two lines of one field are not one value.
    private static string? Value(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(" AND ", values) : null;

    /// <summary>Content of which one byte comes and no more.</summary>
    private sealed class StalledContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(new byte[1], cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(30), cancellationToken);
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = 0;
            return false;
        }
    }

    /// <summary>Content that does not say its length before it is there.</summary>
    private sealed class PushedContent(int length) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => stream.WriteAsync(new byte[length]).AsTask();

        protected override bool TryComputeLength(out long computed)
        {
            computed = 0;
            return false;
        }
    }
}
