using Roundtrip.Configuration.Directives;
using Roundtrip.Configuration.Expressions;
using static Roundtrip.Configuration.Directives.Arguments;

namespace Roundtrip.Site.Access;

/// <summary>mod_access_compat: Order, Allow, Deny and Satisfy, as configurations from before httpd 2.4 have them.</summary>
internal sealed class AccessCompatModule : IConfigurationModule
{
    public string Name => "access_compat_module";

    public string SourceFile => "mod_access_compat.c";

    public IEnumerable<Directive> Directives =>
    [
        new("Order", DirectiveContext.Directory, 1, 1, "allow,deny or deny,allow or mutual-failure", SetOrder),
        new("Allow", DirectiveContext.Directory, 2, int.MaxValue, "from and addresses, names, env=variable or all", call => Add(call, isAllow: true)),
        new("Deny", DirectiveContext.Directory, 2, int.MaxValue, "from and addresses, names, env=variable or all", call => Add(call, isAllow: false)),
        new("Satisfy", DirectiveContext.Directory, 1, 1, "any or all", call => call.Settings.Update(AccessSettings.Order, before =>
            before with { Any = before.Any.Add((LimitSections.MethodsOf(call.Scope), Choice(call.Words[0], "all", "any") == 1)) })),
    ];

    private static void SetOrder(DirectiveCall call)
    {
        bool allowsFirst = call.Words[0].ToUpperInvariant() switch
        {
            // Mutual-failure has the same effect as allow,deny, as the manual says.
            "ALLOW,DENY" or "MUTUAL-FAILURE" => true,
            "DENY,ALLOW" => false,
            _ => throw new FormatException("unknown order"),
        };
        call.Settings.Update(AccessSettings.Order, before => before with { AllowsFirst = before.AllowsFirst.Add((LimitSections.MethodsOf(call.Scope), allowsFirst)) });
    }

    private static void Add(DirectiveCall call, bool isAllow)
    {
        if (!call.Words[0].Equals("from", StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException("allow and deny must be followed by 'from'");
        }

        MethodSet methods = LimitSections.MethodsOf(call.Scope);
        (MethodSet, AccessRule)[] matches = [.. call.Words.Skip(1).Select(word => (methods, Match(word)))];
        call.Settings.Update(AccessSettings.Order, before => isAllow
            ? before with { Allows = before.Allows.AddRange(matches) }
            : before with { Denies = before.Denies.AddRange(matches) });
    }

    private static AccessRule Match(string word)
    {
        if (word.Equals("all", StringComparison.OrdinalIgnoreCase))
        {
            return AccessRule.Granted;
        }

        if (word.StartsWith("env=", StringComparison.OrdinalIgnoreCase))
        {
            return word[4..] is ['!', .. var unset] ? new EnvironmentRule([unset], isUnset: true) : new EnvironmentRule([word[4..]], isUnset: false);
        }

        // What has a slash is a range, or wrong; of the rest what is no address is a name.
        return Subnet.Parse(word) is { } range ? new AddressRule([range])
            : word.Contains('/') || word.Contains(':') ? throw new FormatException($"'{word}' is no range of addresses")
            : new HostRule([word]);
    }
}
