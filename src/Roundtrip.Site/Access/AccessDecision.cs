namespace Roundtrip.Site.Access;

/// <summary>mod_authz_core's results, and two of ours. Their order is that of <see cref="AccessDecisions.And"/>: the greater one counts.</summary>
public enum AccessDecision : byte
{
    /// <summary>Nothing is said: within a container others decide; for a request it is a denial.</summary>
    Neutral,

    Granted,

    /// <summary>It takes a name that is being looked up: <see cref="Serving.RequestFacts.WantedName"/>.</summary>
    Pending,

    /// <summary>It cannot be told, since a lookup or an expression failed: a denial that a negation does not turn around. Deviates: httpd answers 500 to an expression that fails, this is 403.</summary>
    Refused,

    /// <summary>403.</summary>
    Denied,
}

/// <summary>How results are combined, as apply_authz_sections does it.</summary>
internal static class AccessDecisions
{
    /// <summary>RequireAll: one denial denies, one grant that nothing speaks against grants.</summary>
    public static AccessDecision And(AccessDecision left, AccessDecision right) => left > right ? left : right;

    /// <summary>RequireAny: one grant grants, one denial that nothing speaks against denies.</summary>
    public static AccessDecision Or(AccessDecision left, AccessDecision right) =>
        left == AccessDecision.Neutral ? right : right == AccessDecision.Neutral ? left : left < right ? left : right;

    /// <summary>"Require not": what would be granted is denied. What would not be is left to others, since nobody is let in for not being somebody.</summary>
    public static AccessDecision Negate(AccessDecision decision) => decision switch
    {
        AccessDecision.Granted => AccessDecision.Denied,
        AccessDecision.Denied => AccessDecision.Neutral,
        _ => decision,
    };

    /// <summary>Whether a match does not hold: for what Deny says.</summary>
    public static AccessDecision Opposite(AccessDecision match) => match switch
    {
        AccessDecision.Granted => AccessDecision.Denied,
        AccessDecision.Denied => AccessDecision.Granted,
        _ => match,
    };
}
