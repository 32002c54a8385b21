using System.Security.Cryptography;

namespace Roundtrip.Peers.Tests.Cgi;

/// <summary>Script of mod_actions: a program that answers a method, over the wire. What httpd answers is held side by side.</summary>
public sealed class MethodTests : IDisposable
{
    private const string Configuration = """
        ScriptAlias /cgi-bin/ cgi-bin/
        Script PUT /cgi-bin/put
        Script GET /cgi-bin/say
        Script DELETE /cgi-bin/say
        LimitRequestBody 3000000
        <Location /small>
            LimitRequestBody 10
        </Location>
        <If "req('X-Put') == 'elsewhere'">
            Script PUT /cgi-bin/say
        </If>
        """;

    private readonly TemporaryFolder _folder = new();

    public MethodTests()
    {
        _folder.Write("site.conf", Configuration);
        _folder.Write("page.txt", "the page\n");
        Script("put", "echo 'Status: 201 Made'\necho 'Content-Type: text/plain'\necho\necho \"$REQUEST_METHOD $PATH_INFO $CONTENT_LENGTH\"\nsha256sum");
        Script("say", "echo 'Content-Type: text/plain'\necho\necho \"said $REQUEST_METHOD $PATH_INFO $QUERY_STRING [$*]\"");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--http1.1", 0)]
    [InlineData("--http1.1", 2_000_000)]
    [InlineData("--http2", 2_000_000)]
    [InlineData("--http1.1 -H Transfer-Encoding:chunked", 2_000_000)]
    public void Content_goes_to_the_program_whole_whether_there_is_such_a_file_or_not(string options, int size)
    {
        byte[] content = new byte[size];
        new Random(3).NextBytes(content);
        _folder.Write("content", content);
        using var server = new RoundtripProcess(_folder.Path);

        // The page is hot the second time.
        foreach (string path in (string[])["page.txt", "new/one.txt", "page.txt"])
        {
            string answer = Run.Program("curl", ["-sk", .. options.Split(' '), "-w", "%{http_code}", "-T", Path.Combine(_folder.Path, "content"), server.Https + path]).Text;

            Assert.Contains($"PUT /{path} ", answer, StringComparison.Ordinal);
            Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(content)), answer, StringComparison.Ordinal);
            Assert.EndsWith("201", answer, StringComparison.Ordinal);
            Assert.Equal("the page\n", Run.Program("curl", "-s", $"{server.Http}page.txt").Text);
        }
    }

    [Theory]
    [InlineData("page.txt", "the page\n")]
    [InlineData("page.txt?one+two", "said GET /page.txt one+two [one two]\n")]
    [InlineData("page.txt?-s", "said GET /page.txt -s []\n")]
    [InlineData("none?a=b", "said GET /none a=b []\n")]
    [InlineData("cgi-bin/say?a=b", "said GET  a=b []\n")]
    public void GET_is_the_programs_with_a_query_alone(string target, string expected)
    {
        using var server = new RoundtripProcess(_folder.Path);

        Assert.Equal(expected, Run.Program("curl", "-s", server.Http + target).Text);
        Assert.Equal(expected, Run.Program("curl", "-s", server.Http + target).Text);
    }

    [Fact]
    public void An_If_that_names_another_program_is_asked_for_each_request()
    {
        using var server = new RoundtripProcess(_folder.Path);
        string Put(params string[] options) => Run.Program("curl", ["-s", "-X", "PUT", "-d", "x", .. options, $"{server.Http}page.txt"]).Text;

        Assert.StartsWith("PUT /page.txt 1\n", Put(), StringComparison.Ordinal);
        Assert.Equal("said PUT /page.txt  []\n", Put("-H", "X-Put: elsewhere"));
        Assert.StartsWith("PUT /page.txt 1\n", Put(), StringComparison.Ordinal);
    }

    // What is not shown is not asked about, what is too large is refused where it was sent, and what the path is made of stays path.
    [Theory]
    [InlineData("DELETE", ".git/config", "", 405)]
    [InlineData("DELETE", "a/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "", 400)]
    [InlineData("DELETE", "a/../../b", "", 400)]
    [InlineData("DELETE", "a/../b", "", 200)]
    [InlineData("DELETE", "a%3fb%0ac", "", 200)]
    [InlineData("DELETE", "a%00b", "", 404)]
    [InlineData("PUT", "small/file", "more than ten", 413)]
    [InlineData("PUT", "small/file", "not", 201)]
    [InlineData("POST", "page.txt", "x", 405)]
    [InlineData("delete", "page.txt", "", 501)]
    public void Hostile_requests_get_no_more_than_others(string method, string path, string content, int status)
    {
        using var server = new RoundtripProcess(_folder.Path);
        string[] data = content.Length > 0 ? ["--data-binary", content] : [];
        Finished curl = Run.Program("curl", ["-s", "--path-as-is", "-X", method, .. data, "-o", "/dev/null", "-w", "%{http_code}", server.Http + path]);

        Assert.Equal($"{status}", curl.Text);
    }

    // mod_actions asks no program for what an internal redirect has led to, and so neither for itself without end.
    [Fact]
    public void A_program_that_leads_to_what_it_answers_itself_gets_the_file_in_the_end()
    {
        Script("say", "echo 'Location: /page.txt?x=1'\necho");
        using var server = new RoundtripProcess(_folder.Path);

        Assert.Equal("the page\n", Run.Program("curl", "-s", "--max-time", "10", $"{server.Http}none?x=1").Text);
    }

    [Fact]
    public void Allow_names_what_programs_answer()
    {
        using var server = new RoundtripProcess(_folder.Path);
        foreach (string method in (string[])["OPTIONS", "POST"])
        {
            string[] allowed = [.. Run.Program("curl", "-si", "-X", method, $"{server.Http}page.txt").Text.Split("\r\n").Where(line => line.StartsWith("Allow: ", StringComparison.Ordinal))];

            Assert.Equal("Allow: DELETE, PUT, Allow: GET, HEAD, OPTIONS", string.Join(", ", allowed.Order()));
        }
    }

    [Theory]
    [InlineData("Script TRACE /cgi-bin/say", "TRACE not allowed for Script")]
    [InlineData("Script PUT cgi-bin/say", "'cgi-bin/say' is no path of this server")]
    [InlineData("Script P(T /cgi-bin/say", "'P(T' is no method")]
    [InlineData("Script PUT", "Script")]
    public void What_cannot_be_is_an_error_of_its_line(string line, string message)
    {
        _folder.Write("httpd.conf", $"LoadModule actions_module modules/mod_actions.so\n{line}\n");
        Finished test = Run.Program("dotnet", Repository.BuiltProgram, "configtest", "-c", Path.Combine(_folder.Path, "httpd.conf"));

        Assert.Equal(1, test.ExitCode);
        Assert.Contains("httpd.conf:2: ", test.Errors, StringComparison.Ordinal);
        Assert.Contains(message, test.Errors, StringComparison.Ordinal);
    }

    private void Script(string name, string text)
    {
        _folder.Write($"cgi-bin/{name}", $"#!/bin/sh\n{text}\n");
        Assert.Equal(0, Run.Program("chmod", "755", Path.Combine(_folder.Path, "cgi-bin", name)).ExitCode);
    }
}
