using Roundtrip.Core;
using Roundtrip.Server;
using Roundtrip.Site;
using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Configuration;
using Roundtrip.Site.Files;
using Roundtrip.Transport;
using Roundtrip.Transport.Files;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Program;

/// <summary>Everything that serves one folder, put together: configuration, logs, certificate, site, server.</summary>
internal sealed class FolderHost : IDisposable
{
    private readonly ErrorLog _errorLog;
    private readonly AccessLog _accessLog;
    private readonly TlsServerContext _tls;
    private readonly HttpServer _server;

    private FolderHost(ErrorLog errorLog, AccessLog accessLog, TlsServerContext tls, HttpServer server, FolderAddress where)
    {
        (_errorLog, _accessLog, _tls, _server) = (errorLog, accessLog, tls, server);
        Urls = [Url("http", server.Addresses[0]), Url("https", server.Addresses[1])];
    }

    /// <summary>Where the folder is served.</summary>
    public IReadOnlyList<string> Urls { get; }

    /// <exception cref="ServeException">The configuration cannot be used.</exception>
    /// <exception cref="TransportException">A log, a port, the certificate or the folder cannot be used.</exception>
    public static FolderHost Start(FolderAddress where)
    {
        FolderConfiguration configuration = ReadConfiguration(where.Folder);
        var undo = new Stack<IDisposable>();
        try
        {
            ErrorLog errorLog = Kept(new ErrorLog(new AppendStream(OpenLog(where.Folder, configuration.ErrorLog))));
            AccessLog accessLog = Kept(new AccessLog(
                OpenLog(where.Folder, configuration.AccessLog),
                ParseFormat(configuration.AccessLogFormat),
                message => errorLog.Write(LogLevel.Warn, "log_config", null, message)));
            TlsServerContext tls = Kept(OpenTls(where.Folder, configuration, errorLog));
            var options = new FolderSiteOptions
            {
                Folder = where.Folder,
                PrivateFiles = PrivateFiles(where.Folder, configuration),
                DirectoryIndex = configuration.DirectoryIndex,
                ListDirectories = configuration.ListDirectories,
                Report = message => errorLog.Write(LogLevel.Error, "files", null, message),
            };
            var budget = new SharedCacheBudget();
            HttpServer server = Kept(HttpServer.Start(new ServerOptions
            {
                Endpoints =
                [
                    new ServerEndpoint(PeerAddress.From(where.Bind, where.HttpPort)),
                    new ServerEndpoint(PeerAddress.From(where.Bind, where.HttpsPort), tls),
                ],
                ErrorLog = errorLog,
                Limits = configuration.Limits,
                CreateSite = loop => new LoopSite(new FolderSite(options, loop, budget), accessLog.CreateBuffer(loop)),
            }));
            return new FolderHost(errorLog, accessLog, tls, server, where);
        }
        catch
        {
            while (undo.TryPop(out IDisposable? begun))
            {
                begun.Dispose();
            }

            throw;
        }

        T Kept<T>(T begun)
            where T : IDisposable
        {
            undo.Push(begun);
            return begun;
        }
    }

    /// <summary>Lets answers under way finish, then writes what the logs still hold.</summary>
    public void Dispose()
    {
        _server.Dispose();
        _tls.Dispose();
        _accessLog.Dispose();
        _errorLog.Dispose();
    }

    private static FolderConfiguration ReadConfiguration(string folder)
    {
        string file = Path.Combine(folder, "site.conf");
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (FileNotFoundException)
        {
            return new FolderConfiguration();
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new ServeException($"roundtrip: {file} cannot be read: {fault.Message} (chmod u+r {file}, as its owner)", ExitCode.Missing);
        }
        catch (IOException fault)
        {
            // Serving without what it says could serve what it forbids.
            throw new ServeException($"roundtrip: {file} cannot be read: {fault.Message}", ExitCode.NotSo);
        }

        FolderConfiguration configuration = SiteConf.Parse(file, text, out IReadOnlyList<ConfigurationError> errors);
        if (errors.Count == 0 && configuration is { CertificateFile: null, CertificateKeyFile: not null })
        {
            throw new ServeException($"{file}: SSLCertificateKeyFile needs an SSLCertificateFile", ExitCode.NotSo);
        }

        return errors.Count == 0 ? configuration : throw new ServeException(string.Join('\n', errors), ExitCode.NotSo);
    }

    // What site.conf names for the server's own use may lie in the folder, and is not for visitors: a key above all.
    private static string[] PrivateFiles(string folder, FolderConfiguration configuration)
    {
        string?[] names = [configuration.AccessLog, configuration.ErrorLog, configuration.CertificateFile, configuration.CertificateKeyFile];
        return [.. names.Where(name => name is not (null or "-")).Select(name => Path.GetRelativePath(folder, Path.GetFullPath(Path.Combine(folder, name!))))];
    }

    private static AppendFile OpenLog(string folder, string name)
    {
        const int StandardError = 2;
        return name == "-" ? AppendFile.Over(StandardError) : AppendFile.Open(Path.Combine(folder, name));
    }

    private static LogFormat ParseFormat(string format)
    {
        try
        {
            return LogFormat.Parse(format);
        }
        catch (FormatException fault)
        {
            throw new ServeException($"roundtrip: CustomLog: {fault.Message}", ExitCode.NotSo);
        }
    }

    private static TlsServerContext OpenTls(string folder, FolderConfiguration configuration, ErrorLog errorLog)
    {
        TlsCertificateFiles files = configuration.CertificateFile is { } certificate
            ? new TlsCertificateFiles(Path.Combine(folder, certificate), Path.Combine(folder, configuration.CertificateKeyFile ?? certificate))
            : LocalCertificate.Ensure(LocalCertificate.DefaultFolder, DateTimeOffset.UtcNow);
        return new TlsServerContext(new TlsServerOptions { Name = "folder", Certificates = [files], Observer = new TlsFailureLog(errorLog) });
    }

    private static string Url(string scheme, PeerAddress address) => $"{scheme}://{address}/";
}
