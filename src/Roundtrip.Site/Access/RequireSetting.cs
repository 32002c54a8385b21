using System.Collections.Immutable;
using Roundtrip.Http;
using Roundtrip.Site.Serving;

namespace Roundtrip.Site.Access;

/// <summary>AuthMerging.</summary>
internal enum AuthMerging : byte
{
    Off,
    And,
    Or,
}

/// <summary>The Require lines of a scope, or of a container while it is read: several lines of a scope are RequireAny.</summary>
/// <param name="Parts">What stands in it.</param>
/// <param name="IsAll">Whether all must hold.</param>
/// <param name="Merging">How it is combined with that of the scope around.</param>
internal sealed record RequireSetting(ImmutableArray<RequirePart> Parts, bool IsAll, AuthMerging Merging)
{
    public static readonly RequireSetting None = new([], false, AuthMerging.Off);

    private AccessRule? _rule;

    public bool IsSaid => Parts.Length > 0;

    /// <summary>The rule for requests: it never leaves one undecided, and where nothing is said everybody is granted.</summary>
    public AccessRule Rule => _rule ??= Simplified();

    /// <exception cref="FormatException">A negated rule would decide nothing.</exception>
    public RequireSetting Add(RequirePart part, string shown)
    {
        if (part.IsNegated && !IsAll)
        {
            throw new FormatException($"{shown} directive has no effect in <RequireAny> directive");
        }

        return new RequireSetting(Parts.Add(part), IsAll, Merging);
    }

    /// <summary>
    /// mod_authz_core's merging of scopes. Deviates: an AuthMerging in a scope without Require leaves the outer rules as they are; httpd with Off forgets them there and lets everybody in.
    /// </summary>
    public static RequireSetting Merge(RequireSetting outer, RequireSetting inner)
    {
        if (!inner.IsSaid || !outer.IsSaid)
        {
            return inner.IsSaid ? inner with { Merging = AuthMerging.Off } : outer;
        }

        return inner.Merging == AuthMerging.Off
            ? inner
            : new RequireSetting([outer.AsPart(), inner.AsPart()], inner.Merging == AuthMerging.And, AuthMerging.Off);
    }

    public RequirePart AsPart(bool isNegated = false) => new(RequireContainer.Of(Parts, IsAll), isNegated, MethodSet.All);

    private AccessRule Simplified()
    {
        AccessRule rule = RequireContainer.Of(Parts, IsAll);
        return !IsSaid || rule.GrantsAll ? AccessRule.Granted : new Whole(rule);
    }

    // authorize_user_core: the outermost section stands in an AND, so a method that it does not limit is granted; what stays neutral is denied.
    private sealed class Whole(AccessRule rule) : AccessRule
    {
        public override bool NeedsFacts => rule.NeedsFacts;

        public override AccessDecision Decide(Exchange exchange, RequestFacts? facts) => !rule.AppliesTo(exchange.Request)
            ? AccessDecision.Granted
            : rule.Decide(exchange, facts) is var decision and not AccessDecision.Neutral ? decision : AccessDecision.Denied;
    }
}
