using System.Net;
using System.Net.Sockets;
using System.Text;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Core;
using Roundtrip.Http.Http2;
using Roundtrip.Server;
using Roundtrip.Server.Logs;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Tests.Support;

/// <summary>A real server with real loops, for programs that a test writes into a folder.</summary>
internal abstract class ServedSite : IDisposable
{
    private readonly SiteLogs _logs = new(new LogTargetOpener(null).Open, null);
    private readonly ErrorLog _errorLog = new(new MemoryStream());
    private readonly HttpServer _server;

    /// <param name="files">They lie in it before anything is read.</param>
    /// <param name="conf">The site.conf, but for its logs; <c>@FOLDER@</c> is the folder.</param>
    protected ServedSite(Action<TempFolder> files, string conf, SiteServices services, int loops = 2)
    {
        files(Files);
        BuiltConfiguration built = SiteConfiguration.LoadFolder(
            WithCertificates(conf).With($"{Folder}/site.conf", $"ErrorLog {Folder}/error.log\nCustomLog /dev/null combined\n{conf.Replace("@FOLDER@", Folder, StringComparison.Ordinal)}"),
            Folder, hasFile: true, static _ => []);
        Assert.Empty(built.Errors);
        _server = HttpServer.Start(new ServerOptions
        {
            Endpoints = [new ServerEndpoint(PeerAddress.From(IPAddress.Loopback, 0)) { Http2Cleartext = Http2Cleartext.Direct }],
            ErrorLog = _errorLog,
            Loops = loops,
            Limits = SiteConfiguration.LimitsOf(built.Main.Settings) with { MaxKeepAliveRequests = 0 },
            CreateSite = new SiteSnapshot(built, _logs, services).CreateLoop,
        });
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{Port}/"), Timeout = TimeSpan.FromSeconds(30) };
    }

    // Of what lies on the disk a configuration reads certificates alone.
    private static InMemorySource WithCertificates(string conf) => conf.Split(' ', '\n').Where(static word => word.EndsWith(".pem", StringComparison.Ordinal)).Distinct()
        .Aggregate(new InMemorySource(), static (source, path) => source.With(path, File.ReadAllText(path)));

    public int Port => _server.Addresses[0].Port;

    public HttpClient Client { get; }

    public string Folder => Files.Path;

    public string ErrorLogText => File.Exists($"{Folder}/error.log") ? File.ReadAllText($"{Folder}/error.log") : "";

    protected TempFolder Files { get; } = new();

    public Task<string> Get(string path) => Client.GetStringAsync(path, TestContext.Current.CancellationToken);

    /// <param name="version">HTTP/1.1 unless said.</param>
    public Task<HttpResponseMessage> Send(HttpMethod method, string path, HttpContent? content = null, Version? version = null) => Client.SendAsync(
        new HttpRequestMessage(method, path) { Content = content, Version = version ?? HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
        TestContext.Current.CancellationToken);

    /// <summary>Sends bytes and reads what comes until the server closes.</summary>
    public async Task<string> Raw(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until something is so, which it must become in some seconds.</summary>
    public static async Task Until(Func<bool> isSo, string what)
    {
        for (int i = 0; i < 500; i++)
        {
            if (isSo())
            {
                return;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Fail(what);
    }

    /// <summary>The error log when it has a line with this text.</summary>
    public async Task<string> LogWith(string text)
    {
        await Until(() => ErrorLogText.Contains(text, StringComparison.Ordinal), $"'{text}' is not in the log");
        return ErrorLogText;
    }

    public void Dispose()
    {
        Client.Dispose();
        _server.Dispose();
        ServerEnded();
        _logs.Dispose();
        _errorLog.Dispose();
        Files.Dispose();
    }

    /// <summary>Ends what the server has used.</summary>
    protected virtual void ServerEnded()
    {
    }
}
