using System.Collections.Immutable;
using Roundtrip.Configuration.Settings;
using Roundtrip.Site.Wsgi.Processes;

namespace Roundtrip.Site.Wsgi;

/// <summary>mod_wsgi's settings.</summary>
internal static class WsgiSettings
{
    /// <summary>The process groups that a host may use: its own, and the main server's.</summary>
    public static readonly SettingKey<ImmutableArray<WorkerGroupDefinition>> Daemons = new([], (main, host) => [.. main, .. host]);

    /// <summary>The names of all process groups; of the main server alone.</summary>
    public static readonly SettingKey<ImmutableHashSet<string>> DaemonNames = new([]);

    /// <summary>Whether wsgi_module is loaded, so that AddHandler may choose its handler anywhere.</summary>
    public static readonly SettingKey<bool> IsLoaded = new(false);

    public static readonly SettingKey<ImmutableArray<WsgiAlias>> Aliases = new([], (main, host) => [.. host, .. main]);

    public static readonly SettingKey<ImmutableArray<WsgiImport>> Imports = new([], (main, host) => [.. main, .. host]);

    /// <summary>Empty for the implicit group of the server.</summary>
    public static readonly SettingKey<string> ProcessGroup = new("%{GLOBAL}");

    public static readonly SettingKey<string> ApplicationGroup = new("%{RESOURCE}");

    public static readonly SettingKey<string> CallableObject = new("application");

    public static readonly SettingKey<bool> ReloadsScripts = new(true);

    public static readonly SettingKey<bool> PassesAuthorization = new(false);

    /// <summary>Deviates: mod_wsgi answers 411 unless it is told otherwise, since older versions could not mark a content's end. Here every content has one.</summary>
    public static readonly SettingKey<bool> TakesChunkedRequests = new(true);

    /// <summary>Whether the server's own pages take the place of an application's for errors.</summary>
    public static readonly SettingKey<bool> OverridesErrors = new(false);

    public static readonly SettingKey<ImmutableArray<string>> PythonPath = new([]);

    public static readonly SettingKey<string> PythonHome = new("");
}
