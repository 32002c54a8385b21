using System.Net;
using Roundtrip.Configuration;
using Roundtrip.Configuration.VirtualHosts;
using Roundtrip.Core;
using Roundtrip.Server;
using Roundtrip.Site;
using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Serving;
using Roundtrip.Transport.Files;
using Roundtrip.Transport.Tls;

namespace Roundtrip.Program;

/// <summary>Everything that serves a configuration, put together: logs, certificates, sites, server.</summary>
internal sealed class ServingHost : IDisposable
{
    private readonly ErrorLog _errorLog;
    private readonly Stack<IDisposable> _parts;
    private readonly HttpServer _server;

    private ServingHost(ErrorLog errorLog, Stack<IDisposable> parts, HttpServer server, IReadOnlyList<ServerEndpoint> endpoints)
    {
        (_errorLog, _parts, _server) = (errorLog, parts, server);
        Urls = [.. server.Addresses.Select((address, index) => $"{(endpoints[index].Tls is null ? "http" : "https")}://{address}/")];
    }

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<string> Urls { get; }

    /// <summary>Serves a folder.</summary>
    /// <exception cref="ServeException">The configuration cannot be used.</exception>
    /// <exception cref="Transport.TransportException">A log, a port, the certificate or the folder cannot be used.</exception>
    public static ServingHost Start(FolderAddress where)
    {
        FileRoot.Open(where.Folder, SymlinkRule.Beneath).Dispose();
        BuiltConfiguration configuration = Checked(FolderConfiguration.Read(where.Folder));
        return Start(configuration, errorLog =>
        {
            IReadOnlyList<TlsCertificateFiles> certificates = SiteConfiguration.CertificatesOf(configuration.Main.Settings);
            if (certificates.Count == 0)
            {
                certificates = [LocalCertificate.Ensure(LocalCertificate.DefaultFolder, DateTimeOffset.UtcNow)];
            }

            var tls = new TlsServerContext(new TlsServerOptions { Name = "folder", Certificates = certificates, Observer = new TlsFailureLog(errorLog) });
            return
            [
                new ServerEndpoint(PeerAddress.From(where.Bind, where.HttpPort)),
                new ServerEndpoint(PeerAddress.From(where.Bind, where.HttpsPort), tls),
            ];
        });
    }

    /// <summary>Serves a configuration file.</summary>
    /// <exception cref="ServeException">The configuration cannot be used.</exception>
    /// <exception cref="Transport.TransportException">A log, a port or a certificate cannot be used.</exception>
    public static ServingHost Start(BuiltConfiguration configuration) => Start(Checked(configuration), errorLog =>
    [
        .. SiteConfiguration.ListensOf(configuration.Main.Settings).Select(listen => new ServerEndpoint(AddressOf(listen.Address))),
    ]);

    /// <summary>Lets answers under way finish, then writes what the logs still hold.</summary>
    public void Dispose()
    {
        while (_parts.TryPop(out IDisposable? part))
        {
            part.Dispose();
        }
    }

    private static ServingHost Start(BuiltConfiguration configuration, Func<ErrorLog, IReadOnlyList<ServerEndpoint>> endpoints)
    {
        var parts = new Stack<IDisposable>();
        try
        {
            ErrorLog errorLog = Kept(new ErrorLog(new AppendStream(OpenLog(SiteConfiguration.ErrorLogOf(configuration.Main.Settings)))));
            AccessLogs logs = Kept(new AccessLogs(OpenLog, message => errorLog.Write(LogLevel.Warn, "log_config", null, message)));
            SiteSnapshot snapshot = Kept(new SiteSnapshot(configuration, logs, new SiteServices { Report = message => errorLog.Write(LogLevel.Error, "files", null, message) }));
            IReadOnlyList<ServerEndpoint> listened = endpoints(errorLog);
            foreach (ServerEndpoint endpoint in listened)
            {
                if (endpoint.Tls is { } tls)
                {
                    parts.Push(tls);
                }
            }

            HttpServer server = Kept(HttpServer.Start(new ServerOptions
            {
                Endpoints = listened,
                ErrorLog = errorLog,
                Limits = SiteConfiguration.LimitsOf(configuration.Main.Settings),
                CreateSite = snapshot.CreateLoop,
            }));
            foreach (ConfigurationError warning in configuration.Warnings)
            {
                errorLog.Write(LogLevel.Warn, "core", null, warning.ToString());
            }

            return new ServingHost(errorLog, parts, server, listened);
        }
        catch
        {
            while (parts.TryPop(out IDisposable? begun))
            {
                begun.Dispose();
            }

            throw;
        }

        T Kept<T>(T begun)
            where T : IDisposable
        {
            parts.Push(begun);
            return begun;
        }
    }

    private static BuiltConfiguration Checked(BuiltConfiguration configuration) => configuration.Errors.Count == 0
        ? configuration
        : throw new ServeException(string.Join('\n', configuration.Errors), ExitCode.NotSo);

    private static PeerAddress AddressOf(HostAddress address) => PeerAddress.From(address.Address ?? IPAddress.Any, address.Port);

    private static AppendFile OpenLog(string name)
    {
        const int StandardError = 2;
        return name == "-" ? AppendFile.Over(StandardError) : AppendFile.Open(name);
    }
}
