using System.Net;
using System.Security.Cryptography;
using Roundtrip.Site.Tests.Cgi.Support;

namespace Roundtrip.Site.Tests.Cgi;

/// <summary>Scripts of the shell, asked over HTTP (RFC 3875).</summary>
public sealed class ScriptTests
{
    private const string Environment = "printf 'Content-Type: text/plain\\n\\n'\nenv | LC_ALL=C sort\nprintf 'args=%s\\n' \"$#\"\nfor a; do printf 'arg=%s\\n' \"$a\"; done\npwd";

    private const string Echo = "printf 'Content-Type: application/octet-stream\\n\\n'\ncat";

    private static readonly Version Http11 = HttpVersion.Version11;
    private static readonly Version Http2 = HttpVersion.Version20;

    public static TheoryData<int, bool, int> Bodies()
    {
        var rows = new TheoryData<int, bool, int>();
        foreach (int size in (int[])[0, 1, 8192, 65536, 1 << 20])
        {
            rows.Add(size, false, 1);
            rows.Add(size, true, 1);
            rows.Add(size, false, 2);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_goes_to_the_script_and_comes_back_the_same(int size, bool isChunked, int version)
    {
        using var site = new CgiSite("", ("cgi-bin/echo", Echo));
        byte[] body = RandomNumberGenerator.GetBytes(size);
        HttpContent content = isChunked ? new Duplex(body, null) : new Duplex(body, size);

        using HttpResponseMessage response = await site.Send(HttpMethod.Post, "/cgi-bin/echo", content, version == 2 ? Http2 : Http11);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(SHA256.HashData(body), SHA256.HashData(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task The_variables_of_section_4_are_there_and_HTTP_PROXY_is_not()
    {
        using var site = new CgiSite("SetEnv GREETING hello", ("cgi-bin/env", Environment));
        string text = await site.Raw("GET /cgi-bin/env/extra%20path?a=1&b=2 HTTP/1.1\r\nHost: example.com\r\nProxy: http://evil/\r\nX-Test: one\r\nx-test: two\r\nX_Test: forged\r\nAuthorization: Basic eA==\r\nConnection: close\r\n\r\n");

        foreach (string line in (string[])["GATEWAY_INTERFACE=CGI/1.1", "REQUEST_METHOD=GET", "QUERY_STRING=a=1&b=2", "SCRIPT_NAME=/cgi-bin/env", "PATH_INFO=/extra path",
            $"PATH_TRANSLATED={site.Folder}/htdocs/extra path", $"SCRIPT_FILENAME={site.Folder}/cgi-bin/env", "REQUEST_URI=/cgi-bin/env/extra%20path?a=1&b=2", "SERVER_PROTOCOL=HTTP/1.1",
            "SERVER_NAME=example.com", "REMOTE_ADDR=127.0.0.1", $"SERVER_PORT={site.Port}", "HTTP_X_TEST=one, two", "GREETING=hello", "args=0", $"{site.Folder}/cgi-bin"])
        {
            Assert.Contains(line + "\n", text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("HTTP_PROXY", text, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP_AUTHORIZATION", text, StringComparison.Ordinal);
        Assert.DoesNotContain("DOTNET", text, StringComparison.Ordinal);
        Assert.DoesNotContain("HOME=", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?one+two%20three", "args=2\narg=one\narg=two three\n")]
    [InlineData("?a=b", "args=0\n")]
    [InlineData("?-s+x", "args=0\n")]
    [InlineData("?%2Ds", "args=0\n")]
    [InlineData("?x+-s", "args=0\n")]
    [InlineData("?x%00y", "args=0\n")]
    [InlineData("?$(id)+;reboot", "args=2\narg=$(id)\narg=;reboot\n")]
    public async Task Words_of_a_search_are_arguments_and_never_options(string query, string expected)
    {
        using var site = new CgiSite("", ("cgi-bin/env", Environment));

        Assert.Contains(expected, await site.Raw($"GET /cgi-bin/env{query} HTTP/1.0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_inherits_three_descriptors()
    {
        using var site = new CgiSite("", ("cgi-bin/fds", "printf 'A: b\\n\\n'\nls /proc/$$/fd"));

        // 10 or so is where the shell holds its own text.
        string[] numbers = (await site.Get("/cgi-bin/fds")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["0", "1", "2"], numbers.Where(static number => int.Parse(number, null) < 10));
        Assert.True(numbers.Length <= 4, string.Join(' ', numbers));
    }

    [Theory]
    [InlineData("/run/a.cgi/behind", "/run/a.cgi/behind?q=1", "")]
    [InlineData("/run/a.cgi/be%20hind?q=1", "/run/a.cgi/be hind", "<Location /run>\nCGIVar REQUEST_URI current-uri\n</Location>")]
    [InlineData("/page.own/behind?q=1", "/page.own/behind?q=1", "")]
    [InlineData("/page.own/behind?q=1", "/cgi-bin/uri/page.own/behind", "<Directory @FOLDER@>\nCGIVar REQUEST_URI current-uri\n</Directory>")]
    [InlineData("/from", "/cgi-bin/from", "")]
    [InlineData("/from", "/run/a.cgi", "<Directory @FOLDER@>\nCGIVar REQUEST_URI current-uri\n</Directory>")]
    public async Task REQUEST_URI_is_what_the_client_asked_for_or_by_CGIVar_the_path_that_led_to_the_script(string target, string expected, string more)
    {
        const string Uri = "printf 'Content-Type: text/plain\\n\\n%s' \"$REQUEST_URI\"";
        using var site = new CgiSite(
            $"AddHandler cgi-script .cgi\nOptions +ExecCGI\nAddHandler own .own\nAction own /cgi-bin/uri\n{more}",
            ("htdocs/run/a.cgi", Uri), ("cgi-bin/uri", Uri), ("htdocs/page.own", ""), ("cgi-bin/from", "printf 'Location: /run/a.cgi\\n\\n'"));

        Assert.Equal(expected, await site.Get(target == "/from" ? "/cgi-bin/from" : target.Contains('?', StringComparison.Ordinal) ? target : target + "?q=1"));
    }

    [Theory]
    [InlineData("", "/run/a.cgi/behind", 200)]
    [InlineData("AcceptPathInfo On", "/run/a.cgi/behind", 200)]
    [InlineData("AcceptPathInfo Off", "/run/a.cgi/behind", 404)]
    [InlineData("AcceptPathInfo Off", "/run/a.cgi", 200)]
    [InlineData("AcceptPathInfo Off", "/cgi-bin/a/behind", 404)]
    [InlineData("AcceptPathInfo Off", "/cgi-bin/a", 200)]
    [InlineData("", "/file.txt/behind", 404)]
    [InlineData("AcceptPathInfo Default", "/file.txt/behind", 404)]
    [InlineData("AcceptPathInfo On", "/file.txt/behind/it", 200)]
    [InlineData("AcceptPathInfo On", "/file.txt/", 200)]
    [InlineData("AcceptPathInfo On\n<Files file.txt>\nRequire all denied\n</Files>", "/file.txt/behind", 403)]
    [InlineData("AcceptPathInfo On", "/.hidden/behind", 404)]
    [InlineData("AcceptPathInfo On", "/none/behind", 404)]
    public async Task AcceptPathInfo_says_whether_a_path_goes_on_behind_a_file(string conf, string target, int status)
    {
        using var site = new CgiSite(
            $"AddHandler cgi-script .cgi\nOptions +ExecCGI\n{conf}", ("htdocs/run/a.cgi", Echo), ("cgi-bin/a", Echo), ("htdocs/file.txt", "text"), ("htdocs/.hidden", "text"));
        using HttpResponseMessage first = await site.Send(HttpMethod.Get, target);
        using HttpResponseMessage kept = await site.Send(HttpMethod.Get, target);

        Assert.Equal((status, status), ((int)first.StatusCode, (int)kept.StatusCode));
    }

    [Fact]
    public async Task AddHandler_needs_ExecCGI_and_never_sends_the_source()
    {
        using var site = new CgiSite("AddHandler cgi-script .cgi\n<Location /on>\nOptions +ExecCGI\n</Location>", ("htdocs/on/a.cgi", Echo + "\necho ran"), ("htdocs/off/a.cgi", "echo secret"));

        Assert.Equal("ran\n", await site.Get("/on/a.cgi"));
        using HttpResponseMessage refused = await site.Send(HttpMethod.Get, "/off/a.cgi");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.DoesNotContain("secret", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await site.LogWith("Options ExecCGI is off in this directory");
    }

    [Theory]
    [InlineData("/cgi-bin/", HttpStatusCode.Forbidden)]
    [InlineData("/cgi-bin/missing", HttpStatusCode.NotFound)]
    [InlineData("/cgi-bin/.hidden", HttpStatusCode.NotFound)]
    [InlineData("/cgi-bin/echo%2Fx", HttpStatusCode.NotFound)]
    [InlineData("/cgi-bin/closed/x", HttpStatusCode.Forbidden)]
    [InlineData("/cgi-bin/text", HttpStatusCode.InternalServerError)]
    [InlineData("/page/x", HttpStatusCode.NotFound)]
    public async Task What_is_no_script_is_not_run(string path, HttpStatusCode status)
    {
        using var site = new CgiSite("<Files closed>\nRequire all denied\n</Files>", ("cgi-bin/echo", Echo), ("cgi-bin/closed", Echo), ("cgi-bin/.hidden", Echo), ("htdocs/page", "x"));
        File.WriteAllText($"{site.Folder}/cgi-bin/text", "no program");

        using HttpResponseMessage response = await site.Send(HttpMethod.Get, path);

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("echo hello; echo", "malformed header")]
    [InlineData("exit 3", "End of script output before headers")]
    [InlineData("printf 'A: b\\n'", "End of script output before headers")]
    [InlineData("printf 'A: '; head -c 70000 /dev/zero | tr '\\0' x; printf '\\n\\n'", "is longer than")]
    [InlineData("printf 'Location: /cgi-bin/s\\n\\n'", "internal redirects")]
    public async Task A_script_whose_output_is_no_answer_is_500_and_the_log_says_why(string text, string reason)
    {
        using var site = new CgiSite("", ("cgi-bin/s", text));

        using HttpResponseMessage response = await site.Send(HttpMethod.Get, "/cgi-bin/s");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("<p>The server encountered an internal error", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await site.LogWith(reason);
    }

    [Fact]
    public async Task A_local_redirect_is_answered_without_a_round_trip()
    {
        using var site = new CgiSite("", ("cgi-bin/to", "printf 'Location: /cgi-bin/env/p?q=1\\n\\n'"), ("cgi-bin/env", Environment), ("cgi-bin/page", "printf 'Location: /page.txt\\n\\n'"));
        File.WriteAllText($"{site.Folder}/htdocs/page.txt", "a page");

        using HttpResponseMessage response = await site.Send(HttpMethod.Post, "/cgi-bin/to", new StringContent("content"));
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("REQUEST_METHOD=GET\n", text, StringComparison.Ordinal);
        Assert.Contains("QUERY_STRING=q=1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nCONTENT_LENGTH", text, StringComparison.Ordinal);
        Assert.Equal("a page", await site.Get("/cgi-bin/page"));
    }

    [Theory]
    [InlineData("head -c 1000000 /dev/zero")]
    [InlineData("exec <&-; sleep 0.1; head -c 1000000 /dev/zero")]
    [InlineData("head -c 500000 /dev/zero; cat >/dev/null; head -c 500000 /dev/zero")]
    public async Task A_script_that_writes_before_it_reads_does_not_stand_still(string text)
    {
        using var site = new CgiSite("", ("cgi-bin/s", "printf 'A: b\\n\\n'\n" + text));

        using HttpResponseMessage response = await site.Send(HttpMethod.Post, "/cgi-bin/s", new ByteArrayContent(new byte[1_000_000]));

        Assert.Equal(1_000_000, (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
    }

    [Theory]
    [InlineData("HEAD", "printf 'Content-Length: 5\\n\\nhello'", 200)]
    [InlineData("GET", "printf 'Status: 204\\n\\nhello'", 204)]
    [InlineData("GET", "printf 'Status: 304\\n\\nhello'", 304)]
    public async Task An_answer_without_content_has_none(string method, string text, int status)
    {
        using var site = new CgiSite("", ("cgi-bin/s", text));

        string raw = await site.Raw($"{method} /cgi-bin/s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", raw, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Content_Length_is_enforced()
    {
        using var site = new CgiSite("", ("cgi-bin/long", "printf 'Content-Length: 4\\n\\nlonger'"), ("cgi-bin/short", "printf 'Content-Length: 10\\n\\nshort'"));

        Assert.Equal("long", await site.Get("/cgi-bin/long"));
        await Assert.ThrowsAsync<HttpRequestException>(() => site.Get("/cgi-bin/short"));
        await site.LogWith("5 bytes less than its Content-Length says");
    }

    [Fact]
    public async Task Standard_error_is_in_the_error_log_by_lines()
    {
        using var site = new CgiSite("", ("cgi-bin/s", "echo one >&2\nprintf two >&2\nprintf 'A: b\\n\\n'"));

        await site.Get("/cgi-bin/s");

        Assert.Contains("one: ", await site.LogWith("two: "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_script_is_504_and_ends()
    {
        using var site = new CgiSite("CGIScriptTimeout 1", ("cgi-bin/s", "echo $$ > \"$0.pid\"\nsleep 100"));

        using HttpResponseMessage response = await site.Send(HttpMethod.Get, "/cgi-bin/s");

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        string pid = File.ReadAllText($"{site.Folder}/cgi-bin/s.pid").Trim();
        await CgiSite.Until(() => !Directory.Exists($"/proc/{pid}"), "the script has not ended");
    }

    [Fact]
    public async Task A_client_that_is_slow_to_send_is_not_the_scripts_silence()
    {
        using var site = new CgiSite("CGIScriptTimeout 1", ("cgi-bin/s", "read x\nprintf 'A: b\\n\\n%s' \"$x\""));
        using var body = new Gate();
        Task<HttpResponseMessage> response = site.Send(HttpMethod.Post, "/cgi-bin/s", body);
        await Task.Delay(1600, TestContext.Current.CancellationToken);
        body.Open("late\n");

        using HttpResponseMessage answer = await response;
        Assert.Equal("late", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Content that is sent while the answer is read, which .NET's own kinds are not.</summary>
    private sealed class Duplex(byte[] bytes, int? length) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes, TestContext.Current.CancellationToken).AsTask();

        protected override bool TryComputeLength(out long said)
        {
            said = length ?? 0;
            return length is not null;
        }
    }

    /// <summary>Content that is sent when a test says so.</summary>
    private sealed class Gate : HttpContent
    {
        private readonly TaskCompletionSource<string> _text = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open(string text) => _text.SetResult(text);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync(TestContext.Current.CancellationToken);
            await stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(await _text.Task), TestContext.Current.CancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
