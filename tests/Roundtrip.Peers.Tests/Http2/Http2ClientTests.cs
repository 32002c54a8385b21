using System.Text.RegularExpressions;

namespace Roundtrip.Peers.Tests.Http2;

/// <summary>HTTP/2 as others speak it: nghttp, h2load, curl, python3-h2.</summary>
public sealed partial class Http2ClientTests : IDisposable
{
    private const int Most = 64 * 1024;
    private const int Runs = 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nghttp_gets_a_page_with_all_that_it_needs()
    {
        using var server = new RoundtripProcess(Repository.SampleSite);
        Finished nghttp = Run.Program("nghttp", "-nas", server.Https);

        Assert.Equal(0, nghttp.ExitCode);
        string[] statuses = [.. StatusColumn().Matches(nghttp.Text).Select(match => match.Groups[1].Value)];
        Assert.True(statuses.Length > 3, nghttp.Text);
        Assert.All(statuses, status => Assert.Equal("200", status));
    }

    [Fact]
    public void Thousands_of_streams_at_once_are_all_answered_and_logged()
    {
        _folder.Write("a.txt", new string('x', 1024));
        _folder.Write("site.conf", "CustomLog access.log common\n");
        using (var server = new RoundtripProcess(_folder.Path))
        {
            Finished h2load = Run.Program("h2load", "-n", "20000", "-c", "20", "-m", "100", $"{server.Https}a.txt");

            Assert.Contains("20000 succeeded, 0 failed, 0 errored, 0 timeout", h2load.Text, StringComparison.Ordinal);
            server.Stop();
        }

        Assert.Equal(20_000, File.ReadLines(Path.Combine(_folder.Path, "access.log")).Count(line => line.EndsWith("\"GET /a.txt HTTP/2.0\" 200 1024", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("--http2-prior-knowledge")]
    [InlineData("--http2")]
    public void Without_TLS_h2c_is_spoken_where_it_is_named(string option)
    {
        _folder.Write("index.html", "hello");
        _folder.Write("site.conf", "Protocols h2c http/1.1\n");
        using var server = new RoundtripProcess(_folder.Path);
        Finished curl = Run.Program("curl", "-s", option, "-w", " %{http_version} %{http_code}", server.Http);

        Assert.Equal("hello 2 200", curl.Text);
        Assert.Equal("hello", Run.Program("nghttp", "-u", server.Http).Text);
    }

    [Fact]
    public void Without_TLS_an_upgrade_to_h2c_is_ignored_where_it_is_not_named()
    {
        _folder.Write("index.html", "hello");
        using var server = new RoundtripProcess(_folder.Path);
        Finished curl = Run.Program("curl", "-s", "--http2", "-w", " %{http_version} %{http_code}", server.Http);

        Assert.Equal("hello 1.1 200", curl.Text);
        Assert.NotEqual(0, Run.Program("curl", "-s", "--http2-prior-knowledge", server.Http).ExitCode);
    }

    [Theory]
    [InlineData("Protocols http/1.1", "", "http/1.1")]
    [InlineData("Protocols h2 http/1.1", "", "h2")]
    [InlineData("Protocols http/1.1 h2", "", "http/1.1")]
    [InlineData("Protocols h2 http/1.1", "--tls-max 1.2 --ciphers ECDHE-ECDSA-AES128-GCM-SHA256", "h2")]
    public void ALPN_chooses_by_the_order_of_Protocols(string configuration, string options, string chosen)
    {
        _folder.Write("index.html", "hello");
        _folder.Write("site.conf", configuration + "\n");
        using var server = new RoundtripProcess(_folder.Path);
        Finished curl = Run.Program("curl", ["-s", "-v", "-k", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), server.Https]);

        Assert.Equal("hello", curl.Text);
        Assert.Contains($"server accepted {chosen}", curl.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Large_files_arrive_whole_on_many_streams()
    {
        byte[] content = new byte[5_000_000];
        new Random(1).NextBytes(content);
        _folder.Write("large.bin", content);
        using var server = new RoundtripProcess(_folder.Path);
        string[] urls = [.. Enumerable.Range(0, 6).SelectMany(i => new[] { "-o", Path.Combine(_folder.Path, $"got{i}"), $"{server.Https}large.bin" })];
        Finished curl = Run.Program("curl", ["-s", "-k", "--http2", "--parallel", .. urls]);

        Assert.Equal(0, curl.ExitCode);
        Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(content, File.ReadAllBytes(Path.Combine(_folder.Path, $"got{i}"))));
    }

    [Fact]
    public void An_upload_that_is_refused_early_has_its_answer_read()
    {
        _folder.Write("a.txt", "hello");
        _folder.Write("upload.bin", new byte[3_000_000]);
        using var server = new RoundtripProcess(_folder.Path);
        Finished curl = Run.Program(
            "curl", "-s", "-k", "-o", "/dev/null", "-w", "%{http_version} %{http_code}", "--data-binary", $"@{Path.Combine(_folder.Path, "upload.bin")}", $"{server.Https}a.txt");

        Assert.Equal("2 405", curl.Text);
    }

    [Fact]
    public void Nghttp_receives_what_is_pushed_with_the_promised_fields()
    {
        _folder.Write("index.html", "hello");
        _folder.Write("a.css", "a{}");
        _folder.Write("b.js", "b()");
        _folder.Write("site.conf", "<Location /index.html>\nH2PushResource /a.css\nHeader add Link \"</b.js>; rel=preload\"\n</Location>\n");
        using var server = new RoundtripProcess(_folder.Path);
        Finished nghttp = Run.Program("nghttp", "-nv", $"{server.Https}index.html");

        Assert.Matches(@"(?s)\(stream_id=13\) :path: /a.css.*recv PUSH_PROMISE.*\(stream_id=13\) :path: /b.js.*recv PUSH_PROMISE.*\(stream_id=13\) :status: 200.*\(stream_id=2\) :status: 200", nghttp.Text);
        Assert.Matches(@"(?m)^ +2 .* 200 +3 /a.css$", Run.Program("nghttp", "-ns", $"{server.Https}index.html").Text);
        Assert.DoesNotContain("recv PUSH_PROMISE", Run.Program("nghttp", "-nv", "--no-push", $"{server.Https}index.html").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Curl_and_nghttp_show_the_early_hints_of_a_page_that_is_not_ready_and_a_browser_would_ask_for()
    {
        // What is to be compressed is not answered at once the first time, so each request has a page of its own.
        for (int i = 0; i < 5; i++)
        {
            _folder.Write($"page{i}.html", new string('x', 1000));
        }

        _folder.Write("site.conf", "EarlyHints on\nAddOutputFilterByType BROTLI_COMPRESS text/html\nH2PushResource /a.css\n");
        using var server = new RoundtripProcess(_folder.Path);
        Finished Curl(string version, int page, string mode = "navigate") =>
            Run.Program("curl", "-v", "-s", "-k", version, "-o", "/dev/null", "-H", $"Sec-Fetch-Mode: {mode}", $"{server.Https}page{page}.html");

        Assert.Matches(@"(?s)< HTTP/2 103 .*< link: </a\.css>; rel=preload; as=style\r?\n.*< HTTP/2 200", Curl("--http2", 0).Errors);
        Assert.Matches(@"(?s)< HTTP/1\.1 103 Early Hints\r?\n< Link: </a\.css>; rel=preload; as=style\r?\n.*< HTTP/1\.1 200", Curl("--http1.1", 1).Errors);
        Assert.DoesNotContain(" 103", Curl("--http1.0", 2).Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(" 103", Curl("--http2", 3, "cors").Errors, StringComparison.Ordinal);
        Assert.Matches(@"(?s):status: 103.*link: </a\.css>.*:status: 200", Run.Program("nghttp", "-nv", "--no-push", "-H", "sec-fetch-mode: navigate", $"{server.Https}page4.html").Text);
    }

    [Theory]
    [InlineData("http", "urgency")]
    [InlineData("http", "tree")]
    [InlineData("https", "urgency")]
    [InlineData("https", "tree")]
    public void An_urgent_request_that_comes_late_overtakes_a_large_response_in_flight(string scheme, string priorities) =>
        AssertOvertakes(scheme, (link, port) => Measure(link, scheme, port, priorities));

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public void An_urgent_request_of_our_own_client_overtakes_too(string scheme) => AssertOvertakes(scheme, (link, port) => MeasureOurs(link, scheme, port));

    private void AssertOvertakes(string scheme, Func<ShapedLink, int, int[]> measure)
    {
        _folder.Write("large.bin", new byte[4_000_000]);
        _folder.Write("urgent.txt", "hello");
        _folder.Write("site.conf", "Protocols h2 h2c http/1.1\n");
        using var link = new ShapedLink();
        using var server = new RoundtripProcess(_folder.Path, arguments: ["--bind", link.ServerAddress]);
        int port = scheme == "https" ? server.HttpsPort : server.HttpPort;

        // The link drops packets, and behind a lost one the client's system holds back all that came after it, which then counts here. A busy machine has more of that; a server that has
        // buried what it sends does it every time.
        int[] bytes = [int.MaxValue];
        for (int attempt = 0; attempt < 3 && bytes.Max() > Most; attempt++)
        {
            bytes = measure(link, port);
        }

        Assert.True(bytes.Max() <= Most, $"bytes of the large response between an urgent request and its HEADERS: {string.Join(' ', bytes)}");
        Assert.InRange(bytes.Order().ElementAt(bytes.Length / 2), 0, Most / 2);
    }

    private static int[] MeasureOurs(ShapedLink link, string scheme, int port)
    {
        int[] bytes = new int[Runs];
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                link.EnterThread();
                for (int i = 0; i < Runs; i++)
                {
                    bytes[i] = UrgentClient.Measure(scheme, link.ServerAddress, port);
                    Thread.Sleep(50);
                }
            }
#pragma warning disable CA1031 // It is thrown again on the test's own thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                fault = e;
            }
        });
        thread.Start();
        thread.Join();
        Assert.True(fault is null, fault?.ToString());
        return bytes;
    }

    private static int[] Measure(ShapedLink link, string scheme, int port, string priorities)
    {
        Finished measured = link.Run(
            "/usr/bin/python3", Path.Combine(Repository.Root, "tests/Roundtrip.Peers.Tests/Http2/urgent.py"), scheme, link.ServerAddress, $"{port}", "/large.bin", "/urgent.txt",
            $"{Runs}", priorities);
        int[] bytes = [.. measured.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        Assert.True(bytes.Length == Runs, measured.Errors);
        return bytes;
    }

    [GeneratedRegex(@"^ *\d+ .* (\d{3}) +\S+ /", RegexOptions.Multiline)]
    private static partial Regex StatusColumn();
}
