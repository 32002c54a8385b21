using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.AccessLog;

/// <summary>The settings of mod_log_config and mod_logio.</summary>
internal static class LogSettings
{
    /// <summary>CustomLog and TransferLog. A virtual host that has one has none of the main server's.</summary>
    public static readonly SettingKey<ImmutableArray<CustomLog>> CustomLogs = new([]);

    /// <summary>GlobalLog: of the main server, for all hosts, in addition to what they have.</summary>
    public static readonly SettingKey<ImmutableArray<CustomLog>> GlobalLogs = new([]);

    /// <summary>LogFormat with a nickname.</summary>
    public static readonly SettingKey<ImmutableDictionary<string, string>> Formats = new(
        ImmutableDictionary<string, string>.Empty.Add("combined", LogFormat.Combined).Add("common", LogFormat.Common).Add("CLF", LogFormat.Common),
        (outer, inner) => outer.SetItems(inner));

    /// <summary>LogFormat without a nickname: for a log that says none.</summary>
    public static readonly SettingKey<string> DefaultFormat = new(LogFormat.Common);

    /// <summary>LogIOTrackTTFB.</summary>
    public static readonly SettingKey<bool> TracksFirstByte = new(false);

    /// <summary>The logs of a host, with the formats that their nicknames have at the end of the configuration.</summary>
    public static IEnumerable<HostLog> LogsOf(SettingBag settings, SiteLogs logs) =>
        from log in settings.Get(CustomLogs).Concat(settings.Get(GlobalLogs))
        select new HostLog(logs.FindAccessLog(log.Target), FormatOf(settings, log.Format), log.Condition);

    private static LogFormat FormatOf(SettingBag settings, string? format) =>
        LogFormat.Parse(format is null ? settings.Get(DefaultFormat) : settings.Get(Formats).GetValueOrDefault(format, format));
}

/// <summary>A CustomLog, TransferLog or GlobalLog directive.</summary>
/// <param name="Target">A file's full path, <c>-</c> for standard error, or <c>|</c> and a program.</param>
/// <param name="Format">A nickname or a format; null for the default one.</param>
/// <param name="Condition">Of which requests; null for all.</param>
internal sealed record CustomLog(string Target, string? Format, LogCondition? Condition = null)
{
    /// <summary>Whether it is there only until a directive says another.</summary>
    public bool IsDefault { get; init; }
}
