using System.Net;
using System.Net.Sockets;
using System.Text;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Http.Http2;
using Roundtrip.Server;
using Roundtrip.Server.Logs;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Tests.Support;
using Roundtrip.Site.Wsgi.Dispatch;

namespace Roundtrip.Site.Tests.Wsgi.Support;

/// <summary>A real server with real loops and workers, for an application that a test writes.</summary>
internal sealed class ApplicationSite : IDisposable
{
    private readonly TempFolder _folder;
    private readonly IWorkerPools _workers;
    private readonly SiteLogs _logs;
    private readonly MemoryStream _errors = new();
    private readonly ErrorLog _errorLog;
    private readonly HttpServer _server;

    /// <param name="application">The text of <c>app.wsgi</c>.</param>
    /// <param name="conf">The site.conf; in it <c>app.wsgi</c> is the file beside it.</param>
    public ApplicationSite(string application, string conf = "WSGIScriptAlias / app.wsgi", IWorkerPools? workers = null, int loops = 2, (string, string)[]? files = null)
    {
        _folder = new TempFolder();
        _folder.With("app.wsgi", application);
        foreach ((string name, string text) in files ?? [])
        {
            _folder.With(name, text);
        }

        _workers = workers ?? new SimpleWorkers();
        _errorLog = new ErrorLog(_errors);
        _logs = new SiteLogs(new LogTargetOpener(null).Open, null);
        BuiltConfiguration built = SiteConfiguration.LoadFolder(
            new InMemorySource().With($"{_folder.Path}/site.conf", $"ErrorLog {_folder.Path}/error.log\nCustomLog /dev/null combined\n{conf}"), _folder.Path, hasFile: true, static _ => []);
        Assert.Empty(built.Errors);
        var snapshot = new SiteSnapshot(built, _logs, new SiteServices { Workers = _workers });
        _server = HttpServer.Start(new ServerOptions
        {
            Endpoints = [new ServerEndpoint(PeerAddress.From(IPAddress.Loopback, 0)) { Http2Cleartext = Http2Cleartext.Direct }],
            ErrorLog = _errorLog,
            Loops = loops,
            Limits = HttpLimits.Default with { MaxKeepAliveRequests = 0 },
            CreateSite = snapshot.CreateLoop,
        });
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{Port}/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    public int Port => _server.Addresses[0].Port;

    public HttpClient Client { get; }

    public SimpleWorkers Workers => (SimpleWorkers)_workers;

    public string Folder => _folder.Path;

    /// <summary>The lines of the error log until it has one with this text.</summary>
    public async Task<string> LogWith(string text)
    {
        for (int i = 0; i < 300; i++)
        {
            string log = ErrorLogText;
            if (log.Contains(text, StringComparison.Ordinal))
            {
                return log;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"'{text}' is not in the log:\n{ErrorLogText}");
        return "";
    }

    public string ErrorLogText => File.Exists($"{Folder}/error.log") ? File.ReadAllText($"{Folder}/error.log") : "";

    public Task<string> Get(string path) => Client.GetStringAsync(path, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? content = null) =>
        Client.SendAsync(new HttpRequestMessage(method, path) { Content = content }, TestContext.Current.CancellationToken);

    /// <summary>Sends bytes and reads what comes until the server closes.</summary>
    public async Task<string> Raw(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        Client.Dispose();
        _server.Dispose();
        (_workers as IDisposable)?.Dispose();
        _logs.Dispose();
        _errorLog.Dispose();
        _folder.Dispose();
    }
}
