using System.Net;

namespace Roundtrip.Peers.Tests.Wsgi;

/// <summary><c>roundtrip serve --wsgi MODULE:CALLABLE FOLDER</c>: the server while an application is written.</summary>
public sealed class ServeModuleTests : IDisposable
{
    private const string Shop = """
        import words

        def application(environ, start_response):
            if environ['PATH_INFO'] == '/fails':
                raise RuntimeError('the shop is closed')
            start_response('200 OK', [('Content-Type', 'text/plain')])
            return [words.GREETING.encode()]
        """;

    private const int Patience = 10_000;

    private readonly TemporaryFolder _folder = new();

    private readonly HttpClient _client = new();

    public ServeModuleTests()
    {
        _folder.Write("shop.py", Shop);
        _folder.Write("words.py", "GREETING = 'one'\n");
    }

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_change_of_the_module_or_of_one_that_it_imports_is_served_without_a_restart()
    {
        using RoundtripProcess server = Serve("shop:application");
        Assert.Equal("one", await Get(server));

        // As quick as a test is: a change of the same length in the same second.
        _folder.Write("words.py", "GREETING = 'two'\n");
        await UntilAnswered(server, "two");
        _folder.Write("shop.py", Shop.Replace("words.GREETING", "words.GREETING.upper()", StringComparison.Ordinal));
        await UntilAnswered(server, "TWO");
    }

    [Theory]
    [InlineData("shop.py", "def application(:\n", "shop.py\", line 1", "SyntaxError")]
    [InlineData("words.py", "GREETING = 'one'\nthis is no Python\n", "words.py\", line 2", "SyntaxError")]
    [InlineData("words.py", "GREETING = nothing\n", "words.py\", line 1", "NameError: name 'nothing' is not defined")]
    public async Task A_fault_in_the_source_is_shown_with_its_place_and_mended_without_a_restart(string file, string text, string place, string said)
    {
        string good = await File.ReadAllTextAsync(Path.Combine(_folder.Path, file), TestContext.Current.CancellationToken);
        using RoundtripProcess server = Serve("shop:application");
        Assert.Equal("one", await Get(server));
        _folder.Write(file, text);
        await UntilAnswered(server, said, place);

        // It was in the log before anybody asked, and nothing in it is of the server's own.
        server.UntilLogged(said);
        server.UntilLogged(place);
        Assert.DoesNotContain("/dev/fd/", server.Errors, StringComparison.Ordinal);
        _folder.Write(file, good);
        await UntilAnswered(server, "one");
    }

    [Fact]
    public async Task A_fault_that_was_there_from_the_beginning_is_mended_too()
    {
        _folder.Write("words.py", "this is no Python\n");
        using RoundtripProcess server = Serve("shop:application");
        await UntilAnswered(server, "SyntaxError", "words.py\", line 1");
        _folder.Write("words.py", "GREETING = 'mended'\n");
        await UntilAnswered(server, "mended");
    }

    [Theory]
    [InlineData("nosuch:application", "LookupError: there is no module nosuch in ")]
    [InlineData("shop.nosuch:application", "LookupError: there is no module shop.nosuch in ")]
    [InlineData("shop:nosuch", "LookupError: module shop has no callable named nosuch")]
    [InlineData("shop:words.GREETING", "LookupError: module shop has no callable named words.GREETING")]
    public async Task What_is_missing_is_one_line_in_the_log_and_the_answer(string spec, string said)
    {
        using RoundtripProcess server = Serve(spec);
        server.UntilLogged(said);
        string answer = await Get(server);

        Assert.StartsWith(said, answer, StringComparison.Ordinal);
        Assert.Single(answer.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData(":application")]
    [InlineData("../shop:application")]
    [InlineData("shop.py:")]
    [InlineData("shop:application:more")]
    [InlineData("shop:application()")]
    public void What_names_nothing_is_exit_2(string spec)
    {
        Finished roundtrip = Run.Program("dotnet", Repository.BuiltProgram, "serve", _folder.Path, "--wsgi", spec);

        Assert.Equal((2, ""), (roundtrip.ExitCode, roundtrip.Text));
        Assert.Contains($"'{spec}'", roundtrip.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_traceback_is_shown_to_this_machine_alone()
    {
        // In a network of its own, where it has an address that is not loopback.
        _folder.Write("inside.sh", "#!/bin/sh\nip link set lo up\nip address add 192.0.2.1/32 dev lo\nexec \"$@\"\n");
        using var server = new RoundtripProcess(_folder.Path, prefix: $"unshare --net sh {_folder.Path}/inside.sh", arguments: ["--wsgi", "shop:application", "--bind", "0.0.0.0"]);
        Finished loopback = Visit("127.0.0.1");
        Finished elsewhere = Visit("192.0.2.1");

        Assert.StartsWith("Traceback (most recent call last):\n", loopback.Text, StringComparison.Ordinal);
        Assert.Contains($"{_folder.Path}/shop.py\", line 5, in application\n", loopback.Text, StringComparison.Ordinal);
        Assert.EndsWith("RuntimeError: the shop is closed\n500", loopback.Text, StringComparison.Ordinal);
        Assert.EndsWith("500", elsewhere.Text, StringComparison.Ordinal);
        foreach (string secret in (string[])["Traceback", "shop", "RuntimeError"])
        {
            Assert.DoesNotContain(secret, elsewhere.Text.Replace("/fails", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        Finished Visit(string address) => Run.Program("nsenter", "--target", $"{server.Id}", "--net", "curl", "-sS", "-w", "%{http_code}", $"http://{address}:{server.HttpPort}/fails");
    }

    [Fact]
    public async Task What_wsgi_file_writes_is_served()
    {
        _folder.Write("made.py", "from shop import application\n\ndef create(greeting='x'):\n    return application\n");
        _folder.Write("app.wsgi", Run.Program("dotnet", Repository.BuiltProgram, "wsgi-file", "made:create").Output);
        _folder.Write("site.conf", "WSGIScriptAlias /shop app.wsgi\n");
        using var server = new RoundtripProcess(_folder.Path);

        Assert.Equal("one", await Get(server, "shop/"));
        foreach (string hidden in (string[])["app.wsgi", "made.py", "site.conf", .. Directory.GetFiles(_folder.Path, "*.pyc", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder.Path, file))])
        {
            using HttpResponseMessage answer = await _client.GetAsync(new Uri(server.Http + hidden), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    private RoundtripProcess Serve(string spec) => new(_folder.Path, arguments: ["--wsgi", spec]);

    private async Task<string> Get(RoundtripProcess server, string path = "")
    {
        using HttpResponseMessage answer = await _client.GetAsync(new Uri(server.Http + path), TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private async Task UntilAnswered(RoundtripProcess server, params string[] texts)
    {
        string answer = "";
        for (long until = Environment.TickCount64 + Patience; !Array.TrueForAll(texts, text => answer.Contains(text, StringComparison.Ordinal)); answer = await Get(server))
        {
            Assert.True(Environment.TickCount64 < until, $"{string.Join(" and ", texts)} is not answered, but {answer}: {server.Errors}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
