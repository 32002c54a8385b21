using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Roundtrip.Peers.Tests.Wsgi;

/// <summary>The samples of WSGI applications: as they lie in the repository, and within wsgiref.validate.</summary>
public sealed class SampleTests : IDisposable
{
    private const string Long = "https://example.org/a/long/way?to=go";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hello_greets_who_is_named(bool isValidated)
    {
        using var server = new RoundtripProcess(isValidated ? Validated("hello", "hello.py") : Sample("hello"));
        using HttpClient client = ClientOf(server);

        Assert.Equal("Hello Ada!\n", await client.GetStringAsync(new Uri("?name=Ada", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal("Hello World!\n", await client.GetStringAsync(new Uri("", UriKind.Relative), TestContext.Current.CancellationToken));
        Validator.AssertSatisfied(server);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Shortly_makes_links_follows_and_counts_them(bool hasRedis, bool isValidated)
    {
        int port = FreePorts.InARow(1);
        using Process? redis = hasRedis ? await StartRedis(port) : null;
        try
        {
            using RoundtripProcess server = Shortly(isValidated ? Validated("shortly", "app.wsgi") : Sample("shortly"), port);
            using HttpClient client = ClientOf(server);
            HttpResponseMessage made = await Shorten(client, Long);
            Assert.Equal(HttpStatusCode.SeeOther, made.StatusCode);
            string details = made.Headers.Location!.OriginalString;
            Assert.Matches("^/[0-9a-z]+[+]$", details);
            string link = details[..^1];
            Assert.Contains("0 times", await client.GetStringAsync(new Uri(details, UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);

            // More than once, so that each of the two processes is asked.
            for (int i = 1; i <= 6; i++)
            {
                HttpResponseMessage followed = await client.GetAsync(new Uri(link, UriKind.Relative), TestContext.Current.CancellationToken);
                Assert.Equal((HttpStatusCode.Found, Long), (followed.StatusCode, followed.Headers.Location!.OriginalString));
            }

            string page = await client.GetStringAsync(new Uri(details, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Contains("6 times", page, StringComparison.Ordinal);
            Assert.Contains($"{server.Http}{link[1..]}", page, StringComparison.Ordinal);

            // One URL has one link, and another one another.
            Assert.Equal(details, (await Shorten(client, Long)).Headers.Location!.OriginalString);
            Assert.NotEqual(details, (await Shorten(client, Long + "1")).Headers.Location!.OriginalString);
            server.UntilLogged(hasRedis ? $"shortly: links are kept in Redis at 127.0.0.1:{port}" : $"shortly: links are kept in SQLite in {_folder.Path}/links.db");
            Validator.AssertSatisfied(server);
        }
        finally
        {
            redis?.Kill();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Shortly_has_a_page_for_what_is_not_there_and_its_style(bool isValidated)
    {
        using RoundtripProcess server = Shortly(isValidated ? Validated("shortly", "app.wsgi") : Sample("shortly"), FreePorts.InARow(1));
        using HttpClient client = ClientOf(server);
        HttpResponseMessage missing = await client.GetAsync(new Uri("nosuchlink", UriKind.Relative), TestContext.Current.CancellationToken);
        HttpResponseMessage style = await client.GetAsync(new Uri("static/style.css", UriKind.Relative), TestContext.Current.CancellationToken);
        HttpResponseMessage refused = await Shorten(client, "javascript:alert(1)");

        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains("No such link", await missing.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "text/css"), (style.StatusCode, style.Content.Headers.ContentType?.MediaType));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Sample("shortly"), "static/style.css"), TestContext.Current.CancellationToken), await style.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("A URL begins with http:// or https://", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        foreach (string hidden in (string[])["app.wsgi", "shortly.py", "templates/new.html", "static/../shortly.py"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(hidden, UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        }

        Validator.AssertSatisfied(server);
    }

    [Theory]
    [InlineData("werkzeug")]
    [InlineData("jinja2")]
    public async Task Shortly_says_in_one_line_what_to_install(string package)
    {
        string folder = Copy("shortly");

        // As the interpreter has it where the package is not installed: the scripts' folder comes first.
        _folder.Write($"shortly/{package}.py", $"raise ModuleNotFoundError(\"No module named '{package}'\", name='{package}')\n");
        using RoundtripProcess server = Shortly(folder, FreePorts.InARow(1));
        using HttpClient client = ClientOf(server);
        HttpResponseMessage answer = await client.GetAsync(new Uri("", UriKind.Relative), TestContext.Current.CancellationToken);

        const string Said = "shortly: Werkzeug and Jinja2 are missing: apt-get install python3-werkzeug python3-jinja2";
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(Said + "\n", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        server.UntilLogged(Said);
        Assert.DoesNotContain("Traceback", server.Errors, StringComparison.Ordinal);
    }

    private static string Sample(string name) => Path.Combine(Repository.Root, "samples", name);

    private static HttpClient ClientOf(RoundtripProcess server) => new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(server.Http) };

    private static async Task<HttpResponseMessage> Shorten(HttpClient client, string url) =>
        await client.PostAsync(new Uri("", UriKind.Relative), new FormUrlEncodedContent(new Dictionary<string, string> { ["url"] = url }), TestContext.Current.CancellationToken);

    private static async Task<Process> StartRedis(int port)
    {
        var redis = Process.Start(Run.StartInfo("redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]))!;
        for (int i = 0; ; i++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
                return redis;
            }
            catch (SocketException) when (i < 200)
            {
                await Task.Delay(25, TestContext.Current.CancellationToken);
            }
        }
    }

    private RoundtripProcess Shortly(string folder, int redisPort) => new(folder, prefix: $"env SHORTLY_REDIS=127.0.0.1:{redisPort} SHORTLY_DATABASE={_folder.Path}/links.db");

    // The sample with its script within the validator, and without the server's help with its static files.
    private string Validated(string name, string script)
    {
        string folder = Copy(name);
        File.Move(Path.Combine(folder, script), Path.Combine(folder, "itself.wsgi"));
        File.WriteAllText(Path.Combine(folder, script), Validator.Around(Path.Combine(folder, "itself.wsgi")));
        string conf = Path.Combine(folder, "site.conf");
        File.WriteAllLines(conf, File.ReadAllLines(conf).Where(line => !line.StartsWith("Alias", StringComparison.Ordinal)));
        return folder;
    }

    private string Copy(string name)
    {
        foreach (string file in Directory.EnumerateFiles(Sample(name), "*", SearchOption.AllDirectories).Where(file => !file.Contains("__pycache__", StringComparison.Ordinal)))
        {
            _folder.Write(Path.GetRelativePath(Path.Combine(Repository.Root, "samples"), file), File.ReadAllBytes(file));
        }

        return Path.Combine(_folder.Path, name);
    }
}
