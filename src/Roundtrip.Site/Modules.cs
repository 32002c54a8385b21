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
        new Access.AuthzHostModule(),
        new Access.AccessCompatModule(),
        new Mapping.AliasModule(),
        new Mime.MimeModule(),
        new Headers.HeadersModule(),
        new Expires.ExpiresModule(),
        new Variables.EnvModule(),
        new Variables.SetEnvIfModule(),
        new Directories.DirModule(),
        new Directories.AutoindexModule(),
        new Compression.FilterModule(),
        new Compression.DeflateModule(),
        new Compression.BrotliModule(),
        new Compression.ZstdModule(),
        new Tls.SslModule(),
        new Http2.Http2Module(),
        new EarlyHints.EarlyHintsModule(),
        new Cgi.CgiModule(),
        new Cgi.CgidModule(),
        new Cgi.ActionsModule(),
        new Wsgi.WsgiModule(),
        new LiveHub.LiveModule(),
        new Core.ReqtimeoutModule(),
        new Core.MpmModule(),
        new Core.UnixdModule(),
    ];

    /// <summary>The modules of httpd whose directives are those of the language itself, which the loader obeys.</summary>
    public static IReadOnlyList<string> OfLanguage { get; } = ["macro_module", "so_module", "http_module", "version_module", "unixd_module"];
}
