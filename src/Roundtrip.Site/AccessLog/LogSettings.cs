using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;

namespace Roundtrip.Site.AccessLog;

/// <summary>mod_log_config's settings.</summary>
internal static class LogSettings
{
    /// <summary>CustomLog and TransferLog. A virtual host that has one has none of the main server's.</summary>
    public static readonly SettingKey<ImmutableArray<CustomLog>> CustomLogs = new([]);

    /// <summary>LogFormat with a nickname.</summary>
    public static readonly SettingKey<ImmutableDictionary<string, string>> Formats =
        new(ImmutableDictionary<string, string>.Empty.Add("combined", LogFormat.Combined).Add("common", LogFormat.Common), (outer, inner) => outer.SetItems(inner));

    /// <summary>LogFormat without a nickname: for TransferLog.</summary>
    public static readonly SettingKey<string> TransferFormat = new(LogFormat.Common);
}

/// <summary>A CustomLog directive.</summary>
/// <param name="Target">A file's full path, <c>-</c> for standard error.</param>
internal sealed record CustomLog(string Target, LogFormat Format)
{
    /// <summary>Whether it is there only until a directive says another.</summary>
    public bool IsDefault { get; init; }
}
