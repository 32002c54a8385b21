using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Settings;
using Roundtrip.Server.Logs;
using Roundtrip.Site.AccessLog;

namespace Roundtrip.Site.Core;

/// <summary>The core's directives for the error log: where its lines go, how they look, which are made.</summary>
internal static class ErrorLogDirectives
{
    public static readonly Directive[] All =
    [
        new("ErrorLog", DirectiveContext.AnyServer, 1, 1, "a file, a program, syslog, or - for standard error", call =>
            call.Settings.Set(CoreSettings.ErrorLog, LogTargets.FullName(call, call.Words[0]))),
        new("ErrorLogFormat", DirectiveContext.AnyServer, 1, 2, "a format, perhaps with connection or request before it", SetFormat),

        // Deviates: httpd refuses a module that is not loaded. A level for one that is not built here does no harm.
        new("LogLevel", DirectiveContext.Anywhere, 1, int.MaxValue, "a level, or modules with a colon and a level", call =>
            call.Settings.Set(CoreSettings.LogLevel, (call.Settings.Has(CoreSettings.LogLevel) ? call.Settings.Get(CoreSettings.LogLevel) : LogLevels.Unset).With(call.Words))),
    ];

    /// <summary>How a host's error log is written.</summary>
    public static ErrorLogOptions OptionsOf(SettingBag settings, string serverName)
    {
        ErrorLogFormats formats = settings.Get(CoreSettings.ErrorLogFormats);
        return new ErrorLogOptions
        {
            Levels = settings.Get(CoreSettings.LogLevel),
            Format = formats.Main,
            OfConnection = formats.OfConnection,
            OfRequest = formats.OfRequest,
            ServerName = serverName,
            UsesCanonicalName = settings.Get(CoreSettings.UseCanonicalName),
        };
    }

    private static void SetFormat(DirectiveCall call)
    {
        var format = ErrorLogFormat.Parse(call.Words[^1]);
        string kind = call.Words.Count == 1 ? "" : call.Words[0].ToLowerInvariant();
        call.Settings.Update(CoreSettings.ErrorLogFormats, formats => kind switch
        {
            "" => formats with { Main = format },
            "connection" => formats with { OfConnection = formats.OfConnection.Add(format) },
            "request" => formats with { OfRequest = formats.OfRequest.Add(format) },
            _ => throw new FormatException($"unknown kind of format '{call.Words[0]}': connection or request"),
        });
    }
}
