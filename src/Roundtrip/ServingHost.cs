using Roundtrip.Configuration;
using Roundtrip.Http.Http1;
using Roundtrip.Server;
using Roundtrip.Server.Logs;
using Roundtrip.Site;
using Roundtrip.Site.AccessLog;
using Roundtrip.Site.Serving;
using Roundtrip.Transport;
using Roundtrip.Transport.Files;

namespace Roundtrip.Program;

/// <summary>Everything that serves a configuration, put together: logs, certificates, site, server. Another configuration can take its place while it serves.</summary>
internal sealed class ServingHost : IDisposable
{
    private readonly ErrorLogs _errorLogs;
    private ErrorLog _errorLog;
    private AccessLogs _logs;
    private HttpServer _server = null!;

    private ServingHost(ErrorLogs errorLogs, ErrorLog errorLog, AccessLogs logs) => (_errorLogs, _errorLog, _logs) = (errorLogs, errorLog, logs);

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<string> Urls { get; private set; } = [];

    /// <exception cref="ServeException">The configuration has errors.</exception>
    /// <exception cref="TransportException">A log, a port or a certificate cannot be used.</exception>
    public static ServingHost Start(Served served)
    {
        ThrowIfWrong(served.Configuration);
        ServingHost? host = null;
        var errorLogs = new ErrorLogs(OpenerOf(served, message => host?.Say(LogLevel.Error, message)));
        AccessLogs? logs = null;
        try
        {
            ErrorLog errorLog = SiteConfiguration.ErrorLogOf(served.Configuration.Main, errorLogs);
            logs = LogsOf(served, errorLog);
            host = new ServingHost(errorLogs, errorLog, logs);
            ServerOptions options = OptionsOf(served, errorLog, errorLogs, logs);
            host._server = HttpServer.Start(options);
            host.Took(served, options);
            return host;
        }
        catch
        {
            logs?.Dispose();
            errorLogs.Dispose();
            throw;
        }
    }

    /// <summary>Goes over to another configuration: requests from now on are its, those under way are answered as they were begun. Where it cannot be used nothing has changed.</summary>
    /// <exception cref="ServeException">The configuration has errors.</exception>
    /// <exception cref="TransportException">A log, a port or a certificate cannot be used.</exception>
    public void Apply(Served served)
    {
        ThrowIfWrong(served.Configuration);
        AccessLogs? logs = null;
        ErrorLog errorLog;
        ServerOptions options;
        _errorLogs.Try(OpenerOf(served, message => Say(LogLevel.Error, message)));
        try
        {
            errorLog = SiteConfiguration.ErrorLogOf(served.Configuration.Main, _errorLogs);
            logs = LogsOf(served, errorLog);
            options = OptionsOf(served, errorLog, _errorLogs, logs);
            _server.Apply(options);
        }
        catch
        {
            logs?.Dispose();
            _errorLogs.Leave();
            throw;
        }

        _errorLogs.Take();
        _errorLog = errorLog;
        AccessLogs former = _logs;
        _logs = logs;
        former.Retire();
        Took(served, options);
    }

    /// <summary>A line for the error log.</summary>
    public void Say(LogLevel level, string message) => _errorLog.Write(level, "core", null, message);

    /// <summary>Lets answers under way finish, then writes what the logs still hold.</summary>
    public void Dispose()
    {
        _server.Dispose();
        _logs.Dispose();
        _errorLogs.Dispose();
    }

    private static Func<string, ILogTarget> OpenerOf(Served served, Action<string>? report)
    {
        var opener = new LogTargetOpener(null, report);
        return target => served.FindLog(target) ?? opener.Open(target);
    }

    private static AccessLogs LogsOf(Served served, ErrorLog errorLog)
    {
        void Report(string message) => errorLog.Write(LogLevel.Warn, "log_config", null, message);
        return new AccessLogs(OpenerOf(served, Report), Report);
    }

    private static ServerOptions OptionsOf(Served served, ErrorLog errorLog, ErrorLogs errorLogs, AccessLogs logs)
    {
        var snapshot = new SiteSnapshot(
            served.Configuration,
            logs,
            new SiteServices { Report = message => errorLog.Write(LogLevel.Error, "files", null, message), ErrorLogs = errorLogs });
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
