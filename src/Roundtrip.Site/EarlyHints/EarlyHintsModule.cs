using Roundtrip.Configuration.Directives;
using static Roundtrip.Configuration.Directives.Arguments;
using static Roundtrip.Configuration.Directives.DirectiveContext;

namespace Roundtrip.Site.EarlyHints;

/// <summary>Interim responses that say what a page will need while it is being made (RFC 8297), and learning what that is.</summary>
internal sealed class EarlyHintsModule : IConfigurationModule
{
    public string Name => "early_hints_module";

    public string SourceFile => "mod_early_hints.c";

    public bool IsAlwaysLoaded => true;

    public IEnumerable<Directive> Directives =>
    [
        Directive.Of("EarlyHints", AnyServer, "off, on or learn", EarlyHintsSettings.Mode, static word => Choice(word, "off", "on", "learn") switch
        {
            0 => EarlyHintsMode.Off,
            1 => EarlyHintsMode.On,
            _ => EarlyHintsMode.Learn,
        }),
    ];
}
