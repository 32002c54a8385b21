using Roundtrip.Configuration.Directives;

namespace Roundtrip.Site;

/// <summary>The modules that are built in. A new one is a folder of its own and a line here.</summary>
public static class Modules
{
    public static IReadOnlyList<IConfigurationModule> All { get; } =
    [
        new Core.CoreModule(),
        new AccessLog.LogConfigModule(),
        new AccessLog.LogioModule(),
        new Access.AuthzCoreModule(),
        new Mapping.AliasModule(),
        new Directories.DirModule(),
        new Directories.AutoindexModule(),
        new Tls.SslModule(),
        new Core.ReqtimeoutModule(),
        new Core.MpmModule(),
    ];
}
