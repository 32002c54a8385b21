using Roundtrip.Configuration.Directives;
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
        new("CustomLog", AnyServer, 1, 2, "a file, and a format or its nickname", call => Add(call, call.Words.Count > 1 ? call.Words[1] : "common")),
        new("TransferLog", AnyServer, 1, 1, "a file", call => Add(call, call.Settings.Get(LogSettings.TransferFormat))),
    ];

    private static void SetFormat(DirectiveCall call)
    {
        if (call.Words.Count == 1)
        {
            call.Settings.Set(LogSettings.TransferFormat, call.Words[0]);
            return;
        }

        _ = LogFormat.Parse(call.Words[0]);
        call.Settings.Update(LogSettings.Formats, formats => formats.SetItem(call.Words[1], call.Words[0]));
    }

    private static void Add(DirectiveCall call, string format)
    {
        // A nickname may be the main server's.
        string text = call.Settings.Get(LogSettings.Formats).TryGetValue(format, out string? own) ? own
            : call.Scope.Parent?.Settings.Get(LogSettings.Formats).GetValueOrDefault(format) ?? format;
        string target = call.Words[0] == "-" ? "-" : call.FullPath(call.Words[0]);
        var log = new CustomLog(target, LogFormat.Parse(text));
        call.Settings.Update(LogSettings.CustomLogs, logs => logs is [{ IsDefault: true }] ? [log] : logs.Add(log));
    }
}
