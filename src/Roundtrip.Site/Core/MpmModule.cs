using Roundtrip.Configuration.Directives;

namespace Roundtrip.Site.Core;

/// <summary>mpm_event and its siblings: processes and threads, which here are one loop a core. MaxRequestWorkers and GracefulShutdownTimeout alone have a meaning.</summary>
internal sealed class MpmModule : IConfigurationModule
{
    public string Name => "mpm_event_module";

    public string SourceFile => "event.c";

    public bool IsAlwaysLoaded => true;

    public IEnumerable<Directive> Directives =>
    [
        .. LimitDirectives.OfProcesses,
        Directive.Of("GracefulShutdownTimeout", DirectiveContext.ServerConfig, "seconds; 0 is no limit", CoreSettings.GracefulShutdownTimeout, static word => 1000 * Arguments.Number(word, 0, 1_000_000)),
        .. Ignored.OfProcesses,
    ];
}
