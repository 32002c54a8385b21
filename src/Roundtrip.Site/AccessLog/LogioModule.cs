using Roundtrip.Configuration.Directives;

namespace Roundtrip.Site.AccessLog;

/// <summary>mod_logio: %I, %O and %S are always counted. Deviates: under TLS they are the bytes of HTTP, not those of its encryption: a line is written before its answer is encrypted, and would have to wait for that.</summary>
internal sealed class LogioModule : IConfigurationModule
{
    public string Name => "logio_module";

    public string SourceFile => "mod_logio.c";

    public bool IsAlwaysLoaded => true;

    public IEnumerable<Directive> Directives =>
    [
        Directive.Of("LogIOTrackTTFB", DirectiveContext.Anywhere, "On or Off", LogSettings.TracksFirstByte, Arguments.Flag),
    ];
}
