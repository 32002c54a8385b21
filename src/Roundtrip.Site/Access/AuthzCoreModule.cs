using Roundtrip.Configuration.Directives;

namespace Roundtrip.Site.Access;

/// <summary>mod_authz_core: Require and its containers.</summary>
internal sealed class AuthzCoreModule : IConfigurationModule
{
    public string Name => "authz_core_module";

    public string SourceFile => "mod_authz_core.c";

    public IEnumerable<Directive> Directives =>
    [
        new("Require", DirectiveContext.Directory, 1, int.MaxValue, "all granted, all denied, or another rule", call => call.Settings.Set(
            AccessSettings.Require, string.Join(' ', call.Words).ToUpperInvariant() switch
            {
                "ALL GRANTED" => AccessRule.Granted,
                "ALL DENIED" => AccessRule.Denied,
                _ => throw new FormatException("unknown rule"),
            })),
    ];
}
