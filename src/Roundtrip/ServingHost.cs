using Roundtrip.Configuration;
using Roundtrip.Http.Http1;
using Roundtrip.Server;
using Roundtrip.Server.Logs;
using Roundtrip.Site;
using Roundtrip.Site.Serving;
using Roundtrip.Site.Wsgi.Processes;
using Roundtrip.Stores;
using Roundtrip.Transport;

namespace Roundtrip.Program;

/// <summary>Everything that serves a configuration, put together: logs, certificates, site, server. Another configuration can take its place while it serves.</summary>
internal sealed class ServingHost : IDisposable
{
    private readonly HttpServer _server;
    private readonly WorkerPools _workers;
    private readonly SiteServices _services;
    private readonly RestingMemory _memory = new();
    private readonly List<SiteLogs> _former = [];
    private SiteSnapshot _site;

    private ServingHost(HttpServer server, SiteSnapshot site, WorkerPools workers, SiteServices services) => (_server, _site, _workers, _services) = (server, site, workers, services);

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<string> Urls { get; private set; } = [];

    private ErrorLog ErrorLog => _site.Hosts[0].ErrorLog;

    /// <param name="workers">The processes of applications; they end with the host, or at once where it is not made.</param>
    /// <exception cref="ServeException">The configuration has errors.</exception>
    /// <exception cref="TransportException">A log, a port or a certificate cannot be used.</exception>
    public static ServingHost Start(Served served, WorkerPools workers)
    {
        ServingHost? host = null;
        SiteServices services = workers.AddTo(new SiteServices { LiveStores = new LiveStores() });
        try
        {
            Use(served, workers, services, (site, options) =>
            {
                host = new ServingHost(HttpServer.Start(options), site, workers, services);
                host.Took(served, options);
            });
            return host!;
        }
        catch
        {
            services.End();
            workers.Dispose();
            throw;
        }
    }

    /// <summary>Goes over to another configuration: requests from now on are its, those under way are answered as they were begun. Where it cannot be used nothing has changed.</summary>
    /// <exception cref="ServeException">The configuration has errors.</exception>
    /// <exception cref="TransportException">A log, a port or a certificate cannot be used.</exception>
    public void Apply(Served served) => Use(served, _workers, _services, (site, options) =>
    {
        _server.Apply(options);
        _former.RemoveAll(logs => logs.HaveEnded);
        _former.Add(_site.Logs);
        _site = site;
        Took(served, options);
    });

    /// <summary>A line for the error log.</summary>
    public void Say(LogLevel level, string message) => ErrorLog.Write(level, "core", null, message);

    /// <summary>Accepts no more, and returns when answers under way are done, or the time of GracefulShutdownTimeout is over. <see cref="Dispose"/> comes after it.</summary>
    public void StopGracefully() => _server.Stop(isGraceful: true);

    /// <summary>Has <see cref="StopGracefully"/>, on another thread, wait no longer than a plain stop does.</summary>
    public void Hurry() => _server.Hurry();

    /// <summary>Lets answers under way finish, then writes what the logs still hold, those of former configurations too.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        _server.Dispose();
        _services.End();
        _workers.Dispose();
        _former.ForEach(logs => logs.Dispose());
        _site.Logs.Dispose();
    }

    // Opens the logs of a configuration, and closes them again where it cannot be used.
    private static void Use(Served served, WorkerPools workers, SiteServices services, Action<SiteSnapshot, ServerOptions> use)
    {
        ThrowIfWrong(served.Configuration);
        SiteSnapshot? site = null;
        void Report(LogLevel level, string module, string message) => site?.Hosts[0].ErrorLog.Write(level, module, null, message);
        var opener = new LogTargetOpener(message => Report(LogLevel.Error, "core", message));
        var logs = new SiteLogs(target => served.FindLog(target) ?? opener.Open(target), message => Report(LogLevel.Warn, "log_config", message));
        try
        {
            site = new SiteSnapshot(served.Configuration, logs, services);
            use(site, OptionsOf(served, site));
        }
        catch
        {
            workers.Withdraw();
            logs.Dispose();
            throw;
        }
    }

    private static ServerOptions OptionsOf(Served served, SiteSnapshot site) => new()
    {
        Endpoints = served.Endpoints(served),
        ErrorLog = site.Hosts[0].ErrorLog,
        Limits = SiteConfiguration.LimitsOf(served.Configuration.Main.Settings),
        StatusLines = new StatusLines(SiteConfiguration.ServerNameOf(served.Configuration.Main.Settings)),
        CreateSite = site.CreateLoop,
        GracefulShutdownTimeout = SiteConfiguration.GracefulShutdownTimeoutOf(served.Configuration.Main.Settings),
    };

    private static void ThrowIfWrong(BuiltConfiguration configuration)
    {
        if (configuration.Errors.Count > 0)
        {
            throw new ServeException(string.Join('\n', configuration.Errors), ExitCode.NotSo);
        }
    }

    private void Took(Served served, ServerOptions options)
    {
        _workers.Serve(served.Configuration, _site);
        Urls = [.. _server.Addresses.Select((address, index) => $"{(options.Endpoints[index].Tls is null ? "http" : "https")}://{address}/")];
        foreach (ConfigurationError warning in served.Configuration.Warnings)
        {
            Say(LogLevel.Warn, warning.ToString());
        }
    }
}
