using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Settings;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Core;

/// <summary>mod_unixd and the rest of what concerns the process: as whom the server runs, and where its number stands.</summary>
internal sealed class UnixdModule : IConfigurationModule
{
    /// <summary>User: a name or #number; empty for whoever starts the server.</summary>
    public static readonly SettingKey<string> User = new("");

    /// <summary>Group; empty for the user's own.</summary>
    public static readonly SettingKey<string> Group = new("");

    /// <summary>PidFile: a full path; empty for none.</summary>
    public static readonly SettingKey<string> PidFile = new("");

    /// <summary>Mutex.</summary>
    public static readonly SettingKey<MutexSetting> Mutex = new(MutexSetting.Default);

    /// <summary>DefaultRuntimeDir, with a slash at its end: Debian's, where a configuration says nothing.</summary>
    public static readonly SettingKey<string> RuntimeFolder = new("/var/run/apache2/");

    public string Name => "unixd_module";

    public string SourceFile => "mod_unixd.c";

    public bool IsAlwaysLoaded => true;

    public IEnumerable<Directive> Directives =>
    [
        Directive.Of("User", ServerConfig, "a user's name or #number", User, word => word),
        Directive.Of("Group", ServerConfig, "a group's name or #number", Group, word => word),
        new("PidFile", ServerConfig, 1, 1, "a file", call => call.Settings.Set(PidFile, call.FullPath(call.Words[0]))),
        new("Mutex", ServerConfig, 1, int.MaxValue, "a mechanism with its folder, names, and perhaps OmitPID", MutexSetting.Set),
        new("DefaultRuntimeDir", ServerConfig, 1, 1, "a folder", call => call.Settings.Set(RuntimeFolder, $"{call.FullPath(call.Words[0])}/")),
        new("ChrootDir", ServerConfig, 1, 1, "a folder", static _ => throw new FormatException("a new root is not supported: the server has no rights that one would take from it")),
        new("Suexec", ServerConfig, 1, 1, "Off", static call =>
        {
            if (Arguments.Flag(call.Words[0]))
            {
                throw new FormatException("only Off is possible");
            }
        }),
    ];
}
