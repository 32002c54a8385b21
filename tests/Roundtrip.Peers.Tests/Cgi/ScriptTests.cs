using System.Security.Cryptography;

namespace Roundtrip.Peers.Tests.Cgi;

/// <summary>Scripts in the languages that people write them in, each in a process of its own (RFC 3875).</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_shell_script_is_told_of_its_request_by_the_variables_of_section_4_1()
    {
        Script("env.sh", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nenv\n");
        using RoundtripProcess server = Serve();
        string[] lines = Curl("-H", "Proxy: http://evil.example", "-H", "Authorization: Basic YTpi", "-H", "X-Of-Mine: 1", $"{server.Http}cgi-bin/env.sh/more/of%20it?a=b&c").Split('\n');

        Assert.Contains("GATEWAY_INTERFACE=CGI/1.1", lines);
        Assert.Contains("REQUEST_METHOD=GET", lines);
        Assert.Contains("SCRIPT_NAME=/cgi-bin/env.sh", lines);
        Assert.Contains("PATH_INFO=/more/of it", lines);
        Assert.Contains($"PATH_TRANSLATED={_folder.Path}/more/of it", lines);
        Assert.Contains("QUERY_STRING=a=b&c", lines);
        Assert.Contains("SERVER_PROTOCOL=HTTP/1.1", lines);
        Assert.Contains("REMOTE_ADDR=127.0.0.1", lines);
        Assert.Contains($"SERVER_PORT={server.HttpPort}", lines);
        Assert.Contains("HTTP_X_OF_MINE=1", lines);
        Assert.Contains($"PWD={_folder.Path}/cgi-bin", lines);
    }

    [Fact]
    public void No_script_sees_a_proxy_of_the_clients_choice_nor_his_credentials_nor_the_servers_environment()
    {
        Script("env.sh", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nenv\n");
        using RoundtripProcess server = Serve();
        string text = Curl("-H", "Proxy: http://evil.example", "-H", "Authorization: Basic YTpi", "-H", "X_Of_Mine: 1", $"{server.Http}cgi-bin/env.sh");

        Assert.Contains("GATEWAY_INTERFACE", text, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP_PROXY", text, StringComparison.Ordinal);
        Assert.DoesNotContain("YTpi", text, StringComparison.Ordinal);
        Assert.DoesNotContain("OF_MINE", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("XDG_DATA_HOME", text, StringComparison.Ordinal);
    }

    [Fact]
    public void CGIPassAuth_shows_the_credentials()
    {
        Script("env.sh", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nenv\n");
        using RoundtripProcess server = Serve($"<Directory {_folder.Path}/cgi-bin>\nCGIPassAuth On\n</Directory>\n");

        Assert.Contains("HTTP_AUTHORIZATION=Basic YTpi\n", Curl("-H", "Authorization: Basic YTpi", $"{server.Http}cgi-bin/env.sh"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shell", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nhello'\n")]
    [InlineData("perl", "#!/usr/bin/perl\nprint \"Content-Type: text/plain\\n\\nhello\";\n")]
    [InlineData("python", "#!/usr/bin/python3\nfrom wsgiref.handlers import CGIHandler\ndef app(environ, start):\n    start('200 OK', [('Content-Type', 'text/plain')])\n    return [b'hello']\nCGIHandler().run(app)\n")]
    [InlineData("nph-raw", "#!/bin/sh\nprintf 'HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\nhello'\n")]
    public void A_script_answers_over_both_versions(string name, string text)
    {
        Script(name, text);
        using RoundtripProcess server = Serve();

        Assert.Equal("hello 200 1.1 text/plain", Curl("-w", " %{http_code} %{http_version} %{content_type}", $"{server.Http}cgi-bin/{name}"));
        Assert.Equal("hello 200 2 text/plain", Curl("-k", "--http2", "-w", " %{http_code} %{http_version} %{content_type}", $"{server.Https}cgi-bin/{name}"));
        Assert.StartsWith("HTTP/1.1 200 ", Curl("-I", $"{server.Http}cgi-bin/{name}"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_nph_script_says_its_own_status_and_fields_and_frames_nothing()
    {
        Script("nph-own", "#!/bin/sh\nprintf 'HTTP/1.1 299 My Own\\r\\nServer: mine\\r\\nX-A: b\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\n\\r\\n'\n");
        using RoundtripProcess server = Serve();
        using var client = new RawClient(server.HttpPort);
        client.Send("GET /cgi-bin/nph-own HTTP/1.1\r\nHost: a\r\n\r\n");
        string answer = client.ReadToEnd(out bool wasReset);
        string[] parts = answer.Split("\r\n\r\n", 2);

        Assert.False(wasReset);
        Assert.StartsWith("HTTP/1.1 299 My Own\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nX-A: b\r\n", parts[0], StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close", parts[0], StringComparison.Ordinal);
        Assert.DoesNotContain("mine", parts[0], StringComparison.Ordinal);

        // What it has made look like the end of a response, and another, is content.
        string content = "0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
        Assert.Equal(content, Run.Program("curl", "-s", $"{server.Http}cgi-bin/nph-own").Text);
        Assert.Equal(content + " 299 2", Curl("-k", "--http2", "-w", " %{http_code} %{http_version}", $"{server.Https}cgi-bin/nph-own"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8 * 1024)]
    [InlineData(64 * 1024)]
    [InlineData(1024 * 1024)]
    public void Content_goes_through_a_script_unchanged_by_length_and_chunked_over_both_versions(int length)
    {
        Script("echo", "#!/bin/sh\nprintf 'Content-Type: application/octet-stream\\n\\n'\nexec cat\n");
        byte[] content = RandomNumberGenerator.GetBytes(length);
        _folder.Write("content.bin", content);
        using RoundtripProcess server = Serve();
        string data = $"@{_folder.Path}/content.bin";

        Assert.Equal(content, Run.Program("curl", "-s", "--data-binary", data, $"{server.Http}cgi-bin/echo").Output);
        Assert.Equal(content, Run.Program("curl", "-s", "-H", "Transfer-Encoding: chunked", "--data-binary", data, $"{server.Http}cgi-bin/echo").Output);
        Assert.Equal(content, Run.Program("curl", "-sk", "--http2", "--data-binary", data, $"{server.Https}cgi-bin/echo").Output);
    }

    [Fact]
    public void A_local_redirect_is_answered_without_a_round_trip_and_another_by_302()
    {
        Script("local", "#!/bin/sh\nprintf 'Location: /page.txt\\n\\n'\n");
        Script("away", "#!/bin/sh\nprintf 'Location: https://example.org/\\n\\n'\n");
        Script("round", "#!/bin/sh\nprintf 'Location: /cgi-bin/round\\n\\n'\n");
        _folder.Write("page.txt", "the page");
        using RoundtripProcess server = Serve();

        Assert.Equal("the page 200", Curl("-w", " %{http_code}", $"{server.Http}cgi-bin/local"));
        Assert.EndsWith(" 302 https://example.org/", Curl("-w", " %{http_code} %{redirect_url}", $"{server.Http}cgi-bin/away"), StringComparison.Ordinal);
        Assert.EndsWith(" 500", Curl("-w", " %{http_code}", $"{server.Http}cgi-bin/round"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200 hello", "Content-Length: 5\\n\\nhello, and more")]
    [InlineData("404 hello", "Status: 404 Not Found\\nContent-Type: text/plain\\n\\nhello")]
    [InlineData("204 ", "Status: 204\\n\\nhello")]
    [InlineData("304 ", "Status: 304\\n\\nhello")]
    public void A_status_and_a_length_are_held_to(string expected, string output)
    {
        Script("says", $"#!/bin/sh\nprintf '{output}'\n");
        using RoundtripProcess server = Serve();
        string answer = Curl("-i", $"{server.Http}cgi-bin/says");
        string[] parts = answer.Split("\r\n\r\n", 2);

        Assert.Equal(expected, $"{answer.Split(' ')[1]} {(parts.Length > 1 ? parts[1] : "")}");
    }

    [Fact]
    public void A_handler_by_name_needs_ExecCGI_and_a_ScriptAlias_does_not()
    {
        const string Hello = "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nhello'\n";
        foreach (string name in (string[])["on/a.cgi", "off/a.cgi", "one.sh", "cgi-bin/a"])
        {
            Script($"../{name}", Hello);
        }

        using RoundtripProcess server = Serve($"""
            AddHandler cgi-script .cgi
            ScriptAlias /single {_folder.Path}/one.sh
            <Directory {_folder.Path}/on>
                Options +ExecCGI
            </Directory>

            """);

        Assert.Equal("hello 200", Curl("-w", " %{http_code}", $"{server.Http}on/a.cgi"));
        Assert.Equal("hello 200", Curl("-w", " %{http_code}", $"{server.Http}single"));
        Assert.EndsWith(" 403", Curl("-w", " %{http_code}", $"{server.Http}off/a.cgi"), StringComparison.Ordinal);
        Assert.EndsWith(" 404", Curl("-w", " %{http_code}", $"{server.Http}cgi-bin/missing"), StringComparison.Ordinal);
        Assert.EndsWith(" 403", Curl("-w", " %{http_code}", $"{server.Http}cgi-bin/"), StringComparison.Ordinal);
        server.UntilLogged("Options ExecCGI is off in this directory");
    }

    [Fact]
    public void A_query_without_an_equals_sign_is_a_scripts_arguments_but_never_an_option()
    {
        Script("words", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nfor word; do echo \"[$word]\"; done\n");
        using RoundtripProcess server = Serve();

        Assert.Equal("[a b]\n[$(id)]\n", Curl($"{server.Http}cgi-bin/words?a%20b+%24(id)"));
        Assert.Equal("", Curl($"{server.Http}cgi-bin/words?a=b"));
        Assert.Equal("", Curl($"{server.Http}cgi-bin/words?-s"));
        Assert.Equal("", Curl($"{server.Http}cgi-bin/words?%2ds"));
    }

    private void Script(string name, string text)
    {
        _folder.Write($"cgi-bin/{name}", text);
        File.SetUnixFileMode(Path.Combine(_folder.Path, "cgi-bin", name), (UnixFileMode)0b111_101_101);
    }

    private RoundtripProcess Serve(string more = "")
    {
        _folder.Write("site.conf", $"ScriptAlias /cgi-bin/ {_folder.Path}/cgi-bin/\n{more}");
        return new RoundtripProcess(_folder.Path);
    }

    private static string Curl(params string[] arguments) => Run.Program("curl", ["-s", "--max-time", "20", .. arguments]).Text;

    public void Dispose() => _folder.Dispose();
}
