using Roundtrip.Configuration.Directives;

namespace Roundtrip.Site.Access;

/// <summary>mod_authz_core: Require and its containers.</summary>
internal sealed class AuthzCoreModule : IConfigurationModule
{
    public string Name => "authz_core_module";

    public string SourceFile => "mod_authz_core.c";

    public IEnumerable<Directive> Directives =>
    [
        new("Require", DirectiveContext.Directory, 0, 0, "a provider's name and what it asks for", RequireDirectives.Require) { IsRaw = true },
        Container("RequireAll", isAll: true, isNone: false),
        Container("RequireAny", isAll: false, isNone: false),
        Container("RequireNone", isAll: false, isNone: true),
        new("AuthMerging", DirectiveContext.Directory, 1, 1, "Off, And or Or", SetMerging),

        // It chooses between 401 and 403 where a known user is denied; there are no users yet.
        Directive.Of("AuthzSendForbiddenOnFailure", DirectiveContext.Directory, "On or Off", Core.Ignored.Key, Arguments.Flag),
    ];

    private static Directive Container(string name, bool isAll, bool isNone) =>
        new(name, DirectiveContext.Directory, 0, 0, "nothing", call => RequireDirectives.Container(call, isAll, isNone)) { IsSection = true };

    private static void SetMerging(DirectiveCall call)
    {
        var merging = (AuthMerging)Arguments.Choice(call.Words[0], "Off", "And", "Or");
        call.Settings.Update(AccessSettings.Require, before => before with { Merging = merging });
    }
}

/// <summary>mod_authz_host: the providers ip, host, forward-dns and local of Require, which are there with Require itself.</summary>
internal sealed class AuthzHostModule : IConfigurationModule
{
    public string Name => "authz_host_module";

    public string SourceFile => "mod_authz_host.c";

    public IEnumerable<Directive> Directives => [];
}
