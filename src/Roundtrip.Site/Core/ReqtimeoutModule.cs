using Roundtrip.Configuration.Directives;

namespace Roundtrip.Site.Core;

/// <summary>mod_reqtimeout: how slowly a client may send.</summary>
internal sealed class ReqtimeoutModule : IConfigurationModule
{
    public string Name => "reqtimeout_module";

    public string SourceFile => "mod_reqtimeout.c";

    public IEnumerable<Directive> Directives => [LimitDirectives.ReadTimeouts];
}
