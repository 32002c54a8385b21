using Roundtrip.Configuration;
using Roundtrip.Http.Http1;
using Roundtrip.Server;
using Roundtrip.Site;
using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;
using Roundtrip.Transport.Files;

namespace Roundtrip.Program;

/// <summary>Everything that serves a configuration, put together: logs, certificates, site, server. Another configuration can take its place while it serves.</summary>
internal sealed class ServingHost : IDisposable
{
    private readonly ErrorLog _errorLog;
    private readonly HttpServer _server;
    private AccessLogs _logs;

    private ServingHost(ErrorLog errorLog, AccessLogs logs, HttpServer server) => (_errorLog, _logs, _server) = (errorLog, logs, server);

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<string> Urls { get; private set; } = [];

    /// <exception cref="ServeException">The configuration has errors.</exception>
    /// <exception cref="TransportException">A log, a port or a certificate cannot be used.</exception>
    public static ServingHost Start(Served served)
    {
        ThrowIfWrong(served.Configuration);
        ErrorLog? errorLog = null;
        AccessLogs? logs = null;
        try
        {
            errorLog = new ErrorLog(new AppendStream(served.OpenLog(SiteConfiguration.ErrorLogOf(served.Configuration.Main.Settings))));
            logs = MakeLogs(served, errorLog);
            ServerOptions options = OptionsOf(served, errorLog, logs);
            var host = new ServingHost(errorLog, logs, HttpServer.Start(options));
            host.Took(served, options);
            return host;
        }
        catch
        {
            logs?.Dispose();
            errorLog?.Dispose();
            throw;
        }
    }

    /// <summary>Goes over to another configuration: requests from now on are its, those under way are answered as they were begun. Where it cannot be used nothing has changed.</summary>
    /// <exception cref="ServeException">The configuration has errors.</exception>
    /// <exception cref="TransportException">A log, a port or a certificate cannot be used.</exception>
    public void Apply(Served served)
    {
        ThrowIfWrong(served.Configuration);
        AccessLogs logs = MakeLogs(served, _errorLog);
        try
        {
            AppendFile errors = served.OpenLog(SiteConfiguration.ErrorLogOf(served.Configuration.Main.Settings));
            ServerOptions options = OptionsOf(served, _errorLog, logs);
            _server.Apply(options);
            _errorLog.Reopen(new AppendStream(errors));
            Took(served, options);
        }
        catch
        {
            logs.Dispose();
            throw;
        }

        AccessLogs former = _logs;
        _logs = logs;
        former.Retire();
    }

    /// <summary>A line for the error log.</summary>
    public void Say(LogLevel level, string message) => _errorLog.Write(level, "core", null, message);

    /// <summary>Lets answers under way finish, then writes what the logs still hold.</summary>
    public void Dispose()
    {
        _server.Dispose();
        _logs.Dispose();
        _errorLog.Dispose();
    }

    private static AccessLogs MakeLogs(Served served, ErrorLog errorLog) =>
        new(served.OpenLog, message => errorLog.Write(LogLevel.Warn, "log_config", null, message));

    private static ServerOptions OptionsOf(Served served, ErrorLog errorLog, AccessLogs logs)
    {
        var snapshot = new SiteSnapshot(
            served.Configuration, logs, new SiteServices { Report = message => errorLog.Write(LogLevel.Error, "files", null, message) });
        return new ServerOptions
        {
            Endpoints = served.Endpoints(served, new TlsFailureLog(errorLog)),
            ErrorLog = errorLog,
            Limits = SiteConfiguration.LimitsOf(served.Configuration.Main.Settings),
            StatusLines = new StatusLines(SiteConfiguration.ServerNameOf(served.Configuration.Main.Settings)),
            CreateSite = snapshot.CreateLoop,
        };
    }

    private static void ThrowIfWrong(BuiltConfiguration configuration)
    {
        if (configuration.Errors.Count > 0)
        {
            throw new ServeException(string.Join('\n', configuration.Errors), ExitCode.NotSo);
        }
    }

    private void Took(Served served, ServerOptions options)
    {
        Urls = [.. _server.Addresses.Select((address, index) => $"{(options.Endpoints[index].Tls is null ? "http" : "https")}://{address}/")];
        foreach (ConfigurationError warning in served.Configuration.Warnings)
        {
            Say(LogLevel.Warn, warning.ToString());
        }
    }
}
