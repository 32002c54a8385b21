using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Roundtrip.Site.Tests.Wsgi.Support;

namespace Roundtrip.Site.Tests.Wsgi;

/// <summary>PEP 3333, asked over HTTP with real workers. The application is one for all; each test asks for its own path.</summary>
public class ApplicationTests : IDisposable
{
    private static readonly byte[] Data = RandomNumberGenerator.GetBytes(300_000);

    private readonly ApplicationSite _site;

    private const string Conf = """
        WSGIDaemonProcess all threads=4
        WSGIProcessGroup all
        WSGIApplicationGroup %{GLOBAL}
        WSGIScriptAlias / app.wsgi
        """;

    public ApplicationTests()
        : this("")
    {
    }

    /// <param name="pythonHome">The interpreter's folder; empty for the system's.</param>
    protected ApplicationTests(string pythonHome)
    {
        _site = new ApplicationSite(Pep3333Application.Text, Conf, new SimpleWorkers { With = definition => definition with { PythonHome = pythonHome } });
        File.WriteAllBytes(Path.Combine(_site.Folder, "data.bin"), Data);
    }

    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool isDisposing) => _site.Dispose();

    protected Task<string> Get(string path) => _site.Get(path);

    [Theory]
    [InlineData("hello", "Hello")]
    [InlineData("generator", "0,1,2,3,4,")]
    [InlineData("sized", "abcd")]
    [InlineData("lazy", "lazy")]
    [InlineData("write", "one two three")]
    [InlineData("empty", "")]
    [InlineData("replaced", "sorry")]
    [InlineData("closing", "ab")]
    [InlineData("unread", "unread")]
    [InlineData("method", "GET")]
    public async Task What_is_right_by_PEP_3333_is_sent_as_it_is(string path, string content)
    {
        Assert.Equal(content, await (await _site.Send(HttpMethod.Get, path)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        // And the server's own objects are what wsgiref.validate wants of them.
        if (path is not "lazy" and not "replaced")
        {
            Assert.Equal(content, await (await _site.Send(HttpMethod.Get, "valid/" + path)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("before", "KeyError")]
    [InlineData("split", "CR or LF")]
    [InlineData("control", "can stand in no response")]
    [InlineData("badname", "can stand in no response")]
    [InlineData("hop", "the field Connection")]
    [InlineData("badlength", "Content-Length")]
    [InlineData("text", "content must be bytes")]
    [InlineData("uncalled", "start_response")]
    [InlineData("exits", "SystemExit")]
    public async Task What_is_wrong_before_anything_was_sent_is_500_with_the_reason_in_the_log(string path, string reason)
    {
        using HttpResponseMessage response = await _site.Send(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        string page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("<p>The server encountered an internal error", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Traceback", page, StringComparison.Ordinal);
        await Task.Run(() => SpinWait.SpinUntil(() => Said(reason), 5000), TestContext.Current.CancellationToken);
        Assert.True(Said(reason), _site.ErrorLogText + string.Join('\n', _site.Workers.Lines));
        Assert.Equal("Hello", await _site.Get("hello"));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("shortlist")]
    [InlineData("after")]
    [InlineData("after_info")]
    public async Task What_goes_wrong_later_cuts_the_response_so_that_the_client_can_tell(string path)
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => _site.Get(path));
        Assert.Equal("Hello", await _site.Get("hello"));
    }

    [Fact]
    public async Task Content_beyond_Content_Length_is_left_out() => Assert.Equal("long", await _site.Get("long"));

    [Fact]
    public async Task Close_is_called_once_on_success_on_failure_and_when_the_client_leaves()
    {
        await _site.Get("closing");
        await Assert.ThrowsAsync<HttpRequestException>(() => _site.Get("closing_failed"));
        using (HttpResponseMessage left = await _site.Client.GetAsync("closing_long", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.OK, left.StatusCode);
        }

        foreach (string name in (string[])["ok", "failed", "left"])
        {
            await Until(async () => await _site.Get("closes?" + name) == "1");
            Assert.Equal("1", await _site.Get("closes?" + name));
        }
    }

    [Theory]
    [InlineData("none", 204)]
    [InlineData("unmodified", 304)]
    public async Task A_status_without_content_has_none(string path, int status)
    {
        string response = await _site.Raw($"GET /{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", response, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", response, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello", true)]
    [InlineData("generator", false)]
    public async Task HEAD_has_the_fields_and_no_content(string path, bool hasLength)
    {
        string response = await _site.Raw($"HEAD /{path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.EndsWith("\r\n\r\n", response, StringComparison.Ordinal);
        Assert.Equal(hasLength, response.Contains("Content-Length: 5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_method_and_status_class_goes_through()
    {
        foreach (string method in (string[])["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "BREW"])
        {
            using HttpResponseMessage response = await _site.Send(new HttpMethod(method), "method");
            Assert.Equal(method, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        foreach (int status in (int[])[200, 201, 202, 206, 299, 300, 301, 302, 307, 400, 404, 410, 418, 451, 499, 500, 502, 503, 599])
        {
            using HttpResponseMessage response = await _site.Send(HttpMethod.Get, $"status?{status}");
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal("content", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task The_reason_phrase_is_the_applications_where_the_version_has_one()
    {
        string response = await _site.Raw("GET /reason HTTP/1.1\r\nHost: a\r\n\r\nGET /reason HTTP/1.1\r\nHost: a\r\n\r\nGET /before HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.Equal(3, response.Split("HTTP/1.1 299 Quite Fine\r\nServer: ").Length);

        // It is that response's alone.
        Assert.Contains("HTTP/1.1 500 Internal Server Error\r\nServer: ", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_may_have_several_lines()
    {
        using HttpResponseMessage response = await _site.Send(HttpMethod.Get, "cookies");

        Assert.Equal(["a=1", "b=2"], response.Headers.GetValues("Set-Cookie"));
    }

    [Fact]
    public async Task A_head_of_more_than_64_KiB_is_sent()
    {
        string response = await _site.Raw("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.Contains(new string('b', 70000), response, StringComparison.Ordinal);
        Assert.EndsWith("big", response, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Early_hints_are_an_interim_response_to_whom_is_known_to_understand_it()
    {
        string unknown = await _site.Raw("GET /hints HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", unknown, StringComparison.Ordinal);

        string response = await _site.Raw("GET /hints HTTP/1.1\r\nHost: a\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n\r\nHTTP/1.1 200 OK\r\n", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(8 * 1024, false)]
    [InlineData(16 * 1024, false)]
    [InlineData((16 * 1024) + 1, false)]
    [InlineData(64 * 1024, false)]
    [InlineData(1024 * 1024, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(8 * 1024, true)]
    [InlineData(64 * 1024, true)]
    [InlineData(1024 * 1024, true)]
    public async Task Content_comes_whole_by_length_and_chunked_over_both_versions(int length, bool isChunked)
    {
        byte[] content = RandomNumberGenerator.GetBytes(length);
        string expected = $"{length} {Convert.ToHexStringLower(SHA256.HashData(content))}";
        foreach (Version version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var digest = new HttpRequestMessage(HttpMethod.Post, "digest") { Content = Body(), Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using HttpResponseMessage response = await _site.Client.SendAsync(digest, TestContext.Current.CancellationToken);
            Assert.Equal(expected, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            using var echo = new HttpRequestMessage(HttpMethod.Post, "echo") { Content = Body(), Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using HttpResponseMessage echoed = await _site.Client.SendAsync(echo, TestContext.Current.CancellationToken);
            Assert.Equal(content, await echoed.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }

        HttpContent Body() => isChunked ? new StreamContent(new Unsized(content)) : new ByteArrayContent(content);
    }

    [Fact]
    public async Task Lines_of_content_are_read_one_by_one()
    {
        using HttpResponseMessage response = await _site.Send(HttpMethod.Post, "lines", new StreamContent(new Unsized("one\ntwo\n\nend"u8.ToArray())));

        Assert.Equal("[b'one\\n', b'two\\n', b'\\n', b'end']", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_client_that_waits_for_100_gets_it_when_the_application_reads()
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _site.Port, TestContext.Current.CancellationToken);
        Stream stream = client.GetStream();
        await stream.WriteAsync("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        byte[] interim = new byte[25];
        await stream.ReadExactlyAsync(interim, TestContext.Current.CancellationToken);
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", Encoding.ASCII.GetString(interim));
        await stream.WriteAsync("12345"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.EndsWith("12345", await new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        string unasked = await _site.Raw("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", unasked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_that_reads_when_its_response_is_complete_is_told_that_there_is_no_more()
    {
        string response = await _site.Raw("POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\nConnection: close\r\n\r\nabc");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", response, StringComparison.Ordinal);
        await Until(async () => await _site.Get("closes?late") == "ClientGone");
    }

    [Fact]
    public async Task A_client_that_breaks_off_is_an_error_of_the_input()
    {
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, _site.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync("POST /broken HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc"u8.ToArray(), TestContext.Current.CancellationToken);
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        await Until(async () => await _site.Get("closes?broken") == "ClientGone");
    }

    [Theory]
    [InlineData("file", 0, 300_000)]
    [InlineData("file?1234", 1234, 300_000 - 1234)]
    [InlineData("file_length", 0, 1000)]
    public async Task A_file_in_the_wrapper_is_sent_from_its_offset(string path, int offset, int length)
    {
        using HttpResponseMessage response = await _site.Send(HttpMethod.Get, path);

        Assert.Equal(length, response.Content.Headers.ContentLength);
        Assert.Equal(Data.AsSpan(offset, length).ToArray(), await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_no_file_in_the_wrapper_is_read() => Assert.Equal("from a pipe", await _site.Get("pipe"));

    [Fact]
    public async Task A_child_of_a_fork_never_answers()
    {
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("the parent", await _site.Get("fork"));
            Assert.Equal("Hello", await _site.Get("hello"));
        }
    }

    [Fact]
    public async Task The_environ_says_what_was_asked()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "deep/environ?x=%2F") { Content = new ByteArrayContent([1, 2, 3]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/x-test");
        request.Headers.TryAddWithoutValidation("Proxy", "http://evil/");
        request.Headers.TryAddWithoutValidation("X-One", "1");
        request.Headers.TryAddWithoutValidation("Authorization", "Basic eDp5");
        using HttpResponseMessage response = await _site.Client.SendAsync(request, TestContext.Current.CancellationToken);
        string[] environ = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n');

        foreach (string variable in (string[])
            [
                "REQUEST_METHOD=POST", "SCRIPT_NAME=", "PATH_INFO=/deep/environ", "QUERY_STRING=x=%2F", "CONTENT_TYPE=text/x-test", "CONTENT_LENGTH=3", "SERVER_PROTOCOL=HTTP/1.1", "HTTP_X_ONE=1",
                $"HTTP_HOST=127.0.0.1:{_site.Port}", $"SERVER_PORT={_site.Port}", "REMOTE_ADDR=127.0.0.1", "wsgi.url_scheme=http", "mod_wsgi.process_group=all", "mod_wsgi.application_group=",
                "mod_wsgi.callable_object=application", "mod_wsgi.script_reloading=1", $"SCRIPT_FILENAME={_site.Folder}/app.wsgi",
            ])
        {
            Assert.Contains(variable, environ);
        }

        Assert.DoesNotContain(environ, variable => variable.StartsWith("HTTP_PROXY", StringComparison.Ordinal) || variable.StartsWith("HTTP_AUTHORIZATION", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_facts_about_threads_and_processes_are_true() => Assert.Equal("[True, False, False, (1, 0), 'http', True]", await _site.Get("facts"));

    [Fact]
    public async Task What_is_said_in_a_request_has_its_number()
    {
        await _site.Get("says");

        await Until(() => Task.FromResult(_site.Workers.Lines.Count(line => line is { Request: > 0, Text: "printed" or "an error" }) == 2));
    }

    [Fact]
    public async Task A_slow_client_holds_the_application_back_and_gets_all()
    {
        string expected = string.Concat(Enumerable.Range(0, 1024).SelectMany(i => Enumerable.Repeat($"{i:D7}\n", 128)));
        using HttpResponseMessage response = await _site.Client.GetAsync("megabyte", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using Stream stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);

        Assert.Equal("Hello", await _site.Get("hello"));
        Assert.Equal(expected, await new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Content_of_one_large_piece_has_its_length()
    {
        using HttpResponseMessage response = await _site.Send(HttpMethod.Get, "whole");
        Assert.Equal(2_500_000, response.Content.Headers.ContentLength);
        Assert.Equal(string.Concat(Enumerable.Repeat("0123456789", 250_000)), await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    public async Task Pieces_of_all_sizes_come_in_order(int delay)
    {
        string expected = string.Concat(Enumerable.Range(0, 60).SelectMany(i => Enumerable.Repeat($"{i:D7}\n", i * 97 % 30000)));
        using HttpResponseMessage response = await _site.Client.GetAsync("uneven", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await Task.Delay(delay, TestContext.Current.CancellationToken);
        Assert.Equal(expected, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_application_may_answer_while_it_reads_to_a_client_that_reads_late()
    {
        byte[] content = RandomNumberGenerator.GetBytes(3_000_000);
        using var request = new HttpRequestMessage(HttpMethod.Post, "relay") { Content = new TwoWay(content), Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using HttpResponseMessage response = await _site.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(content, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    private bool Said(string text) => _site.ErrorLogText.Contains(text, StringComparison.Ordinal) || _site.Workers.Lines.Any(line => line.Text.Contains(text, StringComparison.Ordinal));

    private static async Task Until(Func<Task<bool>> holds)
    {
        for (int i = 0; i < 250; i++)
        {
            if (await holds())
            {
                return;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Fail("it does not come true");
    }

    /// <summary>Content that is still being sent when the response comes, which HttpClient allows for none of its own kinds.</summary>
    private sealed class TwoWay(byte[] content) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(content, TestContext.Current.CancellationToken).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>A stream whose length nobody is told, so that it is sent chunked.</summary>
    private sealed class Unsized(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
