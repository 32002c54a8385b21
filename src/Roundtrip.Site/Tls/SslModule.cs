using Roundtrip.Configuration.Directives;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.Tls;

/// <summary>mod_ssl: TLS.</summary>
internal sealed class SslModule : IConfigurationModule
{
    public string Name => "ssl_module";

    public string SourceFile => "mod_ssl.c";

    public IEnumerable<Directive> Directives =>
    [
        Directive.Of("SSLEngine", AnyServer, "on, off or optional", SslSettings.Engine, word => Arguments.Choice(word, "off", "on") == 1),
        new("SSLCertificateFile", AnyServer, 1, 1, "a PEM file", call => call.Settings.Update(SslSettings.CertificateFiles, files => files.Add(call.FullPath(call.Words[0])))),
        new("SSLCertificateKeyFile", AnyServer, 1, 1, "a PEM file", call => call.Settings.Update(SslSettings.KeyFiles, files => files.Add(call.FullPath(call.Words[0])))),
    ];
}
