using System.Collections.Immutable;
using Roundtrip.Http;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Access;

/// <summary>A rule in a container.</summary>
/// <param name="IsNegated"><c>Require not</c>, and RequireNone.</param>
/// <param name="Methods">Those of the Limit around it.</param>
internal readonly record struct RequirePart(AccessRule Rule, bool IsNegated, MethodSet Methods)
{
    public bool GrantsAll => Rule.GrantsAll && !IsNegated && ReferenceEquals(Methods, MethodSet.All);

    public bool AppliesTo(RequestHead request) => Methods.Contains(request) && Rule.AppliesTo(request);
}

/// <summary>RequireAll and RequireAny. RequireNone is a RequireAny that is negated in the container around it.</summary>
internal sealed class RequireContainer : AccessRule
{
    private readonly RequirePart[] _parts;
    private readonly bool _isAll;

    private RequireContainer(ImmutableArray<RequirePart> parts, bool isAll)
    {
        (_parts, _isAll) = ([.. parts], isAll);
        NeedsFacts = parts.Any(part => part.Rule.NeedsFacts);
    }

    public override bool NeedsFacts { get; }

    /// <summary>The rule of a container, as simple as it can be: one that grants everybody is <see cref="AccessRule.Granted"/> itself.</summary>
    public static AccessRule Of(ImmutableArray<RequirePart> parts, bool isAll)
    {
        if (isAll ? parts.All(part => part.GrantsAll) : parts.Any(part => part.GrantsAll))
        {
            return Granted;
        }

        bool isOneRule = parts is [{ IsNegated: false } only] && ReferenceEquals(only.Methods, MethodSet.All);
        return isOneRule ? parts[0].Rule : new RequireContainer(parts, isAll);
    }

    // mod_authz_core.c: a section is limited to the methods of all that stand in it.
    public override bool AppliesTo(RequestHead request)
    {
        foreach (ref readonly RequirePart part in _parts.AsSpan())
        {
            if (part.AppliesTo(request))
            {
                return true;
            }
        }

        return false;
    }

    public override AccessDecision Decide(Exchange exchange, RequestFacts? facts)
    {
        AccessDecision result = AccessDecision.Neutral;
        AccessDecision final = _isAll ? AccessDecision.Denied : AccessDecision.Granted;
        foreach (ref readonly RequirePart part in _parts.AsSpan())
        {
            AccessDecision one = DecideOne(part, exchange, facts);
            result = _isAll ? AccessDecisions.And(result, one) : AccessDecisions.Or(result, one);
            if (result == final)
            {
                break;
            }
        }

        return result;
    }

    // A rule of other methods is in nobody's way, and lets nobody in.
    private AccessDecision DecideOne(in RequirePart part, Exchange exchange, RequestFacts? facts)
    {
        if (!part.AppliesTo(exchange.Request))
        {
            return _isAll ? AccessDecision.Granted : AccessDecision.Denied;
        }

        AccessDecision decision = part.Rule.Decide(exchange, facts);
        return part.IsNegated ? AccessDecisions.Negate(decision) : decision;
    }
}
