using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Roundtrip.Peers.Tests.Wsgi;

/// <summary>Applications as people have them, below paths of their own: Flask's example, Django with its admin, Pyramid, Werkzeug's examples, and the samples of this repository.</summary>
public sealed partial class ApplicationTests : IDisposable
{
    private const string Configuration = """
        WSGIScriptAlias /flaskr flaskr.wsgi
        WSGIScriptAlias /django django.wsgi
        WSGIScriptAlias /pyramid pyramid.wsgi
        WSGIScriptAlias /i18n i18nurls.wsgi
        WSGIScriptAlias /auth auth.wsgi
        <Location /auth>
            WSGIPassAuthorization On
        </Location>
        """;

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Flasks_blog_takes_an_account_a_login_and_a_post(bool isValidated)
    {
        using RoundtripProcess server = Serve(isValidated, "flaskr");
        using HttpClient client = ClientOf(server);
        var account = new Dictionary<string, string> { ["username"] = "ada", ["password"] = "lovelace" };
        HttpResponseMessage registered = await PostAsync(client, "flaskr/auth/register", account);
        HttpResponseMessage loggedIn = await PostAsync(client, "flaskr/auth/login", account);
        HttpResponseMessage made = await PostAsync(client, "flaskr/create", new() { ["title"] = "Notes on a mill", ["body"] = "It weaves patterns." });
        string page = await GetAsync(client, "flaskr/");

        Assert.Equal((HttpStatusCode.Found, "/flaskr/auth/login"), (registered.StatusCode, PathOf(registered)));
        Assert.Equal((HttpStatusCode.Found, "/flaskr/"), (loggedIn.StatusCode, PathOf(loggedIn)));
        Assert.Equal(HttpStatusCode.Found, made.StatusCode);
        Assert.Contains("Notes on a mill", page, StringComparison.Ordinal);
        Assert.Contains("Log Out", page, StringComparison.Ordinal);
        Validator.AssertSatisfied(server);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Djangos_admin_lets_in_who_has_an_account_and_a_token(bool isValidated)
    {
        using RoundtripProcess server = Serve(isValidated, "django");
        using HttpClient client = ClientOf(server);
        string login = await GetAsync(client, "django/admin/login/");
        var form = new Dictionary<string, string>
        {
            ["csrfmiddlewaretoken"] = Token().Match(login).Groups[1].Value,
            ["username"] = "ada",
            ["password"] = "lovelace",
            ["next"] = "/django/admin/",
        };
        HttpResponseMessage loggedIn = await PostAsync(client, "django/admin/login/", form);
        HttpResponseMessage refused = await PostAsync(client, "django/admin/login/", new(form) { ["csrfmiddlewaretoken"] = "forged" });

        Assert.Equal((HttpStatusCode.Found, "/django/admin/"), (loggedIn.StatusCode, PathOf(loggedIn)));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("Site administration", await GetAsync(client, "django/admin/"), StringComparison.Ordinal);
        Validator.AssertSatisfied(server);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Django_takes_an_upload_and_sends_a_file_and_a_stream(bool isValidated)
    {
        using RoundtripProcess server = Serve(isValidated, "django");
        using HttpClient client = ClientOf(server);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[3_000_000]), "file", "zeros.bin" }, { new StringContent("three million"), "note" } };
        HttpResponseMessage uploaded = await client.PostAsync(new Uri("django/upload", UriKind.Relative), form, TestContext.Current.CancellationToken);
        HttpResponseMessage source = await client.GetAsync(new Uri("django/source", UriKind.Relative), TestContext.Current.CancellationToken);
        byte[] file = await File.ReadAllBytesAsync(SourceOf("django"), TestContext.Current.CancellationToken);

        Assert.Equal("zeros.bin 3000000 three million", await uploaded.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(file.Length, source.Content.Headers.ContentLength);
        Assert.Equal(file, await source.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(string.Concat(Enumerable.Range(0, 1000).Select(number => $"{number}\n")), await GetAsync(client, "django/count"));
        Validator.AssertSatisfied(server);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pyramid_answers_its_routes_and_makes_urls_below_its_mount_point(bool isValidated)
    {
        using RoundtripProcess server = Serve(isValidated, "pyramid");
        using HttpClient client = ClientOf(server);
        using var json = new StringContent("""{"number": 21}""", Encoding.UTF8, "application/json");
        HttpResponseMessage doubled = await client.PostAsync(new Uri("pyramid/double", UriKind.Relative), json, TestContext.Current.CancellationToken);
        HttpResponseMessage missing = await client.GetAsync(new Uri("pyramid/nothing", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal("Hello Ada!", await GetAsync(client, "pyramid/hello/Ada"));
        Assert.Equal($$"""{"doubled": 42, "url": "{{server.Http}}pyramid/hello/ada"}""", await doubled.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Equal("""{"missing": "/nothing"}""", await missing.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Validator.AssertSatisfied(server);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Werkzeugs_examples_choose_a_language_and_see_credentials_where_they_may(bool isValidated)
    {
        using RoundtripProcess server = Serve(isValidated, "i18nurls", "auth");
        using HttpClient client = ClientOf(server);
        HttpResponseMessage chosen = await client.GetAsync(new Uri("i18n/", UriKind.Relative), TestContext.Current.CancellationToken);
        HttpResponseMessage stranger = await client.GetAsync(new Uri("auth/", UriKind.Relative), TestContext.Current.CancellationToken);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("ada:lovelace"u8));
        HttpResponseMessage known = await client.GetAsync(new Uri("auth/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Found, "/i18n/en/"), (chosen.StatusCode, PathOf(chosen)));
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        Validator.AssertSatisfied(server);
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex("name=\"csrfmiddlewaretoken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    private static HttpClient ClientOf(RoundtripProcess server) => new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = true }) { BaseAddress = new Uri(server.Http) };

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, Dictionary<string, string> form) =>
        client.PostAsync(new Uri(path, UriKind.Relative), new FormUrlEncodedContent(form), TestContext.Current.CancellationToken);

    private static Task<string> GetAsync(HttpClient client, string path) => client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    private static string PathOf(HttpResponseMessage response) =>
        response.Headers.Location is not { } location ? "" : location.IsAbsoluteUri ? location.AbsolutePath : location.OriginalString;

    private RoundtripProcess Serve(bool isValidated, params string[] applications)
    {
        foreach (string name in applications)
        {
            string file = isValidated ? $"{name}_itself.wsgi" : $"{name}.wsgi";
            _folder.Write(file, File.ReadAllBytes(SourceOf(name)));
            if (isValidated)
            {
                _folder.Write($"{name}.wsgi", Validator.Around(Path.Combine(_folder.Path, file)));
            }
        }

        IEnumerable<string> lines = Configuration.Split('\n').Where(line => !line.StartsWith("WSGIScriptAlias", StringComparison.Ordinal) || applications.Any(name => line.EndsWith($" {name}.wsgi", StringComparison.Ordinal)));
        _folder.Write("site.conf", string.Join('\n', lines));
        return new RoundtripProcess(_folder.Path);
    }

    private static string SourceOf(string name) => Path.Combine(Repository.Root, "tests/Roundtrip.Peers.Tests/Wsgi/Applications", $"{name}.wsgi");
}
