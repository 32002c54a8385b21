using System.Text;

namespace Roundtrip.Peers.Tests;

/// <summary>Clients that we did not write, against the sample site, over HTTP and HTTPS.</summary>
public sealed class ClientTests : IDisposable
{
    private readonly RoundtripProcess _server = new(Repository.SampleSite);

    public void Dispose() => _server.Dispose();

    [Fact]
    public void Curl_gets_a_page_over_http()
    {
        Finished curl = Run.Program("curl", "-s", "-i", $"{_server.Http}index.html");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", curl.Text, StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/html; charset=utf-8\r\n", curl.Text, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith(File.ReadAllText(Path.Combine(Repository.SampleSite, "index.html"), Encoding.Latin1), curl.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Curl_trusts_the_local_certificate_and_gets_a_page_over_https()
    {
        Finished curl = Run.Program("curl", "-s", "-S", "--cacert", _server.CertificateFile, "-o", "/dev/null", "-w", "%{http_code} %{http_version} %{ssl_verify_result}", $"https://localhost:{_server.HttpsPort}/");

        Assert.Equal("", curl.Errors);
        Assert.Equal("200 2 0", curl.Text);
    }

    [Fact]
    public void Curl_resumes_a_download()
    {
        string file = Directory.EnumerateFiles(Repository.SampleSite, "*", SearchOption.AllDirectories).MaxBy(f => new FileInfo(f).Length)!;
        byte[] content = File.ReadAllBytes(file);
        string partial = Path.GetTempFileName();
        File.WriteAllBytes(partial, content[..1000]);
        Finished curl = Run.Program("curl", "-s", "-S", "-C", "-", "-o", partial, $"{_server.Http}{Path.GetRelativePath(Repository.SampleSite, file)}");

        Assert.Equal("", curl.Errors);
        Assert.Equal(content, File.ReadAllBytes(partial));
        File.Delete(partial);
    }

    [Fact]
    public void Curl_sees_that_nothing_changed()
    {
        Finished first = Run.Program("curl", "-s", "-I", _server.Http);
        string tag = first.Text.Split('\n').Single(line => line.StartsWith("ETag:", StringComparison.OrdinalIgnoreCase))[5..].Trim();
        Finished second = Run.Program("curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", "-H", $"If-None-Match: {tag}", _server.Http);

        Assert.Equal("304 0", second.Text);
    }

    [Theory]
    [InlineData("--tls-max 1.2", "TLSv1.2")]
    [InlineData("", "TLSv1.3")]
    public void Curl_speaks_both_versions_of_TLS(string option, string version)
    {
        Finished curl = Run.Program("curl", ["-s", "-v", "-k", .. option.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-o", "/dev/null", _server.Https]);

        Assert.Contains($"SSL connection using {version}", curl.Errors, StringComparison.Ordinal);
        Assert.Contains("server accepted h2", curl.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Python_keeps_one_connection_for_many_requests()
    {
        string script = $$"""
            import http.client
            connection = http.client.HTTPConnection("127.0.0.1", {{_server.HttpPort}})
            for i in range(50):
                connection.request("GET" if i % 2 else "HEAD", "/", headers={"Accept-Encoding": "identity"})
                response = connection.getresponse()
                body = response.read()
                assert response.status == 200, response.status
                assert len(body) == (int(response.getheader("Content-Length")) if i % 2 else 0)
                port = connection.sock.getsockname()[1]
                first = port if i == 0 else first
                assert port == first, "a new connection was made"
            connection.request("POST", "/", body=b"x" * 100000)
            response = connection.getresponse()
            assert response.status == 405, response.status
            assert "GET" in response.getheader("Allow")
            print("ok")
            """;
        Finished python = Run.Program("/usr/bin/python3", "-c", script);

        Assert.Equal("ok\n", python.Text + python.Errors);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public void Openssl_resumes_a_session(string version)
    {
        string session = Path.GetTempFileName();
        string request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        string[] arguments = ["s_client", "-connect", $"127.0.0.1:{_server.HttpsPort}", version, "-ign_eof", "-servername", "localhost"];
        Finished first = Run.WithInput(request, "openssl", [.. arguments, "-sess_out", session]);
        Finished second = Run.WithInput(request, "openssl", [.. arguments, "-sess_in", session]);
        File.Delete(session);

        Assert.Contains("HTTP/1.1 200 OK", first.Text, StringComparison.Ordinal);
        Assert.Contains("New, TLS", first.Text, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 200 OK", second.Text, StringComparison.Ordinal);
        Assert.Contains("Reused, TLS", second.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Openssl_is_told_close_notify()
    {
        Finished client = Run.WithInput("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "openssl", "s_client", "-connect", $"127.0.0.1:{_server.HttpsPort}", "-ign_eof", "-trace", "-tls1_2");

        Assert.Contains("close notify", client.Text + client.Errors, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Nc_half_closes_and_gets_both_answers_of_a_pipeline()
    {
        Finished nc = Run.WithInput("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /missing HTTP/1.1\r\nHost: a\r\n\r\n", "nc", "-N", "127.0.0.1", $"{_server.HttpPort}");

        int ok = nc.Text.IndexOf("HTTP/1.1 200 OK", StringComparison.Ordinal);
        int missing = nc.Text.IndexOf("HTTP/1.1 404 Not Found", StringComparison.Ordinal);
        Assert.True(ok >= 0 && missing > ok, nc.Text);
    }

    [Fact]
    public void Wrk_finds_no_error_in_a_hundred_thousand_requests()
    {
        Finished wrk = Run.Program("wrk", "-t1", "-c32", "-d3", _server.Http);

        Assert.DoesNotContain("Socket errors", wrk.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", wrk.Text, StringComparison.Ordinal);
        Assert.Contains("requests in", wrk.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_http_on_the_https_port_is_told_so()
    {
        Finished curl = Run.Program("curl", "-s", "-i", $"http://127.0.0.1:{_server.HttpsPort}/");

        Assert.StartsWith("HTTP/1.1 400 ", curl.Text, StringComparison.Ordinal);
        _server.UntilLogged("plain HTTP to a TLS port");
    }

    [Fact]
    public void A_failed_handshake_has_its_line_in_the_log()
    {
        Run.Program("openssl", "s_client", "-connect", $"127.0.0.1:{_server.HttpsPort}", "-tls1_2", "-cipher", "AES128-SHA", "-servername", "wanted.example");

        _server.UntilLogged("no shared cipher");
        Assert.Contains("server name: wanted.example", _server.Errors, StringComparison.Ordinal);
    }
}
