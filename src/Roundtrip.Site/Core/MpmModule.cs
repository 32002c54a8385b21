using Roundtrip.Configuration.Directives;

namespace Roundtrip.Site.Core;

/// <summary>mpm_event and its siblings: processes and threads, which here are one loop a core. MaxRequestWorkers alone has a meaning.</summary>
internal sealed class MpmModule : IConfigurationModule
{
    public string Name => "mpm_event_module";

    public string SourceFile => "event.c";

    public bool IsAlwaysLoaded => true;

    public IEnumerable<Directive> Directives => [.. LimitDirectives.OfProcesses, .. Ignored.OfProcesses];
}
