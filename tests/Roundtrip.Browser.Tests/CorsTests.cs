using System.Runtime.Versioning;
using System.Text.Json;
using Microsoft.Playwright;

namespace Roundtrip.Browser.Tests;

/// <summary>CORS as Debian's Chromium has it: a page of one origin asks another, over HTTP/2, by fetch and by XMLHttpRequest.</summary>
[SupportedOSPlatform("linux")]
public sealed class CorsTests : IAsyncLifetime
{
    private readonly SiteInProcess _pages = new("", ("index.html", "<!DOCTYPE html><title>page</title>"));
    private readonly SiteInProcess _asked;
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public CorsTests()
    {
        string origin = $"https://localhost:{_pages.Port}";
        _asked = new SiteInProcess(
            $"""
            CorsExposeHeaders X-Shown
            Header always set X-Shown seen
            Header always set X-Hidden unseen
            Header always set X-Cookie "expr=%{"{"}HTTP:Cookie{"}"}"
            Header set Cache-Control "max-age=600"
            Redirect 302 /moved /simple
            <Location /simple>
            CorsOrigin {origin}
            </Location>
            <Location /cached>
            CorsOrigin {origin}
            </Location>
            <Location /public>
            CorsOrigin *
            </Location>
            <Location /moved>
            CorsOrigin {origin}
            </Location>
            <Location /missing>
            CorsOrigin {origin}
            </Location>
            <Location /written>
            CorsOrigin {origin}
            CorsMethods PUT
            CorsHeaders X-Token
            </Location>
            <Location /written-uncached>
            CorsOrigin {origin}
            CorsMethods PUT
            CorsMaxAge 0
            </Location>
            <Location /signed>
            CorsOrigin {origin}
            CorsCredentials On
            CorsExposeHeaders X-Cookie
            </Location>
            <Location /sandboxed>
            CorsOrigin null
            </Location>
            <Location /others>
            CorsOrigin https://others.test
            </Location>

            """,
            ("simple", "simple"), ("cached", "cached"), ("public", "public"), ("signed", "signed"), ("others", "others"), ("closed", "closed"), ("sandboxed", "sandboxed"));
    }

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright, $"--ignore-certificate-errors-spki-list={_pages.KeyHash},{_asked.KeyHash}");
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        _asked.Dispose();
        _pages.Dispose();
    }

    [Theory]
    [InlineData("GET", "simple", "200 simple")]
    [InlineData("GET", "public", "200 public")]
    [InlineData("GET", "moved", "200 simple")]
    [InlineData("GET", "missing", "404 ")]
    [InlineData("POST", "simple", "405 ")]
    [InlineData("GET", "others", "refused")]
    [InlineData("GET", "closed", "refused")]
    [InlineData("GET", "sandboxed", "refused")]
    public async Task A_page_of_another_origin_reads_what_the_configuration_allows_and_nothing_else(string method, string path, string expected)
    {
        IPage page = await OpenAsync();
        foreach (string way in (string[])["viaFetch", "viaXhr"])
        {
            Assert.StartsWith(expected, await Ask(page, way, method, path), StringComparison.Ordinal);
        }

        // Refused or not, a simple request has been sent: only its answer is withheld.
        Assert.DoesNotContain("OPTIONS /" + path, _asked.Events);
        Assert.Contains(method == "GET" ? $"/{path}" : $"{method} /{path}", _asked.Events);
    }

    [Fact]
    public async Task A_method_or_field_that_no_form_could_send_is_asked_for_first()
    {
        IPage page = await OpenAsync();
        foreach (string way in (string[])["viaFetch", "viaXhr"])
        {
            Assert.StartsWith("405 ", await Ask(page, way, "PUT", "written", """{ "X-Token": "t" }"""), StringComparison.Ordinal);
            Assert.Equal("refused", await Ask(page, way, "DELETE", "written"));
            Assert.Equal("refused", await Ask(page, way, "PUT", "written", """{ "X-Other": "t" }"""));
            Assert.Equal("refused", await Ask(page, way, "PUT", "others"));
            Assert.Equal("refused", await Ask(page, way, "PUT", "closed"));
        }

        // What is refused is not sent at all.
        Assert.Equal(2, _asked.Events.Count(path => path == "PUT /written"));
        Assert.DoesNotContain(_asked.Events, path => path is "DELETE /written" or "PUT /others" or "PUT /closed");
        Assert.Contains("OPTIONS /written", _asked.Events);
    }

    [Theory]
    [InlineData("written", 2)]
    [InlineData("written-uncached", 4)]
    public async Task A_permission_is_kept_for_its_address_and_as_long_as_CorsMaxAge_says(string path, int preflights)
    {
        IPage page = await OpenAsync();
        foreach (string query in (string[])["?a", "?a", "?a", "?b"])
        {
            // Without 'no-store', which Chromium heeds for permissions too.
            await page.EvaluateAsync($"() => fetch('https://127.0.0.1:{_asked.Port}/{path}{query}', {"{"} method: 'PUT' {"}"}).then(answer => answer.text())");
        }

        Assert.Equal((4, preflights), (_asked.Events.Count(asked => asked == $"PUT /{path}"), _asked.Events.Count(asked => asked == $"OPTIONS /{path}")));
    }

    [Fact]
    public async Task Fields_are_read_where_they_are_exposed()
    {
        IPage page = await OpenAsync();
        string fields = await page.EvaluateAsync<string>($$"""
            async () => {
                const answer = await fetch('https://127.0.0.1:{{_asked.Port}}/simple');
                return [answer.headers.get('X-Shown'), answer.headers.get('X-Hidden'), answer.type].join(' ');
            }
            """);

        Assert.Equal("seen  cors", fields);
    }

    [Fact]
    public async Task Cookies_come_and_the_answer_is_read_only_where_credentials_are_allowed()
    {
        IPage page = await OpenAsync();
        await page.Context.AddCookiesAsync([new Cookie { Name = "c", Value = "1", Domain = "localhost", Path = "/", Secure = true }]);

        // Another port of the same name is another origin, to which the user's cookies go nevertheless.
        foreach (string way in (string[])["viaFetch", "viaXhr"])
        {
            Assert.Equal("200 signed c=1", await Ask(page, way, "GET", "signed", credentials: true, host: "localhost"));
            Assert.Equal("200 signed ", await Ask(page, way, "GET", "signed", host: "localhost"));
            Assert.Equal("refused", await Ask(page, way, "GET", "simple", credentials: true, host: "localhost"));
            Assert.Equal("refused", await Ask(page, way, "GET", "public", credentials: true, host: "localhost"));
            Assert.Equal("refused", await Ask(page, way, "GET", "others", credentials: true, host: "localhost"));
        }
    }

    [Fact]
    public async Task What_the_cache_keeps_of_a_request_without_Origin_is_not_given_to_a_page_that_asks_with_one()
    {
        IPage page = await OpenAsync();
        string result = await page.EvaluateAsync<string>($$"""
            async () => {
                await fetch('https://127.0.0.1:{{_asked.Port}}/cached', { mode: 'no-cors' });
                return await (await fetch('https://127.0.0.1:{{_asked.Port}}/cached')).text();
            }
            """);

        Assert.Equal("cached", result);
    }

    [Fact]
    public async Task A_sandboxed_frame_has_the_origin_null()
    {
        IPage page = await OpenAsync();
        string result = await page.EvaluateAsync<string>($$"""
            () => new Promise(resolve => {
                addEventListener('message', event => resolve(event.data));
                const frame = document.createElement('iframe');
                frame.sandbox = 'allow-scripts';
                frame.srcdoc = `<script>
                    const ask = path => fetch('https://127.0.0.1:{{_asked.Port}}/' + path).then(answer => answer.text(), () => 'refused');
                    Promise.all([ask('sandboxed'), ask('simple'), ask('public')]).then(all => parent.postMessage(all.join(' '), '*'));
                </` + 'script>';
                document.body.append(frame);
            })
            """);

        Assert.Equal("sandboxed refused public", result);
    }

    private async Task<string> Ask(IPage page, string way, string method, string path, string headers = "{}", bool credentials = false, string host = "127.0.0.1") =>
        await page.EvaluateAsync<string>(
            $"() => {way}({JsonSerializer.Serialize(method)}, 'https://{host}:{_asked.Port}/{path}', {headers}, {(credentials ? "true" : "false")})");

    private async Task<IPage> OpenAsync()
    {
        IPage page = await _browser.NewPageAsync();
        await page.AddInitScriptAsync("""
            const told = cookie => cookie === null ? '' : ` ${cookie}`;
            window.viaFetch = (method, url, headers, credentials) => fetch(url, { method, headers, credentials: credentials ? 'include' : 'same-origin', cache: 'no-store' })
                .then(async answer => `${answer.status} ${await answer.text()}${told(answer.headers.get('X-Cookie'))}`, () => 'refused');
            window.viaXhr = (method, url, headers, credentials) => new Promise(resolve => {
                const request = new XMLHttpRequest();
                request.open(method, url + '?' + performance.now()); // which has no cache: 'no-store'
                request.withCredentials = credentials;
                for (const name in headers) request.setRequestHeader(name, headers[name]);
                request.onload = () => resolve(`${request.status} ${request.responseText}${told(request.getResponseHeader('X-Cookie'))}`);
                request.onerror = () => resolve('refused');
                request.send();
            });
            """);
        await page.GotoAsync($"https://localhost:{_pages.Port}/");
        return page;
    }
}
