using System.Collections.Immutable;
using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Settings;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.AccessLog;

/// <summary>mod_log_config: what is written of each request, and where.</summary>
internal sealed class LogConfigModule : IConfigurationModule
{
    public string Name => "log_config_module";

    public string SourceFile => "mod_log_config.c";

    public bool IsAlwaysLoaded => true;

    public IEnumerable<Directive> Directives =>
    [
        new("LogFormat", AnyServer, 1, 2, "a format and a nickname for it", SetFormat),
        new("CustomLog", AnyServer, 1, 3, "a file or program, a format or its nickname, and perhaps env= or expr=", call => Add(call, LogSettings.CustomLogs)),
        new("GlobalLog", ServerConfig, 1, 3, "a file or program, a format or its nickname, and perhaps env= or expr=", call => Add(call, LogSettings.GlobalLogs)),
        new("TransferLog", AnyServer, 1, 1, "a file or program", call => Add(call, LogSettings.CustomLogs)),

        // Lines are gathered for at most a tenth of a second, whatever it says.
        Directive.Of("BufferedLogs", ServerConfig, "On or Off", Core.Ignored.Key, Arguments.Flag),
    ];

    private static void SetFormat(DirectiveCall call)
    {
        _ = LogFormat.Parse(call.Words[0]);
        if (call.Words.Count == 1)
        {
            call.Settings.Set(LogSettings.DefaultFormat, call.Words[0]);
        }
        else
        {
            call.Settings.Update(LogSettings.Formats, formats => formats.SetItem(call.Words[1], call.Words[0]));
        }
    }

    private static void Add(DirectiveCall call, SettingKey<ImmutableArray<CustomLog>> key)
    {
        string? format = call.Words.Count > 1 ? call.Words[1] : null;
        LogCondition? condition = call.Words.Count > 2 ? LogCondition.Parse(call.Words[2]) : null;

        // A nickname may be given its format later. As a format it is text without items, which is no error.
        if (format is not null)
        {
            _ = LogFormat.Parse(format);
        }

        var log = new CustomLog(LogTargets.FullName(call, call.Words[0]), format, condition);
        call.Settings.Update(key, logs => logs is [{ IsDefault: true }] ? [log] : logs.Add(log));
    }
}
