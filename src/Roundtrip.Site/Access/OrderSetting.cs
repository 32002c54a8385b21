using System.Collections.Immutable;
using Roundtrip.Http;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Access;

/// <summary>The lines of mod_access_compat in a scope, each with the methods of the Limit around it.</summary>
/// <param name="AllowsFirst">Order: whether Allow comes first and Deny counts, so that who is named by none is denied. Of several lines for a method the last counts.</param>
/// <param name="Allows">What Allow names: a rule grants where it matches.</param>
/// <param name="Denies">What Deny names.</param>
/// <param name="Any">Satisfy: whether Require alone would do.</param>
internal sealed record OrderSetting(
    ImmutableArray<(MethodSet Methods, bool Value)> AllowsFirst,
    ImmutableArray<(MethodSet Methods, AccessRule Match)> Allows,
    ImmutableArray<(MethodSet Methods, AccessRule Match)> Denies,
    ImmutableArray<(MethodSet Methods, bool Value)> Any)
{
    public static readonly OrderSetting None = new([], [], [], []);

    /// <summary>The whole rule: with Satisfy all both must grant, with any one of them. Where there is no Require, none of its rules grants.</summary>
    public AccessRule With(RequireSetting require)
    {
        bool isOpen = Denies.Length == 0 && Any.Length == 0
            && (AllowsFirst.Length == 0 || Allows.Any(allow => allow.Match.GrantsAll && ReferenceEquals(allow.Methods, MethodSet.All)));
        return isOpen ? require.Rule : new Rule(this, require);
    }

    private static bool Last(ImmutableArray<(MethodSet Methods, bool Value)> lines, RequestHead request)
    {
        for (int i = lines.Length - 1; i >= 0; i--)
        {
            if (lines[i].Methods.Contains(request))
            {
                return lines[i].Value;
            }
        }

        return false;
    }

    private sealed class Rule(OrderSetting said, RequireSetting require) : AccessRule
    {
        public override bool NeedsFacts { get; } =
            require.Rule.NeedsFacts || said.Allows.Any(allow => allow.Match.NeedsFacts) || said.Denies.Any(deny => deny.Match.NeedsFacts);

        public override AccessDecision Decide(Exchange exchange, RequestFacts? facts)
        {
            AccessDecision byAddress = ByAddress(exchange, facts);
            if (!Last(said.Any, exchange.Request))
            {
                return byAddress == AccessDecision.Denied ? byAddress : AccessDecisions.And(byAddress, require.Rule.Decide(exchange, facts));
            }

            return byAddress == AccessDecision.Granted || !require.IsSaid ? byAddress : AccessDecisions.Or(byAddress, require.Rule.Decide(exchange, facts));
        }

        // check_dir_access: with deny,allow an Allow takes back what a Deny said, and who is named by none is let in; with allow,deny it is the other way round.
        private AccessDecision ByAddress(Exchange exchange, RequestFacts? facts)
        {
            AccessDecision allowed = Find(said.Allows, exchange, facts);
            AccessDecision notDenied = AccessDecisions.Opposite(Find(said.Denies, exchange, facts));
            return Last(said.AllowsFirst, exchange.Request) ? AccessDecisions.And(allowed, notDenied) : AccessDecisions.Or(allowed, notDenied);
        }

        private static AccessDecision Find(ImmutableArray<(MethodSet Methods, AccessRule Match)> lines, Exchange exchange, RequestFacts? facts)
        {
            AccessDecision found = AccessDecision.Denied;
            foreach ((MethodSet methods, AccessRule match) in lines)
            {
                if (methods.Contains(exchange.Request))
                {
                    found = AccessDecisions.Or(found, match.Decide(exchange, facts));
                }
            }

            return found;
        }
    }
}
