using System.Security.Cryptography;
using System.Text;

namespace Roundtrip.Peers.Tests.Cgi;

/// <summary>Scripts of every kind that people have, by ScriptAlias, AddHandler and Action, against the program itself.</summary>
public sealed class CgiTests : IDisposable
{
    private const string Configuration = """
        ScriptAlias /cgi-bin/ cgi-bin/
        ScriptAlias /one cgi-bin/env.sh
        ScriptAlias /php-program cgi-bin/php
        AddHandler cgi-script .cgi
        AddHandler php-script .php
        Action php-script /php-program
        CGIScriptTimeout 2
        ErrorDocument 410 /cgi-bin/gone.sh
        <Directory on>
            Options +ExecCGI
        </Directory>
        <Directory secret>
            Require all denied
        </Directory>
        <Location /cgi-bin/known.sh>
            CGIPassAuth On
        </Location>
        """;

    private const string Environment = "#!/bin/sh\necho 'Content-Type: text/plain'\necho \"X-Words: $*\"\necho\nenv\n";

    private readonly TemporaryFolder _folder = new();

    public CgiTests()
    {
        _folder.Write("site.conf", Configuration.Replace("<Directory ", $"<Directory {_folder.Path}/", StringComparison.Ordinal));
        _folder.Write("on/static.txt", "static\n");
        _folder.Write("secret/file.txt", "secret\n");
        _folder.Write("on/page.php", "<?php header('X-Powered-By: none'); echo \"php {$_SERVER['REQUEST_METHOD']} {$_GET['a']} \", file_get_contents('php://input');");
        Script("cgi-bin/php", "#!/bin/sh\nexec /usr/bin/php-cgi\n");
        Script("cgi-bin/env.sh", Environment);
        Script("cgi-bin/known.sh", Environment);
        Script("on/a.cgi", Environment);
        Script("off/a.cgi", Environment);
    }

    [Fact]
    public void The_environment_is_that_of_RFC_3875_and_nothing_else_of_the_servers()
    {
        using var server = new RoundtripProcess(_folder.Path);
        string[] lines = Run.Program(
            "curl", "-s", "-H", "Proxy: http://evil", "-H", "Authorization: Basic eDp5", "-H", "X-One: 1", "-H", "x-one: 2", "-H", "X_Two: 3", "-d", "content",
            $"{server.Http}cgi-bin/env.sh/ex%20tra/%e4?a=b&c=%20").Text.Split('\n');

        Assert.Superset(
            new HashSet<string>
            {
                "GATEWAY_INTERFACE=CGI/1.1", "SERVER_PROTOCOL=HTTP/1.1", "REQUEST_METHOD=POST", "QUERY_STRING=a=b&c=%20", "SCRIPT_NAME=/cgi-bin/env.sh", "PATH_INFO=/ex tra/\u00e4",
                $"PATH_TRANSLATED={_folder.Path}/ex tra/\u00e4", $"SCRIPT_FILENAME={_folder.Path}/cgi-bin/env.sh", "REQUEST_URI=/cgi-bin/env.sh/ex%20tra/%e4?a=b&c=%20", "CONTENT_LENGTH=7",
                "CONTENT_TYPE=application/x-www-form-urlencoded", "HTTP_X_ONE=1, 2", "REMOTE_ADDR=127.0.0.1", "SERVER_NAME=127.0.0.1", $"SERVER_PORT={server.HttpPort}", $"DOCUMENT_ROOT={_folder.Path}",
            },
            lines.ToHashSet());
        Assert.DoesNotContain(lines, line => line.StartsWith("HTTP_PROXY", StringComparison.Ordinal) || line.StartsWith("HTTP_AUTHORIZATION", StringComparison.Ordinal)
            || line.StartsWith("HTTP_X_TWO", StringComparison.Ordinal) || line.StartsWith("XDG_DATA_HOME", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cgi-bin/env.sh?one+two%20three", "one two three")]
    [InlineData("cgi-bin/env.sh?a=b", "")]
    [InlineData("cgi-bin/env.sh?-s", "")]
    public void A_query_without_an_equals_sign_is_the_scripts_arguments_unless_it_looks_like_an_option(string target, string words)
    {
        using var server = new RoundtripProcess(_folder.Path);

        Assert.Contains($"X-Words: {words}\r\n", Run.Program("curl", "-si", server.Http + target).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("on/a.cgi", 200)]
    [InlineData("on/a.cgi/behind/it", 200)]
    [InlineData("one/behind", 200)]
    [InlineData("off/a.cgi", 403)]
    [InlineData("off/a.cgi/behind", 403)]
    [InlineData("on/static.txt/behind", 404)]
    [InlineData("cgi-bin/", 403)]
    [InlineData("cgi-bin/nothing.sh", 404)]
    [InlineData("cgi-bin/../site.conf", 404)]
    [InlineData("cgi-bin/env.sh%00x", 404)]
    public void Only_what_is_meant_to_be_a_program_runs(string target, int status)
    {
        using var server = new RoundtripProcess(_folder.Path);

        Assert.Equal($"{status}", Run.Program("curl", "-s", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", server.Http + target).Text);
    }

    [Theory]
    [InlineData("#!/bin/sh\necho 'Status: 201 Made'\necho\necho shell", 201, "shell\n")]
    [InlineData("#!/usr/bin/perl\nprint \"Content-Type: text/plain\\r\\n\\r\\n\"; print \"perl $ENV{REQUEST_METHOD}\\n\";", 200, "perl GET\n")]
    [InlineData("#!/usr/bin/python3\nfrom wsgiref.handlers import CGIHandler\ndef a(e, s):\n    s('203 Odd', [('X-A', 'b')])\n    return [b'wsgiref ' + e['PATH_INFO'].encode()]\nCGIHandler().run(a)", 203, "wsgiref /in")]
    [InlineData("#!/bin/sh\necho 'Location: /on/static.txt'\necho", 200, "static\n")]
    [InlineData("#!/bin/sh\necho 'Location: /secret/file.txt'\necho", 403, null)]
    [InlineData("#!/bin/sh\necho 'Location: /cgi-bin/script.sh'\necho", 500, null)]
    [InlineData("#!/bin/sh\necho 'Status: 410 Gone'\necho\necho own", 410, "own\n")]
    [InlineData("#!/bin/sh\necho no header", 500, null)]
    [InlineData("#!/bin/sh\nexit 3", 500, null)]
    [InlineData("#!/no/such/interpreter\n", 500, null)]
    [InlineData("#!/bin/sh\nsleep 30", 504, null)]
    public void Each_script_is_answered_as_it_says_or_as_its_failure_is(string script, int status, string? content)
    {
        Script("cgi-bin/script.sh", script);
        using var server = new RoundtripProcess(_folder.Path);
        string answer = Run.Program("curl", "-s", "-w", "\n%{http_code}", $"{server.Http}cgi-bin/script.sh/in").Text;
        int end = answer.LastIndexOf('\n');

        Assert.Equal($"{status}", answer[(end + 1)..]);
        if (content is not null)
        {
            Assert.Equal(content, answer[..end]);
        }
    }

    [Fact]
    public void What_a_script_says_on_standard_error_stands_in_the_log_with_what_became_of_it()
    {
        Script("cgi-bin/script.sh", "#!/bin/sh\necho 'what went wrong' >&2\necho garbage\necho\n");
        using var server = new RoundtripProcess(_folder.Path);
        _ = Run.Program("curl", "-s", $"{server.Http}cgi-bin/script.sh");
        string errors = server.Stop().Errors;

        Assert.Contains($"what went wrong: {_folder.Path}/cgi-bin/script.sh", errors, StringComparison.Ordinal);
        Assert.Contains("malformed header: 'garbage' from script", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(1, false, false)]
    [InlineData(8_192, true, false)]
    [InlineData(65_536, false, true)]
    [InlineData(1_048_576, true, false)]
    [InlineData(50_000_000, false, true)]
    [InlineData(50_000_000, true, false)]
    public void Content_comes_back_as_it_went_by_length_and_chunked_over_both_versions(int size, bool isChunked, bool isHttp2)
    {
        Script("cgi-bin/cat.sh", "#!/bin/sh\necho 'Content-Type: application/octet-stream'\necho\nexec cat\n");
        byte[] content = RandomNumberGenerator.GetBytes(size);
        _folder.Write("content.bin", content);
        using var server = new RoundtripProcess(_folder.Path);
        string[] version = isHttp2 ? ["--http2", "--cacert", server.CertificateFile, $"{server.Https}cgi-bin/cat.sh"] : [$"{server.Http}cgi-bin/cat.sh"];
        string[] framing = isChunked ? ["-H", "Transfer-Encoding: chunked"] : [];
        Finished curl = Run.Program("curl", ["-s", .. framing, "--data-binary", $"@{_folder.Path}/content.bin", .. version]);

        Assert.Equal(SHA256.HashData(content), SHA256.HashData(curl.Output));
        Assert.InRange(server.ResidentBytes, 0, 250_000_000);
    }

    [Fact]
    public void A_script_that_reads_and_writes_at_once_streams_both_ways()
    {
        Script("cgi-bin/lines.sh", "#!/bin/sh\necho 'Content-Type: text/plain'\necho\nwhile read -r line; do echo \"got $line\"; done\n");
        using var server = new RoundtripProcess(_folder.Path);
        using var client = new RawClient(server.HttpPort);
        client.Send("POST /cgi-bin/lines.sh HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n");
        string first = client.ReadUntil("got one\n\r\n");
        client.Send("4\r\ntwo\n\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", first, StringComparison.Ordinal);
        Assert.Contains("got two", client.ReadUntil("0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Php_answers_by_Action_what_it_is_asked_in_its_pages()
    {
        using var server = new RoundtripProcess(_folder.Path);

        Assert.Equal("php GET 1 ", Run.Program("curl", "-s", $"{server.Http}on/page.php?a=1").Text);
        Assert.Equal("php POST 2 content", Run.Program("curl", "-s", "-d", "content", $"{server.Http}on/page.php?a=2").Text);
        Assert.Equal("404", Run.Program("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", $"{server.Http}on/none.php").Text);
    }

    [Fact]
    public void Credentials_are_shown_where_CGIPassAuth_says_so() => Assert.Contains(
        "HTTP_AUTHORIZATION=Basic eDp5", WithServer(server => Run.Program("curl", "-s", "-H", "Authorization: Basic eDp5", $"{server.Http}cgi-bin/known.sh").Text), StringComparison.Ordinal);

    [Fact]
    public void Clients_that_break_off_leave_no_process_and_no_descriptor()
    {
        Script("cgi-bin/ticks.sh", "#!/bin/sh\necho 'Content-Type: text/plain'\necho\nwhile sleep 0.05; do echo tick; done\n");
        using var server = new RoundtripProcess(_folder.Path);
        _ = Run.Program("curl", "-s", $"{server.Http}cgi-bin/env.sh");
        int before = server.DescriptorCount;
        for (int i = 0; i < 40; i++)
        {
            using var client = new RawClient(server.HttpPort);
            client.Send("GET /cgi-bin/ticks.sh HTTP/1.1\r\nHost: a\r\n\r\n");
            client.ReadUntil("tick\n\r\n");
        }

        Assert.True(SpinWait.SpinUntil(() => ChildrenOf(server.Id) == 0 && server.DescriptorCount < before + 10, TimeSpan.FromSeconds(15)),
            $"{ChildrenOf(server.Id)} processes and {server.DescriptorCount} descriptors, {before} before");
    }

    public void Dispose() => _folder.Dispose();

    private static int ChildrenOf(int process) =>
        Run.Program("ps", "--no-headers", "-o", "pid", "--ppid", $"{process}").Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private string WithServer(Func<RoundtripProcess, string> ask)
    {
        using var server = new RoundtripProcess(_folder.Path);
        return ask(server);
    }

    private void Script(string name, string text)
    {
        _folder.Write(name, Encoding.UTF8.GetBytes(text));
        Assert.Equal(0, Run.Program("chmod", "755", Path.Combine(_folder.Path, name)).ExitCode);
    }
}
