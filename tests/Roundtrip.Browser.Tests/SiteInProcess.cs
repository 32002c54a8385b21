using System.Collections.Concurrent;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Roundtrip.Configuration;
using Roundtrip.Configuration.Loading;
using Roundtrip.Core;
using Roundtrip.Http;
using Roundtrip.Server;
using Roundtrip.Site;
using Roundtrip.Site.EarlyHints;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;
using Roundtrip.Transport.Files;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Browser.Tests;

/// <summary>A folder served over TLS in this process, where one page is a test's own code, which answers when the test wants it to.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SiteInProcess : IDisposable
{
    public const string Page = "/page";

    private readonly string _folder = Directory.CreateTempSubdirectory("roundtrip-hints-").FullName;
    private readonly SiteLogs _logs = new(_ => AppendFile.Open("/dev/null"), null);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _requested = new();
    private readonly ErrorLog _errors = new(new MemoryStream());
    private readonly TlsServerContext _tls;
    private readonly HttpServer _server;
    private readonly SharedCompanions? _companions;

    /// <param name="conf">The folder's site.conf.</param>
    /// <param name="files">Paths and contents.</param>
    public SiteInProcess(string conf, params (string Name, string Content)[] files)
    {
        foreach ((string name, string content) in files)
        {
            File.WriteAllText(Path.Combine(_folder, name), content);
        }

        TlsCertificateFiles certificate = LocalCertificate.Ensure(Path.Combine(_folder, ".tls"), DateTimeOffset.UtcNow);
        using X509Certificate2 read = X509Certificate2.CreateFromPem(File.ReadAllText(certificate.ChainFile));
        KeyHash = Convert.ToBase64String(SHA256.HashData(read.PublicKey.ExportSubjectPublicKeyInfo()));
        _tls = new TlsServerContext(new TlsServerOptions { Name = "test", Certificates = [certificate] });
        var source = new InMemorySource().With($"{_folder}/site.conf", conf);
        BuiltConfiguration built = SiteConfiguration.LoadFolder(source, _folder, hasFile: true, static _ => []);
        Assert.Empty(built.Errors);
        var snapshot = new SiteSnapshot(built, _logs, new SiteServices());
        _companions = snapshot.Hosts[0].Companions;
        _server = HttpServer.Start(new ServerOptions
        {
            Endpoints = [new ServerEndpoint(PeerAddress.FromIPv4(0x7F000001, 0), _tls)],
            ErrorLog = _errors,
            CreateSite = loop =>
            {
                var site = new SiteLoop(snapshot, loop);
                return new LoopSite(new Starter(this, site, loop), site);
            },
        });
    }

    public ushort Port => _server.Addresses[0].Port;

    /// <summary>By which Chromium is told to trust the certificate: what it does not trust it keeps nowhere.</summary>
    public string KeyHash { get; }

    /// <summary>What is asked for and answered, in its order.</summary>
    public ConcurrentQueue<string> Events { get; } = new();

    /// <summary>What the last visit of the page was told of what was learnt.</summary>
    public IReadOnlyList<string> Told { get; private set; } = [];

    /// <summary>Makes the page's content.</summary>
    public Func<Task<string>> Make { get; set; } = static () => Task.FromResult("");

    /// <summary>Done when a path is asked for.</summary>
    public Task Requested(string path) => _requested.GetOrAdd(path, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Lets the visits so far come to their end.</summary>
    public void EndVisits() => _companions!.Advance(Http.Companions.CompanionModel.VisitLasts);

    public void Dispose()
    {
        _server.Dispose();
        _tls.Dispose();
        _logs.Dispose();
        _errors.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswerAsync(OffloadedExchange exchange)
    {
        byte[] content = Encoding.UTF8.GetBytes(await Make());
        Events.Enqueue("answered");
        exchange.Respond(200, FieldBlock.Create(("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")), content.Length);
        await exchange.ResponseBody.WriteAsync(content);
    }

    private sealed class Starter(SiteInProcess test, SiteLoop site, EventLoop loop) : IExchangeStarter, IDisposable
    {
        public void Start(Exchange exchange)
        {
            string path = Encoding.ASCII.GetString(exchange.Request.Path);
            test.Events.Enqueue(exchange.Request.Method == Method.Get ? path : $"{Encoding.ASCII.GetString(exchange.Request.MethodName)} {path}");
            _ = test.Requested(path);
            test._requested[path].TrySetResult();
            if (path != Page)
            {
                site.Start(exchange);
                return;
            }

            // As the site begins with each exchange.
            site.FirstHost.Hints?.Began(exchange);
            test.Told = [.. exchange.Companions.Select(companion => companion.Link)];
            OffloadedExchange.Start(exchange, loop, test._errors, "page", test.AnswerAsync);
        }

        public void Dispose() => site.Dispose();
    }
}
